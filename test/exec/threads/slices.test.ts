import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { slicedScan } from '../../../src/exec/threads/slices.ts'
import { stateOf } from '../../../src/frame/frame-state.ts'
import { connect, type DataFrame, desc, fn, type Lake, t } from '../../../src/index.ts'
import { bindPartitions, scansOf } from '../../../src/plan/bind-partitions.ts'
import type { Scan } from '../../../src/plan/logical-plan.ts'
import { BOUND_RULES, RULES } from '../../../src/plan/optimizer.ts'
import { Prng } from '../../support/prng.ts'
import { seed } from '../../support/random.ts'
import { runVariant } from '../../support/run-variant.ts'

const ALONE = { name: 'alone', rules: RULES, boundRules: BOUND_RULES, batchRowsMax: 16_384 }
const ROWS = 290_000
const PARTITION_ROWS = 150_000
/** Long, so that there is enough to read for several threads. */
const CODES = ['A', 'B', 'C'].map((letter) => letter.repeat(40))

let root: string
let lake: Lake
let sales: DataFrame<any>

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'graupel-slices-'))
  lake = await connect(root, { cache: false })
  const db = await lake.database('test/slices', { create: true })
  const columns = {
    id: t.int32(),
    note: t.utf8().nullable(),
    code: t.utf8(),
    price: t.decimal(12, 2).nullable(),
    day: t.date(),
  }
  const table = await db.createTable('sales', columns, { partitionRows: PARTITION_ROWS })
  const prng = new Prng(seed)
  const notes = ['plain', 'with, comma', 'two\nlines', 'a "quote"', '', null, '\\N']
  const each = <T>(make: (row: number) => T) => Array.from({ length: ROWS }, (_, row) => make(row))
  await table.insert({
    id: each((row) => row),
    note: each(() => prng.pick(notes)),
    code: each(() => prng.pick(CODES)),
    price: each(() => (prng.chance(0.05) ? null : `${prng.int(-9, 9999)}.${prng.int(10, 99)}`)),
    day: each(() => new Date(86_400_000 * prng.int(9000, 9400)).toISOString().slice(0, 10)),
  } as never)
  sales = table as DataFrame<any>
}, 60_000)

afterAll(async () => {
  await lake.close()
  rmSync(root, { recursive: true, force: true })
})

const QUERIES: Record<string, () => DataFrame<any>> = {
  'groups in the order of their first rows': () =>
    sales.groupBy('note', 'code').agg((s) => ({
      n: fn.count(),
      sum: s.price.sum(),
      first: s.id.first(),
      last: s.note.last(),
      least: s.day.min(),
    })),
  'a filtered sum': () =>
    sales
      .filter((s) => s.day.gte('1995-02-01').and(s.code.eq(CODES[1]!)))
      .agg((s) => ({ n: fn.count(), sum: s.price.sum(), notes: s.note.countDistinct() })),
  'filtered rows in their order': () =>
    sales.filter((s) => s.price.gt('9990')).select('note', 'id', 'day'),
  'the first rows, ties in the order of the table': () =>
    sales.select('day', 'note', 'id').sort(desc('day')).limit(30),
}

async function slicesOf(frame: DataFrame<any>, threads: number) {
  const { plan, origins } = stateOf(frame, 'test')
  const { catalog, store } = [...origins.values()][0]!
  const [{ table }] = scansOf(plan) as [Scan]
  const ids = table.columns.map(({ id }) => id)
  const set = await catalog.partitions(table, ids)
  return slicedScan(scansOf(bindPartitions(plan, () => set))[0]!, store, threads).slices
}

test('partitions are cut once their files have been read whole, at rows whose places are known', async () => {
  const whole = await slicesOf(sales, 3)
  expect(whole.map(({ rows }) => rows)).toEqual([null, null])
  for (const query of Object.values(QUERIES)) await runVariant(query(), ALONE)
  const slices = await slicesOf(sales, 3)
  expect(slices.map(({ rows }) => rows)).toEqual([
    { from: 0, to: 65_536 },
    { from: 65_536, to: 131_072 },
    { from: 131_072, to: 150_000 },
    { from: 0, to: 65_536 },
    { from: 65_536, to: 131_072 },
    { from: 131_072, to: 140_000 },
  ])
  expect(await slicesOf(sales, 1)).toHaveLength(2)
})

test.each(Object.entries(QUERIES))(
  '%s: the same on one thread and, in slices, on 3',
  async (_, query) => {
    const alone = await runVariant(query(), ALONE)
    for (let time = 0; time < 3; time++) {
      const together = await runVariant(query(), { ...ALONE, threads: 3 })
      expect(together.rows, `seed ${seed}`).toEqual(alone.rows)
      expect(together.scanned).toBe(ROWS)
    }
  },
)

test('groups that stay in the cache are those of whole partitions', async () => {
  await using cached = await connect(root, { threads: 3 })
  const table = await (await cached.database('test/slices')).table('sales')
  const query = (of: DataFrame<any>) =>
    of.groupBy('code').agg((s) => ({ n: fn.count(), sum: s.price.sum(), most: s.id.max() }))
  const expected = await query(sales).toArray()
  for (let time = 0; time < 2; time++) {
    expect(await query(table as DataFrame<any>).toArray()).toEqual(expected)
  }
})
