import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SortOperator } from '../../../src/exec/operator/sort.ts'
import { TopKOperator } from '../../../src/exec/operator/top-k.ts'
import { ValuesOperator } from '../../../src/exec/operator/values.ts'
import { execContext } from '../../../src/exec/run.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import { sort, topK, values } from '../../../src/plan/logical-plan.ts'
import { runs } from '../../support/random.ts'
import { anyContext, runOperator } from '../../support/run-operator.ts'
import {
  batchesOf,
  batchOf,
  compareWith,
  cutLengths,
  type ScalarRow,
  WIDE_SCHEMA,
  wideRows,
} from '../../support/scalar-rows.ts'
import { WatchedOperator } from '../../support/watched-operator.ts'

const sortKeys = fc.array(
  fc.record({
    position: fc.integer({ min: 0, max: WIDE_SCHEMA.fields.length - 1 }),
    descending: fc.boolean(),
    nulls: fc.constantFrom('first' as const, 'last' as const),
  }),
  { minLength: 1, maxLength: 3 },
)

type Keys = typeof sortKeys extends fc.Arbitrary<infer K> ? K : never

const planKeys = (keys: Keys) =>
  keys.map(({ position, descending, nulls }) => ({
    expr: columnExpr(WIDE_SCHEMA.fields[position]!),
    descending,
    nulls,
  }))

const sorted = (rows: readonly ScalarRow[], keys: Keys) =>
  [...rows].sort((a, b) => {
    for (const key of keys) {
      const order = compareWith(a[key.position]!, b[key.position]!, key)
      if (order !== 0) return order
    }
    return 0
  })

test('a sort gives the rows that a stable sort of arrays gives', async () => {
  await fc.assert(
    fc.asyncProperty(wideRows(60), cutLengths, sortKeys, async (rows, cuts, keys) => {
      const input = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, rows, cuts), 'rows')
      for (const context of anyContext()) {
        const operator = new SortOperator(sort(input, planKeys(keys)), new ValuesOperator(input))
        const result = await runOperator(operator, context)
        expect(result).toEqual(sorted(rows, keys))
      }
    }),
    { numRuns: runs(100) },
  )
})

test('a top-k gives what a sort and a limit give', async () => {
  await fc.assert(
    fc.asyncProperty(
      wideRows(60),
      cutLengths,
      sortKeys,
      fc.nat(12),
      fc.nat(12),
      fc.integer({ min: 1, max: 80 }),
      async (some, cuts, keys, count, offset, times) => {
        const rows = Array.from({ length: times }, () => some).flat()
        const input = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, rows, cuts), 'rows')
        const plan = topK(input, planKeys(keys), { count, offset })
        for (const memoryLimit of rows.length < 200 ? [undefined, 1] : [undefined]) {
          const operator = new TopKOperator(plan, new ValuesOperator(input))
          const result = await runOperator(operator, execContext({ batchRowsMax: 7, memoryLimit }))
          expect(result).toEqual(sorted(rows, keys).slice(offset, offset + count))
        }
      },
    ),
    { numRuns: runs(60) },
  )
})

test('a top-k holds few candidates, however many rows come', async () => {
  const rows = Array.from({ length: 1000 }, (_, i): ScalarRow => [i, i, 0n, 'x', true, 0n, 0])
  const batches = Array.from({ length: 200 }, () => batchOf(WIDE_SCHEMA, rows))
  const input = values(WIDE_SCHEMA, batches, 'rows')
  const keys = [
    { expr: columnExpr(WIDE_SCHEMA.fields[0]!), descending: true, nulls: 'last' as const },
  ]
  const plan = topK(input, keys, { count: 5, offset: 0 })
  const context = execContext({ memoryLimit: 1_000_000 })
  const result = await runOperator(new TopKOperator(plan, new ValuesOperator(input)), context)
  expect(result.map(([i]) => i)).toEqual([999, 999, 999, 999, 999])
})

test('a sort beyond the memory limit spills, holds no more, and ends its input', async () => {
  const rows = Array.from({ length: 1000 }, (_, i): ScalarRow => [i, i, 0n, 'x', true, 0n, 0])
  const input = new WatchedOperator(
    WIDE_SCHEMA,
    Array.from({ length: 9 }, () => batchOf(WIDE_SCHEMA, rows)),
  )
  const keys = [
    { expr: columnExpr(WIDE_SCHEMA.fields[0]!), descending: true, nulls: 'last' as const },
  ]
  const plan = sort(values(WIDE_SCHEMA, [], 'rows'), keys)
  let spilled = 0
  const onSpilled = (bytes: number) => {
    spilled += bytes
  }
  const context = { ...execContext({ memoryLimit: 300_000, batchRowsMax: 1000 }), onSpilled }
  const result = await runOperator(new SortOperator(plan, input), context)
  expect(result.map(([i]) => i)).toEqual(
    Array.from({ length: 9000 }, (_, i) => 999 - Math.floor(i / 9)),
  )
  expect(input).toMatchObject({ given: 9, ended: 1 })
  expect(context.memory.peakBytes).toBeLessThanOrEqual(300_000)
  expect(spilled).toBeGreaterThan(9000 * 40)
})
