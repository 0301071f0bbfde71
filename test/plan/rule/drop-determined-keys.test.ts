import { expect, test } from 'vitest'
import { float64, int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import type { AggregateExpr } from '../../../src/plan/expr.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import { aggregate, join, type LogicalPlan, scan } from '../../../src/plan/logical-plan.ts'
import { dropDeterminedKeys } from '../../../src/plan/rule/drop-determined-keys.ts'
import { column, keyedTable, outline, tableOf } from '../../support/plan-fixture.ts'

const COLUMNS = [
  ['id', int32],
  ['name', utf8],
  ['x', float64],
] as const
const t = scan(keyedTable('t', COLUMNS, { primaryKey: ['id'], unique: ['name'] }))
const lines = scan(
  tableOf('lines', [
    ['of', int32],
    ['price', int32],
  ]),
)
const n: AggregateExpr = {
  name: 'n',
  aggregate: 'count',
  input: null,
  type: int64,
  nullable: false,
}
const by = (input: LogicalPlan, ...names: string[]) =>
  aggregate(
    input,
    input.schema.fields
      .filter(({ name }) => names.includes(name))
      .map((of) => ({ name: of.name, expr: columnExpr(of) })),
    [n],
  )
const joined = (how: 'inner' | 'left' | 'right') =>
  join(lines, t, {
    how,
    leftKeys: [column('of')],
    rightKeys: [columnExpr(t.schema.fields[0]!)],
    rightNames: ['id', 'name', 'x'],
  })

test('what follows from a key is not hashed, also above a join', () => {
  for (const how of ['inner', 'left', 'right'] as const) {
    expect(outline(dropDeterminedKeys(by(joined(how), 'of', 'name', 'id')))).toBe(
      [
        'project of=of, id=id, name=name, n=n',
        '  aggregate by (of=of, id=id): name=first(name), n=count()',
        `    join ${how}`,
        '      scan lines(of, price)',
        '      scan t(id, name, x)',
      ].join('\n'),
    )
  }
})

test('the schema stays, names, types and nulls', () => {
  const plan = by(t, 'id', 'name')
  expect(dropDeterminedKeys(plan).schema.fields).toEqual(plan.schema.fields)
})

test('keys stay that follow from none, from one that is not there or may be null, and floats', () => {
  const plans = [
    by(lines, 'of', 'price'),
    by(t, 'name', 'x'),
    by(t, 'id', 'x'),
    by(t, 'id'),
    by(joined('left'), 'of', 'name'),
    t,
  ]
  for (const plan of plans) expect(dropDeterminedKeys(plan)).toBe(plan)
})
