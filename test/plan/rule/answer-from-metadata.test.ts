import { expect, test } from 'vitest'
import { type DataType, float64, int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { scalarAt } from '../../../src/arrow/scalar.ts'
import type { PartitionSet } from '../../../src/catalog/model/partition-set.ts'
import { bindPartitions } from '../../../src/plan/bind-partitions.ts'
import type { AggregateExpr } from '../../../src/plan/expr.ts'
import type { AggregateName } from '../../../src/plan/function.ts'
import { aggregate, type LogicalPlan, project, scan } from '../../../src/plan/logical-plan.ts'
import { answerFromMetadata } from '../../../src/plan/rule/answer-from-metadata.ts'
import { call, column, int, partitionSet, statistics, tableOf } from '../../support/plan-fixture.ts'

const table = tableOf('t', [
  ['x', int32],
  ['f', float64],
  ['s', utf8],
  ['z', int32],
])
const set = partitionSet({
  1: [statistics(3, 9, { sum: 50n }), statistics(-4, 5, { nulls: 2, sum: 7n }), null],
  2: [statistics(0.5, 1.5), statistics(0.25, 1), statistics(-1, -1)],
  3: [statistics('b', 'c'), statistics('a', 'b'), statistics('b', 'd')],
})
const of = (name: AggregateName, input: string | null, type: DataType): AggregateExpr => {
  const from = table.columns.find((known) => known.name === input)?.type
  return {
    name: `${name}_${input}`,
    aggregate: name,
    input: input === null ? null : column(input, from),
    type,
    nullable: name !== 'count',
  }
}
const over = (aggregates: AggregateExpr[], partitions: PartitionSet = set): LogicalPlan =>
  bindPartitions(aggregate(scan(table), [], aggregates), () => partitions)
const answers = (plan: LogicalPlan): unknown[] => {
  const answered = answerFromMetadata(plan)
  if (answered.kind !== 'values') throw new Error(`still a ${answered.kind}`)
  expect(answered.origin).toBe('metadata')
  expect(answered.schema).toBe(plan.schema)
  return answered.batches[0]!.columns.map((vector) => scalarAt(vector, 0))
}

test('count, min, max and sum come from the statistics; a missing file is all null', () => {
  const plan = over([
    of('count', null, int64),
    of('count', 'x', int64),
    of('min', 'x', int32),
    of('max', 'x', int32),
    of('sum', 'x', int64),
    of('min', 'f', float64),
    of('max', 's', utf8),
  ])
  expect(answers(plan)).toEqual([30n, 18n, -4, 9, 57n, -1, 'd'])
})

test('of no rows the count is 0 and all else null', () => {
  const none = { partitions: [], statistics: set.statistics }
  const plan = over([of('count', 'x', int64), of('max', 'x', int32), of('sum', 'x', int64)], none)
  expect(answers(plan)).toEqual([0n, null, null])
})

test('a projection of plain columns is looked through', () => {
  const renamed = project(scan(table), [{ name: 'y', expr: column('x') }])
  const max = { ...of('max', 'x', int32), input: column('y') }
  const plan = bindPartitions(aggregate(renamed, [], [max]), () => set)
  expect(answers(plan)).toEqual([9])
})

const stays = (plan: LogicalPlan): void => expect(answerFromMetadata(plan)).toBe(plan)

test('one aggregate that is not known keeps all for execution', () => {
  stays(over([of('count', null, int64), of('mean', 'x', float64)]))
  stays(over([of('sum', 'f', float64)]))
  stays(over([of('max', 'z', int32)]))
})

test('a predicate, a key, a computed input or unbound partitions keep it for execution', () => {
  const count = [of('count', null, int64)]
  const isLarge = call('gt', column('x'), int(5))
  stays(bindPartitions(aggregate(scan(table, { predicate: isLarge }), [], count), () => set))
  stays(
    bindPartitions(aggregate(scan(table), [{ name: 'x', expr: column('x') }], count), () => set),
  )
  stays(over([{ ...of('max', 'x', int32), input: call('abs', column('x')) }]))
  stays(aggregate(scan(table), [], count))
})

test('a sum beyond int64 is left to execution, which reports it', () => {
  const large = partitionSet({
    1: [statistics(0, 9, { sum: 2n ** 62n }), statistics(0, 9, { sum: 2n ** 62n })],
  })
  stays(over([of('sum', 'x', int64)], large))
})

test('a bound that is cut, NaN, and a zero that may be -0 are left to execution', () => {
  stays(
    over([of('max', 's', utf8)], partitionSet({ 3: [statistics('a', 'b', { maxExact: false })] })),
  )
  stays(over([of('max', 'f', float64)], partitionSet({ 2: [statistics(1, 2, { nans: 1 })] })))
  stays(over([of('min', 'f', float64)], partitionSet({ 2: [statistics(0, 2)] })))
})
