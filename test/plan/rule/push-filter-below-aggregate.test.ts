import { expect, test } from 'vitest'
import { int32, int64 } from '../../../src/arrow/data-type.ts'
import type { AggregateExpr } from '../../../src/plan/expr.ts'
import { aggregate, filter, scan } from '../../../src/plan/logical-plan.ts'
import { pushFilterBelowAggregate } from '../../../src/plan/rule/push-filter-below-aggregate.ts'
import { call, column, int, long, outline, tableOf, truth } from '../../support/plan-fixture.ts'

const t = scan(
  tableOf('t', [
    ['x', int32],
    ['y', int32],
  ]),
)
const n: AggregateExpr = {
  name: 'n',
  aggregate: 'count',
  input: null,
  type: int64,
  nullable: false,
}
const grouped = aggregate(t, [{ name: 'k', expr: call('abs', column('x')) }], [n])
const isLarge = call('gt', column('k'), int(5))
const isMany = call('gt', column('n', int64), long(1n))

test('conjuncts over keys move below the groups, those over aggregates stay', () => {
  expect(outline(pushFilterBelowAggregate(filter(grouped, call('and', isMany, isLarge))))).toBe(
    [
      'filter n > 1',
      '  aggregate by (k=abs(x)): n=count()',
      '    filter abs(x) > 5',
      '      scan t(x, y)',
    ].join('\n'),
  )
})

test('a filter over aggregates alone stays', () => {
  const plan = filter(grouped, isMany)
  expect(pushFilterBelowAggregate(plan)).toBe(plan)
})

test('a filter over one row of totals stays: below, the row would come nevertheless', () => {
  const plan = filter(aggregate(t, [], [n]), truth(false))
  expect(pushFilterBelowAggregate(plan)).toBe(plan)
})

test('a conjunct that may raise an error stays: another may guard it', () => {
  const plan = filter(grouped, call('gt', call('intDiv', int(1), column('k')), int(0)))
  expect(pushFilterBelowAggregate(plan)).toBe(plan)
})
