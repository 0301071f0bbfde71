import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { field, schema } from '../../../src/arrow/schema.ts'
import { FilterOperator } from '../../../src/exec/operator/filter.ts'
import { LimitOperator } from '../../../src/exec/operator/limit.ts'
import { physicalPlan } from '../../../src/exec/physical-planner.ts'
import { execContext } from '../../../src/exec/run.ts'
import { callExpr, columnExpr, literalExpr } from '../../../src/plan/expr-walk.ts'
import { filter, limit, project, union, values } from '../../../src/plan/logical-plan.ts'
import { runs } from '../../support/random.ts'
import { BATCH_SIZES, runOperator } from '../../support/run-operator.ts'
import { batchesOf, batchOf, cutLengths, WIDE_SCHEMA, wideRows } from '../../support/scalar-rows.ts'
import { WatchedOperator } from '../../support/watched-operator.ts'

const [i, , , s] = WIDE_SCHEMA.fields.map(columnExpr)
const positive = callExpr('gt', [i!, literalExpr(0, int32)])

test('values, filter, project, union and limit give what arrays give, for any batch size', async () => {
  await fc.assert(
    fc.asyncProperty(
      wideRows(50),
      cutLengths,
      fc.nat(20),
      fc.nat(20),
      async (rows, cuts, count, offset) => {
        const input = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, rows, cuts), 'rows')
        const kept = project(filter(input, positive), [
          { name: 'text', expr: s! },
          { name: 'positive', expr: positive },
          { name: 'again', expr: i! },
        ])
        const plan = limit(union([kept, kept]), { count, offset })
        const once = rows.filter(([of]) => (of as number | null) !== null && (of as number) > 0)
        const wanted = [...once, ...once].map((row) => [row[3]!, true, row[0]!])
        for (const batchRowsMax of BATCH_SIZES) {
          const result = await runOperator(physicalPlan(plan), execContext({ batchRowsMax }))
          expect(result).toEqual(wanted.slice(offset, offset + count))
        }
      },
    ),
    { numRuns: runs(60) },
  )
})

const ONE = schema([field('i', int32)])
const batches = Array.from({ length: 50 }, (_, part) => batchOf(ONE, [[part], [part + 1]]))
const none = values(ONE, [], 'rows')

test('a limit asks for no batch after its last row and ends its input', async () => {
  const input = new WatchedOperator(ONE, batches)
  const rows = await runOperator(new LimitOperator(limit(none, { count: 3, offset: 2 }), input))
  expect(rows).toEqual([[1], [2], [2]])
  expect(input).toMatchObject({ given: 3, ended: 1 })
})

test('a limit of nothing asks for nothing', async () => {
  const input = new WatchedOperator(ONE, batches)
  expect(await runOperator(new LimitOperator(limit(none, { count: 0, offset: 2 }), input))).toEqual(
    [],
  )
  expect(input.given).toBe(0)
})

test('a filter joins small batches, but does not hold rows back for long', async () => {
  const predicate = callExpr('eq', [columnExpr(ONE.fields[0]!), literalExpr(0, int32)])
  const input = new WatchedOperator(ONE, batches)
  const operator = new FilterOperator(filter(none, predicate), input)
  for await (const batch of operator.execute(execContext({ batchRowsMax: 1024 }))) {
    expect(batch.length).toBe(1)
    break
  }
  expect(input).toMatchObject({ given: 16, ended: 1 })
})

test('an aborted query throws ABORTED and ends its inputs', async () => {
  const controller = new AbortController()
  const plan = values(ONE, batches, 'rows')
  const rows = runOperator(physicalPlan(plan), execContext({ signal: controller.signal }))
  controller.abort(new Error('enough'))
  await expect(rows).rejects.toMatchObject({ code: 'ABORTED' })
})
