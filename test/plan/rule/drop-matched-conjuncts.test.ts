import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { bindPartitions } from '../../../src/plan/bind-partitions.ts'
import type { Expr } from '../../../src/plan/expr.ts'
import { type LogicalPlan, scan } from '../../../src/plan/logical-plan.ts'
import { dropMatchedConjuncts } from '../../../src/plan/rule/drop-matched-conjuncts.ts'
import {
  call,
  column,
  int,
  outline,
  partitionSet,
  statistics,
  tableOf,
} from '../../support/plan-fixture.ts'

const table = tableOf('t', [['x', int32]])
const set = partitionSet({ 1: [statistics(0, 9), statistics(10, 19)] })
const bound = (predicate: Expr): LogicalPlan =>
  bindPartitions(scan(table, { predicate }), () => set)
const always = call('gte', column('x'), int(0))
const partly = call('lt', column('x'), int(15))

test('a conjunct that is true for every row of every kept partition goes', () => {
  expect(outline(dropMatchedConjuncts(bound(call('and', always, partly))))).toBe(
    'scan t(x) where x < 15 kept 1,2',
  )
  expect(outline(dropMatchedConjuncts(bound(always)))).toBe('scan t(x) kept 1,2')
})

test('a conjunct that one kept partition may fail stays', () => {
  const plan = bound(partly)
  expect(dropMatchedConjuncts(plan)).toBe(plan)
})

test('a null keeps it from being true for every row', () => {
  const some = partitionSet({ 1: [statistics(0, 9, { nulls: 1 })] })
  const plan = bindPartitions(scan(table, { predicate: always }), () => some)
  expect(dropMatchedConjuncts(plan)).toBe(plan)
})

test('a scan without partitions stays', () => {
  const plan = scan(table, { predicate: always })
  expect(dropMatchedConjuncts(plan)).toBe(plan)
})
