import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type DataType,
  decimal,
  float64,
  int32,
  int64,
  isFloat,
} from '../../../src/arrow/data-type.ts'
import { compareScalars, type Scalar } from '../../../src/arrow/scalar.ts'
import { field, schema } from '../../../src/arrow/schema.ts'
import { HashAggregateOperator } from '../../../src/exec/operator/hash-aggregate.ts'
import { ValuesOperator } from '../../../src/exec/operator/values.ts'
import { execContext } from '../../../src/exec/run.ts'
import type { AggregateExpr } from '../../../src/plan/expr.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import type { AggregateName } from '../../../src/plan/function.ts'
import { aggregate, values } from '../../../src/plan/logical-plan.ts'
import { runs } from '../../support/random.ts'
import { anyContext, runOperator } from '../../support/run-operator.ts'
import {
  batchesOf,
  batchOf,
  cutLengths,
  keyText,
  type ScalarRow,
  WIDE_SCHEMA,
  wideRows,
} from '../../support/scalar-rows.ts'

const { fields } = WIDE_SCHEMA

const aggregateOf = (
  aggregateName: AggregateName,
  position: number,
  type: DataType,
): AggregateExpr => ({
  name: `${aggregateName} of ${fields[position]!.name}`,
  aggregate: aggregateName,
  input: columnExpr(fields[position]!),
  type,
  nullable: true,
})

const EVERY_COLUMN = fields.flatMap(({ type }, position) =>
  (['count', 'countDistinct', 'min', 'max', 'any', 'first', 'last'] as const).map((name) =>
    aggregateOf(name, position, name.startsWith('count') ? int64 : type),
  ),
)

/** What an aggregate of discrete values should be, from the values of one group in row order. */
function expected(name: AggregateName, group: readonly Scalar[]): Scalar {
  const found = group.filter((value) => value !== null)
  const ordered = [...found].sort(compareScalars)
  switch (name) {
    case 'count':
      return BigInt(found.length)
    case 'countDistinct':
      return BigInt(new Set(found.map((value) => keyText([value]))).size)
    case 'min':
      return ordered[0] ?? null
    case 'max':
      return ordered.at(-1) ?? null
    case 'any':
      return found[0] ?? null
    case 'first':
      return group[0] ?? null
    case 'last':
      return group.at(-1) ?? null
    default:
      throw new Error(name)
  }
}

/** min and max of -0 and 0 may be either. */
const unsigned = (rows: readonly ScalarRow[]) =>
  rows.map((row) => row.map((v) => (v === 0 ? 0 : v)))

function groupsOf(rows: readonly ScalarRow[], keys: readonly number[]): ScalarRow[][] {
  const groups = new Map<string, ScalarRow[]>()
  for (const row of rows) {
    const key = keyText(keys.map((position) => row[position]!))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()]
}

const keySets = fc.uniqueArray(fc.integer({ min: 0, max: fields.length - 1 }), {
  minLength: 1,
  maxLength: 4,
})

test('groups stand in order of first appearance with what arrays give for each', async () => {
  await fc.assert(
    fc.asyncProperty(wideRows(60), cutLengths, keySets, async (rows, cuts, keys) => {
      const input = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, rows, cuts), 'rows')
      const named = keys.map((position) => ({
        name: `key ${position}`,
        expr: columnExpr(fields[position]!),
      }))
      const plan = aggregate(input, named, EVERY_COLUMN)
      const wanted = groupsOf(rows, keys).map((group) => [
        ...keys.map((position) => group[0]![position]!),
        ...EVERY_COLUMN.map(({ aggregate: name }, index) =>
          expected(
            name,
            group.map((row) => row[Math.floor(index / 7)]!),
          ),
        ),
      ])
      for (const context of anyContext()) {
        const operator = new HashAggregateOperator(plan, new ValuesOperator(input))
        const result = await runOperator(operator, context)
        expect(unsigned(result)).toEqual(unsigned(wanted))
      }
    }),
    { numRuns: runs(60) },
  )
})

test('without keys there is one row, also over no rows', async () => {
  await fc.assert(
    fc.asyncProperty(wideRows(30), cutLengths, async (rows, cuts) => {
      const input = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, rows, cuts), 'rows')
      const plan = aggregate(input, [], EVERY_COLUMN)
      const wanted = EVERY_COLUMN.map(({ aggregate: name }, index) =>
        expected(
          name,
          rows.map((row) => row[Math.floor(index / 7)]!),
        ),
      )
      for (const context of anyContext()) {
        const operator = new HashAggregateOperator(plan, new ValuesOperator(input))
        const result = await runOperator(operator, context)
        expect(unsigned(result)).toEqual(unsigned([wanted]))
      }
    }),
    { numRuns: runs(60) },
  )
})

const NUMBERS = schema([
  field('g', int32),
  field('x', float64),
  field('d', decimal(20, 2)),
  field('n', int64),
])

const numberRows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null }),
    fc.option(fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n), { nil: null }),
    fc.option(fc.oneof(fc.bigInt(-9n, 9n), fc.bigInt(-(2n ** 53n), 2n ** 53n)), { nil: null }),
  ),
  { maxLength: 50 },
)

