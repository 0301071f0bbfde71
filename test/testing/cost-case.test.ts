import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect } from '../../src/index.ts'
import {
  answerRows,
  COST_NUMBERS,
  type CostCase,
  costBound,
  costCase,
  keysOf,
  layTable,
  memoryStore,
  questionTo,
} from '../../src/testing/index.ts'
import { countedStore } from '../support/counted-store.ts'
import { runs } from '../support/random.ts'

const numbers = fc.array(fc.nat(9999), { minLength: COST_NUMBERS, maxLength: COST_NUMBERS })
const DATA_FILE = /([^/]+)\/partition(\d+)\.csv$/

test('a question opens no more files and reads no more bytes than the cost model allows', async () => {
  const met = new Map<string, { whole: number; pruned: number; free: number }>()
  await fc.assert(
    fc.asyncProperty(
      numbers.map((of) => costCase(of)),
      async (of: CostCase) => {
        const { store, count } = countedStore(memoryStore(), {
          counts: (key) => DATA_FILE.test(key),
        })
        await using lake = await connect(store, { cache: false })
        const table = await layTable(await lake.database('test/cost', { create: true }), of)
        const sizes = new Map<string, number>()
        for await (const { key, byteLength } of store.list('')) {
          const [, column, number] = DATA_FILE.exec(key) ?? []
          if (column !== undefined) sizes.set(`${column} ${number}`, byteLength)
        }
        const bound = costBound(of, (column, number) => sizes.get(`${column} ${number}`)!)
        Object.assign(count, { opened: 0, closed: 0, bytesRead: 0 })
        const rows = await questionTo(table, of).toArray()
        expect(rows.length).toBe(answerRows(of))
        expect(count.opened).toBeLessThanOrEqual(bound.files)
        expect(count.bytesRead).toBeLessThanOrEqual(bound.bytes)
        expect(count.closed).toBe(count.opened)

        const seen = met.get(of.question) ?? { whole: 0, pruned: 0, free: 0 }
        const partitions = Math.ceil(of.rows / of.partitionRows)
        if (bound.files === 0) seen.free++
        else if (bound.files < partitions) seen.pruned++
        else seen.whole++
        met.set(of.question, seen)
      },
    ),
    { numRuns: runs(150) },
  )
  expect([...met.keys()].sort()).toEqual(['count', 'groups', 'limit', 'rows', 'sum', 'top'])
  for (const [question, { whole, free }] of met) {
    expect(whole, question).toBeGreaterThan(0)
    expect(free, question).toBeGreaterThan(0)
  }
})

test('cases come in every order of keys, and the same case has the same keys', () => {
  const orders = new Set<string>()
  fc.assert(
    fc.property(
      numbers.map((of) => costCase(of, 50)),
      (of: CostCase) => {
        orders.add(of.keys)
        const keys = keysOf(of)
        expect(keys).toEqual(keysOf(of))
        expect(keys.length).toBe(of.rows)
        expect(keys.every((key) => key >= 0 && key < of.keyRange)).toBe(true)
        if (of.keys === 'sorted') expect(keys).toEqual([...keys].sort((a, b) => a - b))
        if (of.keys === 'constant') expect(new Set(keys).size).toBe(1)
      },
    ),
    { numRuns: runs(200) },
  )
  expect(orders.size).toBe(4)
})

test('the example holds random questions to the bound', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'examples/query-cost.ts'],
    { env: { ...process.env, RUNS: '30' } },
  )
  expect(stdout).toMatch(/^30 random questions opened \d+ files, and none more than it may\n$/)
})
