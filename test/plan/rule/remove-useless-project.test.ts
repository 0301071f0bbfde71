import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { limit, project, scan } from '../../../src/plan/logical-plan.ts'
import { removeUselessProject } from '../../../src/plan/rule/remove-useless-project.ts'
import { column, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(
  tableOf('t', [
    ['x', int32],
    ['y', int32],
  ]),
)
const same = (...names: string[]) => names.map((name) => ({ name, expr: column(name) }))
const window = { count: 1, offset: 0 }

test('a projection that hands on every column in order goes', () => {
  const input = limit(t, window)
  expect(removeUselessProject(project(input, same('x', 'y')))).toBe(input)
})

test('a scan takes over the choice and the order of columns', () => {
  expect(outline(removeUselessProject(project(t, same('y', 'x'))))).toBe('scan t(y, x)')
  expect(outline(removeUselessProject(project(t, same('y'))))).toBe('scan t(y)')
})

test('another order, or fewer columns, of anything but a scan stays', () => {
  for (const names of [['y', 'x'], ['x']]) {
    const plan = project(limit(t, window), same(...names))
    expect(removeUselessProject(plan)).toBe(plan)
  }
})

test('a projection that renames stays', () => {
  const plan = project(t, [{ name: 'y', expr: column('x') }])
  expect(removeUselessProject(plan)).toBe(plan)
})
