import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldConstant } from '../../../src/exec/fold-constant.ts'
import { execContext, run } from '../../../src/exec/run.ts'
import { stateOf } from '../../../src/frame/frame-state.ts'
import {
  col,
  connect,
  type DataFrame,
  desc,
  fn,
  GraupelError,
  type Lake,
  t,
  udf,
} from '../../../src/index.ts'
import { bindPartitions, scansOf } from '../../../src/plan/bind-partitions.ts'
import type { Scan } from '../../../src/plan/logical-plan.ts'
import { BOUND_RULES, optimize, optimizeBound, RULES } from '../../../src/plan/optimizer.ts'
import { Prng } from '../../support/prng.ts'
import { seed } from '../../support/random.ts'
import { runVariant, type Variant } from '../../support/run-variant.ts'

const ALONE: Variant = {
  name: 'one thread',
  rules: RULES,
  boundRules: BOUND_RULES,
  batchRowsMax: 1000,
}

let root: string
let lake: Lake
let sales: DataFrame<any>

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'graupel-threads-'))
  lake = await connect(root)
  const db = await lake.database('test/threads', { create: true })
  const table = await db.createTable(
    'sales',
    {
      id: t.int32(),
      shop: t.utf8().nullable(),
      kind: t.int32(),
      price: t.decimal(12, 2).nullable(),
      units: t.int32(),
      share: t.float64(),
      day: t.date(),
    },
    { partitionRows: 700 },
  )
  const prng = new Prng(seed)
  const rows = Array.from({ length: 6000 }, (_, i) => ({
    id: i,
    shop: prng.chance(0.1) ? null : prng.pick(['Ada', 'Bob', 'Eve', 'née', '']),
    kind: i < 3000 ? prng.int(0, 3) : prng.int(2, 9),
    price: prng.chance(0.1) ? null : `${prng.int(-900, 99_999)}.${prng.int(10, 99)}`,
    units: prng.int(0, 50),
    share: prng.next(),
    day: new Date(86_400_000 * prng.int(9000, 9400)).toISOString().slice(0, 10),
  }))
  await table.insert(rows)
  sales = table as DataFrame<any>
})

afterAll(async () => {
  await lake.close()
  rmSync(root, { recursive: true, force: true })
})

/** No other thread could have it. */
const halved = udf('halved', { takes: [t.int32()], returns: t.int32() }, (x) => x >> 1)

const QUERIES: Record<string, () => DataFrame<any>> = {
  'a filtered sum of products': () =>
    sales
      .filter((s) => s.day.gte('1994-11-01').and(s.units.lt(24)))
      .agg((s) => ({ revenue: s.price.mul(s.units).sum(), n: fn.count() })),
  'groups by text and number, in order of their first rows': () =>
    sales.groupBy('shop', 'kind').agg((s) => ({
      n: fn.count(),
      priced: s.price.count(),
      least: s.price.min(),
      most: s.day.max(),
      units: s.units.sum(),
    })),
  'distinct values': () => sales.select('kind', 'shop').distinct(),
  'nothing found': () =>
    sales.filter((s) => s.units.gt(1000)).agg((s) => ({ n: fn.count(), sum: s.units.sum() })),
  'an aggregate of an aggregate, sorted': () =>
    sales
      .groupBy('shop')
      .agg((s) => ({ units: s.units.sum() }))
      .agg((s) => ({ shops: fn.count(), most: s.units.max() })),
  'every aggregate at once': () => sales.groupBy('kind').agg(everyAggregate),
  'every aggregate at once without groups': () => sales.agg(everyAggregate),
  'every aggregate of no rows': () => sales.filter((s) => s.units.gt(1000)).agg(everyAggregate),
  'distinct values by group': () =>
    sales.groupBy('shop').agg((s) => ({
      kinds: s.kind.countDistinct(),
      prices: s.price.countDistinct(),
      days: s.day.countDistinct(),
      shops: s.shop.countDistinct(),
    })),
  'sums beyond 2^53': () =>
    sales.groupBy('kind').agg((s) => ({
      sum: s.price.mul(s.price).mul(s.price).sum(),
      mean: s.price.mul(s.price).mul(s.price).mean(),
    })),
  'groups of which most are in one partition alone': () =>
    sales.groupBy('price', 'day').agg((s) => ({ n: fn.count(), units: s.units.sum() })),
  'filtered rows in their order': () =>
    sales
      .filter((s) => s.units.lt(9))
      .select('shop', 'price', 'day', 'share')
      .withColumns((s) => ({ half: s.share.div(2) })),
  'filtered rows under a sort': () => sales.filter((s) => s.kind.eq(2)).sort('units', desc('day')),
  'a join of filtered rows': () =>
    sales
      .filter((s) => s.units.lt(5))
      .join(
        sales.groupBy('shop').agg((s) => ({ all: s.units.sum() })),
        { on: 'shop' },
      ),
  'the first rows, ties in the order of the table': () => sales.sort('units').limit(40),
  'the first rows by several keys, with an offset': () =>
    sales.sort(desc('shop'), 'units', desc('share')).limit(50, 7),
  'the first filtered rows': () =>
    sales
      .filter((s) => s.kind.gt(1))
      .sort(desc('price'))
      .limit(10),
  'the last rows by what tells partitions apart, of which the nearest has too few': () =>
    sales
      .filter((s) => s.kind.gt(6))
      .sort(desc('id'))
      .limit(900, 3),
  'groups of what a function of the user gives': () =>
    sales
      .withColumns((s) => ({ half: halved(s.units) }))
      .groupBy('half')
      .agg((s) => ({ n: fn.count(), units: halved(s.units).sum() })),
  'rows that a function of the user keeps': () => sales.filter((s) => halved(s.units).eq(3)),
  'the first rows by a function of the user': () => sales.sort(halved(col('units'))).limit(9),
  'more first rows than there are': () =>
    sales
      .filter((s) => s.kind.eq(8))
      .sort('price')
      .limit(5000),
}

