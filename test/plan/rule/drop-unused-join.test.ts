import { expect, test } from 'vitest'
import { int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import {
  aggregate,
  filter,
  type JoinHow,
  join,
  type LogicalPlan,
  project,
  scan,
} from '../../../src/plan/logical-plan.ts'
import { dropUnusedJoin } from '../../../src/plan/rule/drop-unused-join.ts'
import { call, column, int, keyedTable, outline, tableOf } from '../../support/plan-fixture.ts'

const COLUMNS = [
  ['id', int32],
  ['name', utf8],
] as const
const t = scan(keyedTable('t', COLUMNS, { unique: ['id'] }))
const lines = scan(
  tableOf('lines', [
    ['of', int32],
    ['price', int32],
  ]),
)
const joined = (left: LogicalPlan, right: LogicalPlan = t, how: JoinHow = 'left') =>
  join(left, right, {
    how,
    leftKeys: [column('of')],
    rightKeys: [columnExpr(right.schema.fields[0]!)],
    rightNames: left.schema.fields.length > 2 ? ['id2', 'name2'] : ['id', 'name'],
  })
const same = (...names: string[]) => names.map((name) => ({ name, expr: column(name) }))

test('a left join on a key whose columns nobody names goes, also below filters and other joins', () => {
  const above = filter(joined(joined(lines)), call('gt', column('price'), int(1)))
  expect(outline(dropUnusedJoin(project(above, same('price', 'id'))))).toBe(
    [
      'project price=price, id=id',
      '  filter price > 1',
      '    join left',
      '      scan lines(of, price)',
      '      scan t(id, name)',
    ].join('\n'),
  )
  const count = {
    name: 'n',
    aggregate: 'count',
    input: null,
    type: int64,
    nullable: false,
  } as const
  expect(outline(dropUnusedJoin(aggregate(joined(lines), [], [count])))).toBe(
    ['aggregate by (): n=count()', '  scan lines(of, price)'].join('\n'),
  )
})

test('a join stays that is not left, on what is no key, or whose columns are named', () => {
  const u = scan(tableOf('u', COLUMNS))
  const plans = [
    project(joined(lines, t, 'inner'), same('price')),
    project(joined(lines, t, 'full'), same('price')),
    project(joined(lines, u), same('price')),
    project(joined(lines), same('price', 'id')),
    project(filter(joined(lines), call('isNull', column('id'))), same('price')),
    joined(lines),
  ]
  for (const plan of plans) expect(dropUnusedJoin(plan)).toBe(plan)
})
