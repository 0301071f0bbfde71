import { expect, test } from 'vitest'
import { float64, int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import type { AggregateExpr } from '../../../src/plan/expr.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import { aggregate, filter, type LogicalPlan, scan } from '../../../src/plan/logical-plan.ts'
import { removeUselessDistinct } from '../../../src/plan/rule/remove-useless-distinct.ts'
import { call, column, int, keyedTable, outline, tableOf } from '../../support/plan-fixture.ts'

const COLUMNS = [
  ['id', int32],
  ['name', utf8],
  ['x', float64],
] as const
const t = scan(keyedTable('t', COLUMNS, { primaryKey: ['id'], unique: ['name'] }))
const keysOf = (input: LogicalPlan, ...names: string[]) =>
  input.schema.fields
    .filter(({ name }) => names.includes(name))
    .map((of) => ({ name: of.name, expr: columnExpr(of) }))

test('rows told apart by a key are not grouped', () => {
  const input = filter(t, call('gt', column('id'), int(1)))
  expect(outline(removeUselessDistinct(aggregate(input, keysOf(input, 'id', 'name'), [])))).toBe(
    ['project id=id, name=name', '  filter id > 1', '    scan t(id, name, x)'].join('\n'),
  )
})

test('the first of a row is its own', () => {
  const first: AggregateExpr = {
    name: 'name',
    aggregate: 'first',
    input: column('name', utf8),
    type: utf8,
    nullable: true,
  }
  expect(outline(removeUselessDistinct(aggregate(t, keysOf(t, 'id'), [first])))).toBe(
    ['project id=id, name=name', '  scan t(id, name, x)'].join('\n'),
  )
})

test('groups stay by what is no key, by a key that may be null, by floats, and with a count', () => {
  const n: AggregateExpr = {
    name: 'n',
    aggregate: 'count',
    input: null,
    type: int64,
    nullable: false,
  }
  const u = scan(tableOf('u', COLUMNS))
  const plans = [
    aggregate(u, keysOf(u, 'id'), []),
    aggregate(t, keysOf(t, 'name'), []),
    aggregate(t, keysOf(t, 'id', 'x'), []),
    aggregate(t, keysOf(t, 'id'), [n]),
    aggregate(scan(t.table, { columns: t.columns.slice(1, 2) }), keysOf(t, 'name'), []),
    t,
  ]
  for (const plan of plans) expect(removeUselessDistinct(plan)).toBe(plan)
})