const numericAggregates: AggregateExpr[] = [1, 2, 3].flatMap((position) => {
  const { type } = NUMBERS.fields[position]!
  const sumType = isFloat(type) ? float64 : type.name === 'decimal' ? decimal(38, 2) : int64
  return (['sum', 'mean', 'variance', 'stddev', 'median'] as const).map((name) => ({
    name: `${name} ${position}`,
    aggregate: name,
    input: columnExpr(NUMBERS.fields[position]!),
    type: name === 'sum' ? sumType : float64,
    nullable: true,
  }))
})

function moments(found: readonly (number | bigint)[], unit: number): Scalar[] {
  const n = found.length
  if (n === 0) return [null, null, null, null, null]
  const exact = typeof found[0] === 'bigint'
  const total = exact ? (found as bigint[]).reduce((a, b) => a + b, 0n) : null
  const numbers = found.map((value) => Number(value) / unit)
  const sum = total ?? numbers.reduce((a, b) => a + b, 0)
  const mean = (total === null ? (sum as number) : Number(total) / unit) / n
  const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1)
  const ordered = [...numbers].sort((a, b) => a - b)
  const median = (ordered[(n - 1) >> 1]! + ordered[n >> 1]!) / 2
  const spread = n < 2 ? [null, null] : [variance, Math.sqrt(variance)]
  return [sum, mean, ...spread, median]
}

test('sums are exact; means, variances and medians are close to those of arrays', async () => {
  await fc.assert(
    fc.asyncProperty(
      numberRows,
      cutLengths,
      fc.boolean(),
      fc.boolean(),
      async (rows, cuts, grouped, limited) => {
        const input = values(NUMBERS, batchesOf(NUMBERS, rows, cuts), 'rows')
        const keys = grouped ? [{ name: 'g', expr: columnExpr(NUMBERS.fields[0]!) }] : []
        const plan = aggregate(input, keys, numericAggregates)
        const operator = new HashAggregateOperator(plan, new ValuesOperator(input))
        const memoryLimit = limited ? 1 : undefined
        const result = await runOperator(operator, execContext({ batchRowsMax: 7, memoryLimit }))
        const groups = grouped ? groupsOf(rows, [0]) : [rows]
        expect(result.length).toBe(groups.length)
        for (const [index, group] of groups.entries()) {
          const wanted = [1, 2, 3].flatMap((position) => {
            const found = group.map((row) => row[position]!).filter((value) => value !== null)
            return moments(found as number[], position === 2 ? 100 : 1)
          })
          const got = result[index]!.slice(grouped ? 1 : 0)
          for (const [at, value] of wanted.entries()) {
            if (typeof value !== 'number') expect(got[at]).toBe(value)
            else
              expect(Math.abs((got[at] as number) - value)).toBeLessThanOrEqual(
                1e-9 * Math.max(1, Math.abs(value)) + 1e-6,
              )
          }
        }
      },
    ),
    { numRuns: runs(80) },
  )
})

const sumOf = async (type: DataType, sumType: DataType, found: readonly Scalar[]) => {
  const of = schema([field('x', type)])
  const input = values(
    of,
    batchesOf(
      of,
      found.map((value) => [value]),
      [4],
    ),
    'rows',
  )
  const expr: AggregateExpr = {
    name: 'sum',
    aggregate: 'sum',
    input: columnExpr(of.fields[0]!),
    type: sumType,
    nullable: true,
  }
  const operator = new HashAggregateOperator(
    aggregate(input, [], [expr]),
    new ValuesOperator(input),
  )
  return (await runOperator(operator))[0]![0]
}

test('a sum beyond its type throws INVALID', async () => {
  const most = 2n ** 63n - 1n
  expect(await sumOf(int64, int64, [most, 1n, -1n])).toBe(most)
  await expect(sumOf(int64, int64, [most, 1n])).rejects.toMatchObject({ code: 'INVALID' })
  const digits = 10n ** 38n - 1n
  await expect(sumOf(decimal(38, 2), decimal(38, 2), [digits, 1n])).rejects.toMatchObject({
    code: 'INVALID',
  })
})

test('a sum of floats does not lose what cancels', async () => {
  expect(await sumOf(float64, float64, [1e100, 1, -1e100])).toBe(1)
  expect(await sumOf(float64, float64, [Infinity, 1])).toBe(Infinity)
  expect(await sumOf(float64, float64, [Infinity, -Infinity])).toBeNaN()
})

test('groups beyond the memory limit are spilled, and keep their order', async () => {
  const of = schema([field('x', int32)])
  const batches = Array.from({ length: 10 }, (_, part) =>
    batchOf(
      of,
      Array.from({ length: 1000 }, (_, i) => [part * 1000 + i]),
    ),
  )
  const input = values(of, batches, 'rows')
  const plan = aggregate(input, [{ name: 'x', expr: columnExpr(of.fields[0]!) }], [])
  const operator = new HashAggregateOperator(plan, new ValuesOperator(input))
  const context = execContext({ memoryLimit: 20_000 })
  let spilled = 0
  const onSpilled = (bytes: number) => {
    spilled += bytes
  }
  const result = await runOperator(operator, { ...context, onSpilled })
  expect(result).toEqual(Array.from({ length: 10_000 }, (_, x) => [x]))
  expect(spilled).toBeGreaterThan(9000 * 4)
  // What goes beyond is what one batch brings along.
  expect(context.memory.peakBytes).toBeLessThan(20_000 + 40_000)
})
