import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database, t } from '../src/index.ts'

const programs = [
  ...readFileSync('docs/loading.md', 'utf8').matchAll(/```ts run\n([\s\S]*?)\/\/ => (.*)\n```/g),
].map(([, text, answer]) => [text!, answer!] as const)

describe('the programs of docs/loading.md', () => {
  let folder = ''
  let db: Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'graupel-loading-page-'))
    mkdirSync(join(folder, 'in'))
    const write = (name: string, lines: string) => writeFileSync(join(folder, name), lines)
    write('in/orders-1.csv', 'id,customer,amount\n1,Ada,19.90\n2,Grace,5.00\n')
    write('in/orders-2.csv', 'amount,id,customer\n7.50,3,Alan\n')
    write('wrong.csv', 'id,customer,amount\n4,Ada,1.00\n5,Ada,a lot\n')
    write('foreign.csv', 'nr;name;price\n77; Ada ;19,90\n')
    db = await (await connect('memory:')).database('acme/sales', { create: true })
    const columns = { id: t.int64(), customer: t.utf8(), amount: t.decimal(12, 2) }
    await db.createTable('orders', columns)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('are there', () => {
    const marked = readFileSync('docs/loading.md', 'utf8').match(/```ts run/g)
    expect(programs.length).toBe(marked?.length)
    expect(programs.length).toBeGreaterThan(5)
  })

  test.each(programs)('answer what they say: %s', async (text, answer) => {
    const source = `export default async ({ db, orders, folder }) => {\n${text}\n}
      export const expected = (${answer})`
    const program = await import(`data:text/javascript,${encodeURIComponent(source)}`)
    const orders = await db.table('orders')
    expect(await program.default({ db, orders, folder })).toEqual(program.expected)
  })
})
