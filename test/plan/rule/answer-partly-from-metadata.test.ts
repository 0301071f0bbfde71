import { expect, test } from 'vitest'
import { type DataType, float64, int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { type Scalar, scalarAt } from '../../../src/arrow/scalar.ts'
import { bindPartitions } from '../../../src/plan/bind-partitions.ts'
import type { AggregateExpr, Expr } from '../../../src/plan/expr.ts'
import type { AggregateName } from '../../../src/plan/function.ts'
import { aggregate, type LogicalPlan, scan } from '../../../src/plan/logical-plan.ts'
import { answerPartlyFromMetadata } from '../../../src/plan/rule/answer-partly-from-metadata.ts'
import {
  call,
  column,
  int,
  outline,
  partitionSet,
  statistics,
  tableOf,
} from '../../support/plan-fixture.ts'

const table = tableOf('t', [
  ['x', int32],
  ['k', utf8],
  ['l', int64],
  ['f', float64],
])
/** Partitions 1 to 4 of ten rows each: x ascends, k is one value in 1, 2 and 4, l is huge. */
const set = partitionSet({
  1: [
    statistics(0, 9, { sum: 45n }),
    statistics(10, 19, { sum: 145n }),
    statistics(20, 29, { sum: 245n }),
    statistics(30, 39, { sum: 345n }),
  ],
  2: [statistics('a', 'a'), statistics('b', 'b'), statistics('a', 'b'), statistics('c', 'c')],
  3: [0, 1, 2, 3].map(() => statistics(-(2n ** 61n), 2n ** 61n, { sum: 0n })),
  4: [0, 1, 2, 3].map((n) => statistics(n, n)),
})
const of = (
  name: AggregateName,
  input: 'x' | 'k' | 'l' | 'f' | null,
  type: DataType,
): AggregateExpr => {
  const from = table.columns.find((known) => known.name === input)?.type
  return {
    name: `${name}_${input}`,
    aggregate: name,
    input: input === null ? null : column(input, from),
    type,
    nullable: name !== 'count',
  }
}
const COUNT = of('count', null, int64)
const SUM = of('sum', 'x', int64)
const over = (predicate: Expr | null, keys: 'k'[], aggregates: AggregateExpr[]): LogicalPlan =>
  bindPartitions(
    aggregate(
      scan(table, { predicate }),
      keys.map((name) => ({ name, expr: column(name, utf8) })),
      aggregates,
    ),
    () => set,
  )
const rowsOf = (plan: LogicalPlan): Scalar[][] =>
  plan.kind === 'values'
    ? plan.batches.flatMap(({ columns, length }) =>
        Array.from({ length }, (_, row) => columns.map((vector) => scalarAt(vector, row))),
      )
    : plan.kind === 'aggregate' && plan.input.kind === 'union'
      ? plan.input.inputs.flatMap(rowsOf)
      : []

test('only partitions that the predicate cuts through are read', () => {
  const plan = over(call('gte', column('x'), int(15)), [], [COUNT, SUM, of('max', 'x', int32)])
  const answered = answerPartlyFromMetadata(plan)
  // Partition 1 has no row that passes, which another rule sees; it counts as one to be read here.
  expect(rowsOf(answered)).toEqual([
    [10n, 245n, 29],
    [10n, 345n, 39],
  ])
  expect(outline(answered)).toContain('kept 1,2')
  expect(answered.schema).toEqual(plan.schema)
  expect(answerPartlyFromMetadata(answered)).toBe(answered)
})

test('a partition with one value of the key gives its group, in the order of partitions', () => {
  const plan = over(null, ['k'], [COUNT, SUM])
  const answered = answerPartlyFromMetadata(plan)
  expect(
    outline(answered)
      .split('\n')
      .map((line) => line.trim().split(' ')[0]),
  ).toEqual(['aggregate', 'union', 'values', 'aggregate', 'scan', 'values'])
  expect(rowsOf(answered)).toEqual([
    ['a', 10n, 45n],
    ['b', 10n, 145n],
    ['c', 10n, 345n],
  ])
  expect(answered.schema).toEqual(plan.schema)
})

test('the reason why a partition is not read is told', () => {
  const answered = answerPartlyFromMetadata(over(null, ['k'], [COUNT]))
  const scanIn = (node: LogicalPlan): LogicalPlan | undefined =>
    node.kind === 'scan' ? node : 'input' in node ? scanIn(node.input) : undefined
  const inner = answered.kind === 'aggregate' && answered.input.kind === 'union'
  const [, middle] = inner ? (answered.input as { inputs: readonly LogicalPlan[] }).inputs : []
  const found = scanIn(middle!)
  expect(found?.kind === 'scan' && [...(found.partitions?.pruned ?? [])]).toEqual([
    [1, 'answered from metadata'],
    [2, 'answered from metadata'],
    [4, 'answered from metadata'],
  ])
})

test('a sum that could overflow in a part alone, and what no statistics tell, is read', () => {
  for (const aggregates of [
    [of('sum', 'l', int64)],
    [of('mean', 'x', int64)],
    [COUNT, of('first', 'x', int32)],
  ]) {
    const plan = over(call('gte', column('x'), int(15)), [], aggregates)
    expect(answerPartlyFromMetadata(plan)).toBe(plan)
  }
})

test('sums of floats are left to rows, whose order they depend on', () => {
  const plan = over(null, ['k'], [of('sum', 'f', float64)])
  expect(answerPartlyFromMetadata(plan)).toBe(plan)
})
