import { beforeAll, expect, test } from 'vitest'
import { type Batch, batchBytes } from '../../../src/arrow/batch.ts'
import { foldConstant } from '../../../src/exec/fold-constant.ts'
import { type ExecOptions, execContext, run } from '../../../src/exec/run.ts'
import { stateOf } from '../../../src/frame/frame-state.ts'
import { connect, type DataFrame, fn, t } from '../../../src/index.ts'
import { bindPartitions, scansOf } from '../../../src/plan/bind-partitions.ts'
import type { Scan } from '../../../src/plan/logical-plan.ts'
import { BOUND_RULES, optimize, optimizeBound, RULES } from '../../../src/plan/optimizer.ts'
import { runVariant, type Variant } from '../../support/run-variant.ts'

const ALONE: Variant = {
  name: 'one thread',
  rules: RULES,
  boundRules: BOUND_RULES,
  batchRowsMax: 1000,
}
const LINES = 6000

let orders: DataFrame<any>
let lines: DataFrame<any>

beforeAll(async () => {
  const lake = await connect('memory:')
  const db = await lake.database('test/joins', { create: true })
  const columns = { id: t.int32(), day: t.int32() }
  const table = await db.createTable('orders', columns, { partitionRows: 500 })
  await table.insert(Array.from({ length: 2000 }, (_, id) => ({ id, day: id % 100 })))
  const parts = { order: t.int32().nullable(), part: t.int32(), text: t.utf8() }
  const more = await db.createTable('lines', parts, { partitionRows: 500 })
  await more.insert(
    Array.from({ length: LINES }, (_, i) => ({
      order: i % 50 === 0 ? null : Math.floor(i / 3),
      part: i % 7,
      text: `line ${i}`,
    })),
  )
  orders = await db.table('orders')
  lines = await db.table('lines')
})

const HOWS = ['inner', 'semi', 'anti', 'left'] as const
const few = () => orders.filter((o) => o.id.between(300, 320).or(o.id.gt(1998)))
const joined = (how: (typeof HOWS)[number]) => {
  return few().join(
    lines.filter((l) => l.part.ne(3)),
    { on: [['id', 'order']], how },
  )
}

test.each(HOWS)(
  '%s: of the right side is read only what can have a key of the few left rows',
  async (how) => {
    const pruned = await runVariant(joined(how), ALONE)
    const whole = await runVariant(joined(how), { ...ALONE, runTimePruning: 'off' })
    expect(pruned.rows).toEqual(whole.rows)
    // Of four partitions of orders two, of twelve of lines three.
    expect(pruned.scanned).toBeLessThanOrEqual(1000 + 1500)
    expect(whole.scanned).toBe(1000 + LINES)
  },
)

test.each(HOWS)('%s: where there is no left row the right side is not read', async (how) => {
  const none = few().filter((o) => o.day.mul(2).eq(1))
  const query = none.join(lines, { on: [['id', 'order']], how })
  const { rows, scanned } = await runVariant(query, ALONE)
  expect(rows).toEqual([])
  expect(scanned).toBeLessThanOrEqual(2000)
})

test('groups on the right are made only of rows that can have a key', async () => {
  const sums = lines.groupBy('order').agg((l) => ({ n: fn.count(), most: l.part.max() }))
  const query = few().join(sums, { on: [['id', 'order']], how: 'left' })
  const pruned = await runVariant(query, ALONE)
  const whole = await runVariant(query, { ...ALONE, runTimePruning: 'off' })
  expect(pruned.rows).toEqual(whole.rows)
  expect(pruned.scanned).toBeLessThanOrEqual(1000 + 1500)
})

test.each(HOWS)(
  '%s: where memory has no room for the left side both are read whole',
  async (how) => {
    const limited = { ...ALONE, batchRowsMax: 64, memoryLimit: 400 }
    const spilled = await runVariant(joined(how), limited)
    const whole = await runVariant(joined(how), { ...ALONE, runTimePruning: 'off' })
    expect(spilled.rows).toEqual(whole.rows)
    expect(spilled.scanned).toBe(1000 + LINES)
  },
)

/** `frame` ready to be run, and the context that it is run in. */
async function prepared(frame: DataFrame<any>, options: ExecOptions) {
  const { plan, origins } = stateOf(frame, 'test')
  const logical = optimize(plan, { fold: foldConstant })
  const sets = new Map<Scan, any>()
  for (const scan of scansOf(logical)) {
    const ids = scan.table.columns.map(({ id }) => id)
    sets.set(scan, await origins.get(scan.table)!.catalog.partitions(scan.table, ids))
  }
  const bound = optimizeBound(bindPartitions(logical, (scan) => sets.get(scan)!))
  const stores = new Map([...origins.values()].map(({ store }) => [store.url, store]))
  return { bound, context: execContext({ stores, batchRowsMax: 20, ...options }) }
}

test('rows that are held are counted, and let go when the join ends, ends early or fails', async () => {
  const { bound, context } = await prepared(joined('inner'), { memoryLimit: 1e9 })
  const batches: Batch[] = []
  for await (const batch of run(bound, context)) batches.push(batch)
  expect(batches.length).toBeGreaterThan(1)
  expect(context.memory.heldBytes).toBe(0)
  expect(context.memory.peakBytes).toBeGreaterThan(batchBytes(batches[0]!))
  for await (const _ of run(bound, context)) {
    expect(context.memory.heldBytes).toBeGreaterThan(0)
    break
  }
  expect(context.memory.heldBytes).toBe(0)
  const failing = lines.filter((l) => l.part.intDiv(l.part.sub(l.part)).eq(1))
  const broken = await prepared(few().join(failing, { on: [['id', 'order']] }), {
    memoryLimit: 1e9,
  })
  const rows = run(broken.bound, broken.context)
  await expect(rows.next()).rejects.toThrow('zero')
  expect(broken.context.memory.heldBytes).toBe(0)
})
