import { expect, test } from 'vitest'
import { int32, int64 } from '../../../src/arrow/data-type.ts'
import type { AggregateExpr } from '../../../src/plan/expr.ts'
import {
  aggregate,
  filter,
  type JoinHow,
  join,
  type LogicalPlan,
  limit,
  project,
  scan,
  sort,
  union,
} from '../../../src/plan/logical-plan.ts'
import { pruneColumns } from '../../../src/plan/rule/prune-columns.ts'
import { by, call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(
  tableOf('t', [
    ['x', int32],
    ['y', int32],
    ['z', int32],
  ]),
)
const u = scan(
  tableOf('u', [
    ['a', int32],
    ['b', int32],
    ['c', int32],
  ]),
)
const just = (...names: string[]) => names.map((name) => ({ name, expr: column(name) }))
const count: AggregateExpr = {
  name: 'n',
  aggregate: 'count',
  input: null,
  type: int64,
  nullable: false,
}
const total: AggregateExpr = {
  name: 's',
  aggregate: 'sum',
  input: column('y'),
  type: int64,
  nullable: true,
}
const pruned = (plan: LogicalPlan): string => outline(pruneColumns(plan))
const lines = (...of: string[]): string => of.join('\n')

test('a scan yields what is named above it, filters and sorts on the way included', () => {
  const input = limit(sort(filter(t, call('gt', column('y'), int(1))), [by('z')]), {
    count: 1,
    offset: 0,
  })
  expect(pruned(project(input, just('y')))).toBe(
    lines('project y=y', '  limit 1+0', '    sort z', '      filter y > 1', '        scan t(y, z)'),
  )
})

test('a column that only the scan itself tests is not yielded', () => {
  const tested = scan(t.table, { predicate: call('gt', column('z'), int(1)) })
  expect(pruned(project(tested, just('x')))).toBe(lines('project x=x', '  scan t(x) where z > 1'))
})

test('counting rows needs no column', () => {
  expect(pruned(aggregate(t, [], [count]))).toBe(lines('aggregate by (): n=count()', '  scan t()'))
})

test('a computed column and an aggregate that nobody names are dropped, keys stay', () => {
  const inner = project(t, [...just('x'), { name: 'w', expr: int(1) }])
  expect(pruned(project(inner, just('x')))).toBe(
    lines('project x=x', '  project x=x', '    scan t(x, y, z)'),
  )
  const grouped = aggregate(t, just('x'), [count, total])
  expect(pruned(project(grouped, [{ name: 's', expr: column('s', int64) }]))).toBe(
    lines('project s=s', '  aggregate by (x=x): s=sum(y)', '    scan t(x, y, z)'),
  )
})

test('totals keep one aggregate, which makes their row', () => {
  const plan = project(aggregate(t, [], [count, total]), [{ name: 'one', expr: int(1) }])
  expect(pruned(plan)).toBe(
    lines('project one=1', '  aggregate by (): n=count()', '    scan t(x, y, z)'),
  )
})

const joined = (how: JoinHow): LogicalPlan =>
  join(t, u, {
    how,
    leftKeys: [column('x')],
    rightKeys: [column('a')],
    rightNames: ['a', 'b', 'd'],
  })

test('a join keeps its keys and what is named above it, under the names it gave', () => {
  const plan = pruneColumns(project(joined('left'), just('y', 'd')))
  expect(outline(plan)).toBe(
    lines('project y=y, d=d', '  join left', '    scan t(x, y)', '    scan u(a, c)'),
  )
  expect(plan).toMatchObject({ input: { rightNames: ['a', 'd'] } })
})

test.each(['semi', 'anti'] as const)('%s: the right side keeps only its keys', (how) => {
  expect(pruned(joined(how))).toBe(lines(`join ${how}`, '  scan t(x, y, z)', '  scan u(a)'))
})

test('inputs of a union drop the same positions, with a projection where one must keep more', () => {
  const sorted = sort(u, [by('c')])
  expect(pruned(project(union([t, sorted]), just('y')))).toBe(
    lines(
      'project y=y',
      '  union',
      '    scan t(y)',
      '    project b=b',
      '      sort c',
      '        scan u(b, c)',
    ),
  )
})

test('where every column is named the plan stays, and so does one that yields all', () => {
  for (const plan of [project(t, just('z', 'y', 'x')), sort(t, [by('x')]), joined('inner')]) {
    expect(pruneColumns(plan)).toBe(plan)
  }
  const once = pruneColumns(project(union([t, sort(u, [by('c')])]), just('y')))
  expect(pruneColumns(once)).toBe(once)
})
