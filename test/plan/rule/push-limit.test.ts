import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, limit, project, scan, union } from '../../../src/plan/logical-plan.ts'
import { pushLimit } from '../../../src/plan/rule/push-limit.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = tableOf('t', [['x', int32]])
const isLarge = call('gt', column('x'), int(5))
const window = { count: 10, offset: 5 }
const lines = (...of: string[]): string => of.join('\n')

test('a limit over a projection moves below it', () => {
  const plan = limit(project(scan(t), [{ name: 'y', expr: int(1) }]), window)
  expect(outline(pushLimit(plan))).toBe(lines('project y=1', '  limit 10+5', '    scan t(x)'))
})

test('a limit over a union stays, and each input gets one that covers its offset', () => {
  const pushed = pushLimit(limit(union([scan(t), scan(t)]), window))
  const input = ['    limit 15+0', '      scan t(x)']
  expect(outline(pushed)).toBe(lines('limit 10+5', '  union', ...input, ...input))
  expect(pushLimit(pushed)).toBe(pushed)
})

test('a limit tells a scan how many rows are needed, once', () => {
  const pushed = pushLimit(limit(scan(t), window))
  expect(outline(pushed)).toBe(lines('limit 10+5', '  scan t(x) limit 15'))
  expect(pushLimit(pushed)).toBe(pushed)
})

test('a limit of a limit is one limit', () => {
  const plan = limit(limit(scan(t), { count: 8, offset: 100 }), window)
  expect(outline(pushLimit(plan))).toBe(lines('limit 3+105', '  scan t(x)'))
})

test('limits as large as numbers go are not added up', () => {
  const huge = { count: Number.MAX_SAFE_INTEGER, offset: Number.MAX_SAFE_INTEGER }
  const plan = limit(limit(scan(t), huge), huge)
  expect(pushLimit(plan)).toBe(plan)
  expect(outline(pushLimit(limit(scan(t), huge)))).toContain(`limit ${Number.MAX_SAFE_INTEGER}`)
})

test('a limit over a filter or over a scan with a predicate stays', () => {
  const overFilter = limit(filter(scan(t), isLarge), window)
  expect(pushLimit(overFilter)).toBe(overFilter)
  const overScan = limit(scan(t, { predicate: isLarge }), window)
  expect(pushLimit(overScan)).toBe(overScan)
})
