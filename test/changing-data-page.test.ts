import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as graupel from '../src/index.ts'

const page = readFileSync('docs/changing-data.md', 'utf8')

test('the program of docs/changing-data.md runs, and tells what the page says', async () => {
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? []
  const printed: unknown[] = []
  const connect = () => graupel.connect('memory:')
  const source = program
    .replace(/^import .*$/m, '')
    .replace('await using lake', 'const lake')
    .concat('\nawait lake.close()')
  const module = `export default async ({ connect, diff, t, console }) => {\n${source}\n}`
  const { default: run } = await import(`data:text/javascript,${encodeURIComponent(module)}`)
  const console = { log: (...values: unknown[]) => printed.push(values) }
  await run({ ...graupel, connect, console })
  const [[changes], [cells], [totals], [partitions]] = printed as [
    [{ _change: string }[]],
    [{ side: string; column: string }[]],
    [unknown[]],
    [number],
  ]
  expect(changes.map((row) => row._change).sort()).toEqual([
    'delete',
    'updateAfter',
    'updateBefore',
  ])
  expect(cells.map(({ side, column }) => `${side} ${column}`).sort()).toEqual([
    'both amount',
    'left amount',
    'left customer',
  ])
  expect(totals).toEqual([{ customer: 'Grace', amount: '7.00' }])
  expect(partitions).toBe(1)
})
