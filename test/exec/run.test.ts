import { expect, test } from 'vitest'
import { int32 } from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { QueryMetrics } from '../../src/exec/metrics.ts'
import { execContext, run } from '../../src/exec/run.ts'
import { callExpr, columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import { filter, limit, sort, values } from '../../src/plan/logical-plan.ts'
import { batchOf, rowsOf } from '../support/scalar-rows.ts'

const ONE = schema([field('i', int32)])
const i = columnExpr(ONE.fields[0]!)
const rows = values(ONE, [batchOf(ONE, [[3], [1], [2], [null]])], 'rows')
const kept = filter(rows, callExpr('gt', [i, literalExpr(1, int32)]))
const plan = limit(sort(kept, [{ expr: i, descending: false, nulls: 'last' }]), {
  count: 1,
  offset: 0,
})

async function collect(batches: ReturnType<typeof run>) {
  const all = []
  for await (const batch of batches) all.push(batch)
  return rowsOf(all)
}

test('a plan runs to its rows', async () => {
  expect(await collect(run(plan, execContext()))).toEqual([[2]])
})

test('metrics tell what each node yielded and how long it took, inputs included', async () => {
  let now = 0
  const metrics = new QueryMetrics(() => now++)
  expect(metrics.of(plan)).toBeUndefined()
  expect(await collect(run(plan, execContext({ batchRowsMax: 3 }), { metrics }))).toEqual([[2]])
  expect(metrics.of(rows)).toMatchObject({
    rows: 4,
    batches: 2,
    bytes: 4 * (4 + 1),
    scannedBytes: 0,
  })
  expect(metrics.of(kept)).toMatchObject({ rows: 2, batches: 1 })
  expect(metrics.of(plan)).toMatchObject({ rows: 1, batches: 1, bytes: 4 + 1 })
  expect(metrics.of(plan)!.timeMs).toBeGreaterThan(metrics.of(kept)!.timeMs)
  expect(metrics.of(kept)!.timeMs).toBeGreaterThan(metrics.of(rows)!.timeMs)
})

test('a context refuses a batch size or a memory limit that cannot be', () => {
  for (const batchRowsMax of [0, -1, 1.5, Number.NaN, 2 ** 25]) {
    expect(() => execContext({ batchRowsMax })).toThrow(
      expect.objectContaining({ code: 'INVALID' }),
    )
  }
  for (const memoryLimit of [-1, Number.NaN]) {
    expect(() => execContext({ memoryLimit })).toThrow(expect.objectContaining({ code: 'INVALID' }))
  }
})

test('a signal that has fired stops a run before its first batch', async () => {
  const signal = AbortSignal.abort()
  await expect(collect(run(plan, execContext({ signal })))).rejects.toMatchObject({
    code: 'ABORTED',
  })
})
