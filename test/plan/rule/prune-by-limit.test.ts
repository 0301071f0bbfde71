import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { bindPartitions } from '../../../src/plan/bind-partitions.ts'
import { filter, type Limit, limit, type Scan, scan } from '../../../src/plan/logical-plan.ts'
import { pruneByLimit } from '../../../src/plan/rule/prune-by-limit.ts'
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
const set = partitionSet({
  1: [statistics(0, 9), statistics(10, 19), statistics(20, 29), statistics(30, 39)],
})
const isLarge = call('gte', column('x'), int(5))
const all = bindPartitions(scan(table), () => set) as Scan
const some = bindPartitions(scan(table, { predicate: isLarge }), () => set) as Scan

test('partitions after those that yield enough rows are left out', () => {
  const pruned = pruneByLimit(limit(all, { count: 8, offset: 3 })) as Limit
  expect(outline(pruned)).toBe(['limit 8+3', '  scan t(x) kept 1,2'].join('\n'))
  expect([...(pruned.input as Scan).partitions!.pruned]).toEqual([
    [3, 'limit 8 offset 3'],
    [4, 'limit 8 offset 3'],
  ])
  expect(pruneByLimit(pruned)).toBe(pruned)
})

test('a partition of which only some rows may match counts as none and is kept', () => {
  expect(outline(pruneByLimit(limit(some, { count: 10, offset: 0 })))).toBe(
    ['limit 10+0', '  scan t(x) where x >= 5 kept 1,2'].join('\n'),
  )
})

test('no rows need no partition', () => {
  expect(outline(pruneByLimit(limit(all, { count: 0, offset: 3 })))).toContain('kept ')
  expect(outline(pruneByLimit(limit(all, { count: 0, offset: 3 })))).not.toContain('kept 1')
})

test('a limit that needs all, or that stands over something else, or unbound, stays', () => {
  const window = { count: 10, offset: 0 }
  for (const plan of [
    limit(all, { count: 31, offset: 0 }),
    limit(filter(all, isLarge), window),
    limit(scan(table), window),
  ]) {
    expect(pruneByLimit(plan)).toBe(plan)
  }
})
