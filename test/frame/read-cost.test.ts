import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, type DataFrame, fn, t } from '../../src/index.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { memoryStore } from '../../src/testing/index.ts'
import { countedStore, type SourceCount } from '../support/counted-store.ts'
import { runs } from '../support/random.ts'

const DATA_FILE = /\/partition\d+\.csv$/

/** Keys as tables have them: in order, at random, and mostly one of a few. */
const keyLists = fc
  .tuple(
    fc.constantFrom('sorted', 'uniform', 'skewed'),
    fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 }),
  )
  .map(([kind, drawn]) => {
    if (kind === 'sorted') return [...drawn].sort((a, b) => a - b)
    return kind === 'uniform' ? drawn : drawn.map((key) => Math.floor((key / 1001) ** 4 * 1000))
  })

/** A table, and a question: a range of keys, and which of the other columns are asked for. */
const questions = fc.record({
  keys: keyLists,
  partitionRows: fc.integer({ min: 1, max: 120 }),
  columnCount: fc.integer({ min: 1, max: 5 }),
  asked: fc.uniqueArray(fc.nat(4), { maxLength: 5 }),
  from: fc.nat(1000),
  width: fc.constantFrom(0, 3, 50, 400, 1000),
})

type Question = typeof questions extends fc.Arbitrary<infer Q> ? Q : never

/** What a query may read: the files of asked columns, in partitions whose keys reach into the range. */
interface Bound {
  files: number
  bytes: number
}

interface Laid {
  readonly frame: DataFrame<any>
  readonly count: SourceCount
  readonly bound: Bound
  readonly names: readonly string[]
}

async function sizes(store: ObjectStore): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for await (const { key, byteLength } of store.list('')) {
    if (DATA_FILE.test(key)) found.set(key.split('/').slice(-2).join('/'), byteLength)
  }
  return found
}

/** Makes the table of a question; answers the frame that asks it and the bound on what it may read. */
async function lay(question: Question, use: (laid: Laid) => Promise<void>): Promise<void> {
  const { keys, partitionRows, columnCount, from, width } = question
  const { store, count } = countedStore(memoryStore(), { counts: (key) => DATA_FILE.test(key) })
  await using lake = await connect(store, { cache: false })
  const db = await lake.database('test/cost', { create: true })
  const others = Array.from({ length: columnCount }, (_, n) => `c${n}`)
  const columns = Object.fromEntries(['key', ...others].map((name) => [name, t.int32()]))
  const table = await db.createTable('facts', columns, { partitionRows })
  const values = Object.fromEntries(others.map((name, n) => [name, keys.map((k) => k * 7 + n)]))
  await table.insert({ key: keys, ...values })
  const names = question.asked.filter((n) => n < columnCount).map((n) => `c${n}`)
  const byFile = await sizes(store)
  const bound: Bound = { files: 0, bytes: 0 }
  for (let at = 0; at < keys.length; at += partitionRows) {
    const part = keys.slice(at, at + partitionRows)
    if (Math.max(...part) < from || Math.min(...part) > from + width) continue
    for (const name of ['key', ...names]) {
      bound.files++
      bound.bytes += byFile.get(`${name}/partition${at / partitionRows + 1}.csv`)!
    }
  }
  Object.assign(count, { opened: 0, closed: 0, closedTwice: 0, bytesRead: 0 })
  const frame = table.filter((f) => f['key']!.between(from, from + width))
  await use({ frame, count, bound, names })
}

test('a filtered scan opens each asked column of each partition that its range reaches once, and reads no byte twice', async () => {
  let pruned = 0
  await fc.assert(
    fc.asyncProperty(questions, (question) =>
      lay(question, async ({ frame, count, bound, names }) => {
        const { keys, from, width } = question
        const rows = await frame.select('key', ...names).toArray()
        expect(rows.length).toBe(keys.filter((key) => key >= from && key <= from + width).length)
        expect(count.opened).toBeLessThanOrEqual(bound.files)
        expect(count.bytesRead).toBeLessThanOrEqual(bound.bytes)
        expect(count.closed).toBe(count.opened)
        if (bound.files < Math.ceil(keys.length / question.partitionRows) * (names.length + 1)) {
          pruned++
        }
      }),
    ),
    { numRuns: runs(150) },
  )
  expect(pruned).toBeGreaterThan(0)
})

test('a filtered count reads the key alone, and nothing when its range holds whole all it reaches', async () => {
  let answered = 0
  await fc.assert(
    fc.asyncProperty(questions, (question) =>
      lay({ ...question, asked: [] }, async ({ frame, count, bound }) => {
        const { keys, partitionRows, from, width } = question
        const parts = Array.from({ length: Math.ceil(keys.length / partitionRows) }, (_, n) =>
          keys.slice(n * partitionRows, (n + 1) * partitionRows),
        )
        const isInside = (key: number) => key >= from && key <= from + width
        const whole = parts.filter((part) => part.every(isInside)).length
        const [row] = await frame.agg(() => ({ n: fn.count() })).toArray()
        expect(Number(row!['n'])).toBe(keys.filter(isInside).length)
        expect(count.opened).toBeLessThanOrEqual(whole === bound.files ? 0 : bound.files)
        expect(count.bytesRead).toBeLessThanOrEqual(bound.bytes)
        if (whole > 0 && whole === bound.files) answered++
      }),
    ),
    { numRuns: runs(150) },
  )
  expect(answered).toBeGreaterThan(0)
})