const everyAggregate = (s: any) => ({
  n: fn.count(),
  mean: s.units.mean(),
  price: s.price.mean(),
  share: s.share.sum().round(9),
  deviation: s.units.stddev().round(9),
  variance: s.share.variance().round(12),
  median: s.share.median(),
  first: s.shop.first(),
  last: s.price.last(),
  any: s.shop.any(),
  distinct: s.price.countDistinct(),
  least: s.shop.min(),
  most: s.share.max(),
})

test.each(Object.entries(QUERIES))(
  '%s: the same rows in the same order on 1 and on 3 threads',
  async (_, query) => {
    const alone = await runVariant(query(), ALONE)
    const together = await runVariant(query(), { ...ALONE, threads: 3 })
    expect(together.rows, `seed ${seed}`).toEqual(alone.rows)
    const unpruned = await runVariant(query(), { ...ALONE, runTimePruning: 'off' })
    expect(alone.rows, `seed ${seed}`).toEqual(unpruned.rows)
  },
)

test.each([1, 3])(
  'on %i threads a top-k reads no partition beyond its last row',
  async (threads) => {
    const query = sales.sort(desc('id')).limit(10)
    const pruned = await runVariant(query, { ...ALONE, threads })
    expect(pruned.rows.map(([id]) => id)).toEqual(Array.from({ length: 10 }, (_, i) => 5999 - i))
    expect(pruned.scanned).toBeLessThanOrEqual(1400)
    const whole = await runVariant(query, { ...ALONE, runTimePruning: 'off' })
    expect(whole.scanned).toBe(6000)
  },
)

test('a join reads of its left side only partitions that can have a key of the right one', async () => {
  const few = sales.filter((s) => s.id.between(1500, 1503)).select('id')
  const query = sales.join(few, { on: 'id' }).agg((s) => ({ n: fn.count(), sum: s.id.sum() }))
  const pruned = await runVariant(query, ALONE)
  const whole = await runVariant(query, { ...ALONE, runTimePruning: 'off' })
  expect(pruned.rows).toEqual(whole.rows)
  expect(pruned.rows[0]![0]).toBe(4n)
  expect(pruned.scanned).toBeLessThan(whole.scanned / 2)
})

test('ending early stops the other threads, and they can be used again', async () => {
  const { plan, origins } = stateOf(
    sales.filter((s) => s.units.gt(3)),
    'test',
  )
  const [origin] = origins.values()
  const [{ table }] = scansOf(plan) as [Scan]
  const set = await origin!.catalog.partitions(
    table,
    table.columns.map(({ id }) => id),
  )
  const context = execContext({
    stores: new Map([[origin!.store.url, origin!.store]]),
    threads: 3,
    bytesPerThreadMin: 0,
  })
  const bound = optimizeBound(bindPartitions(optimize(plan, { fold: foldConstant }), () => set))
  for await (const batch of run(bound, context)) {
    expect(batch.length).toBeGreaterThan(0)
    break
  }
  const again = await runVariant(
    sales.agg((s) => ({ n: s.id.last() })),
    { ...ALONE, threads: 3 },
  )
  expect(again.rows).toEqual([[5999]])
})

test('an error on another thread arrives with its code', async () => {
  const failing = sales.agg((s) => ({ n: s.units.intDiv(s.units.sub(s.units)).sum() }))
  const error = await runVariant(failing, { ...ALONE, threads: 3 }).catch((reason) => reason)
  expect(error).toBeInstanceOf(GraupelError)
  expect(error.code).toBe('INVALID')
  const again = await runVariant(
    sales.agg(() => ({ n: fn.count() })),
    { ...ALONE, threads: 3 },
  )
  expect(again.rows).toEqual([[6000n]])
})
