import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, type LogicalPlan, limit, project, scan } from '../../../src/plan/logical-plan.ts'
import { pushFilterBelowProject } from '../../../src/plan/rule/push-filter-below-project.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(tableOf('t', [['x', int32]]))
const inner = project(t, [{ name: 'y', expr: call('add', column('x'), int(5)) }])
const isLarge = call('gt', column('y'), int(100))

test('a filter over a projection moves below it, in terms of its input', () => {
  expect(outline(pushFilterBelowProject(filter(inner, isLarge)))).toBe(
    ['project y=x + 5', '  filter x + 5 > 100', '    scan t(x)'].join('\n'),
  )
})

test('a filter over a limit stays: moving it would change which rows are kept', () => {
  const plan = filter(limit(inner, { count: 10, offset: 0 }), isLarge)
  expect(pushFilterBelowProject(plan)).toBe(plan)
})

test('a filter stops before it grows without end through columns that double each other', () => {
  let chain: LogicalPlan = t
  for (let level = 0; level < 60; level++) {
    chain = project(chain, [{ name: 'x', expr: call('add', column('x'), column('x')) }])
  }
  let plan: LogicalPlan = filter(chain, call('gt', column('x'), int(0)))
  let depth = 0
  for (; plan.kind === 'filter'; depth++) {
    const moved = pushFilterBelowProject(plan)
    if (moved === plan) break
    plan = moved.kind === 'project' ? moved.input : moved
  }
  expect(depth).toBeGreaterThan(5)
  expect(depth).toBeLessThan(12)
})
