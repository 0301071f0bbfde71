import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { project, scan } from '../../../src/plan/logical-plan.ts'
import { mergeProjects } from '../../../src/plan/rule/merge-projects.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(tableOf('t', [['x', int32]]))
const inner = project(t, [
  { name: 'y', expr: call('abs', column('x')) },
  { name: 'z', expr: column('x') },
])

test('a computed column that is used once is computed where it is used, a plain one always', () => {
  const plan = project(inner, [
    { name: 'a', expr: call('add', column('y'), column('z')) },
    { name: 'b', expr: column('z') },
  ])
  expect(outline(mergeProjects(plan))).toBe(['project a=abs(x) + x, b=x', '  scan t(x)'].join('\n'))
})

test('a computed column that is used twice stays below, so that it is computed once', () => {
  const plan = project(inner, [{ name: 'a', expr: call('mul', column('y'), column('y')) }])
  expect(mergeProjects(plan)).toBe(plan)
})

test('a projection over anything else stays', () => {
  const plan = project(t, [{ name: 'a', expr: int(1) }])
  expect(mergeProjects(plan)).toBe(plan)
})
