import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { connect, type Lake, t } from '../src/index.ts'
import { scatter } from '../src/plot/index.ts'

const page = readFileSync('docs/errors.md', 'utf8')
const codes = [
  ...readFileSync('src/error.ts', 'utf8')
    .split('export type ErrorCode =')[1]!
    .split('/**')[0]!
    .matchAll(/\| '(\w+)'/g),
].map(([, code]) => code!)

test('docs/errors.md has every error code, in order, and no other', () => {
  expect(codes.length).toBeGreaterThan(5)
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, code]) => code)).toEqual(codes)
})

const programs = page
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const code = section.split('\n')[0]!
    return [...section.matchAll(/```ts run\n([\s\S]*?)```/g)].map(
      ([, text]) => [code, text!] as const,
    )
  })

describe('the programs of docs/errors.md', () => {
  test('are there for what a program alone can bring about', () => {
    const without = codes.filter((code) => !programs.some(([of]) => of === code))
    expect(without).toEqual(['UNAVAILABLE', 'COMMIT_UNKNOWN', 'DATA'])
  })

  test.each(programs)('throw %s', async (code, text) => {
    await using lake = await connect('memory:')
    await expect(runProgram(lake, text)).rejects.toMatchObject({ name: 'GraupelError', code })
  })
})

async function runProgram(lake: Lake, text: string): Promise<unknown> {
  const db = await lake.database('acme/sales', { create: true })
  const orders = await db.createTable('orders', {
    id: t.int64(),
    customer: t.utf8(),
    amount: t.decimal(12, 2),
  })
  await orders.insert([
    { id: 1, customer: 'Ada', amount: '19.90' },
    { id: 2, customer: 'Grace', amount: '5.00' },
  ])
  const source = `export default async ({ db, orders, scatter }) => {\n${text}\n}`
  const program = await import(`data:text/javascript,${encodeURIComponent(source)}`)
  return program.default({ db, orders, scatter })
}
