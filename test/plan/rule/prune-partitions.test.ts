import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { bindPartitions } from '../../../src/plan/bind-partitions.ts'
import type { Expr } from '../../../src/plan/expr.ts'
import { type LogicalPlan, type Scan, scan } from '../../../src/plan/logical-plan.ts'
import { prunePartitions } from '../../../src/plan/rule/prune-partitions.ts'
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
  ['y', int32],
  ['z', int32],
])
const set = partitionSet({
  1: [statistics(0, 9), statistics(10, 19), statistics(20, 29)],
  2: [statistics(0, 5), null, statistics(0, 5)],
})
const bound = (predicate: Expr): LogicalPlan =>
  bindPartitions(scan(table, { predicate }), () => set)
const isLarge = call('gte', column('x'), int(10))
const hasY = call('isNotNull', column('y'))

test('partitions in which no row can match are left out, each with its reason', () => {
  const pruned = prunePartitions(bound(call('and', isLarge, hasY))) as Scan
  expect(outline(pruned)).toContain('kept 3')
  expect([...pruned.partitions!.pruned]).toEqual([
    [1, 'x >= 10'],
    [2, 'y is not null'],
  ])
  expect(prunePartitions(pruned)).toBe(pruned)
})

test('a column whose statistics were not asked for prunes nothing', () => {
  const plan = bound(call('isNotNull', column('z')))
  expect(prunePartitions(plan)).toBe(plan)
})

test('a scan without partitions or predicate stays', () => {
  const unbound = scan(table, { predicate: isLarge })
  expect(prunePartitions(unbound)).toBe(unbound)
  const all = bindPartitions(scan(table), () => set)
  expect(prunePartitions(all)).toBe(all)
})
