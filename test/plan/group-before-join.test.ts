import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int32, int64 } from '../../src/arrow/data-type.ts'
import { schemasEqual } from '../../src/arrow/schema.ts'
import type { AggregateExpr, Expr } from '../../src/plan/expr.ts'
import { groupBeforeJoin } from '../../src/plan/group-before-join.ts'
import { aggregate, type JoinHow, limit } from '../../src/plan/logical-plan.ts'
import { call, column, int, joinedTables, outline } from '../support/plan-fixture.ts'
import { runs } from '../support/random.ts'
import { referenceRun } from '../support/reference-run.ts'

const { r, joined } = joinedTables('y')
const count = (input: Expr | null): AggregateExpr => {
  return { name: 'n', aggregate: 'count', input, type: int64, nullable: false }
}
const end = (aggregate: 'min' | 'max', input: Expr): AggregateExpr => {
  return { name: aggregate, aggregate, input, type: int32, nullable: true }
}
const sum: AggregateExpr = {
  name: 's',
  aggregate: 'sum',
  input: column('y_right'),
  type: int64,
  nullable: true,
}
const byX = [{ name: 'x', expr: column('x') }]
const y = column('y_right')
const lines = (...of: string[]): string => of.join('\n')

test('right rows are counted by the keys of the join, before it', () => {
  expect(outline(groupBeforeJoin(aggregate(joined('left'), byX, [count(y), end('max', y)])))).toBe(
    lines(
      'aggregate by (x=x): n=sum(coalesce(n, 0)), max=max(max)',
      '  join left',
      '    scan l(k, x)',
      '    aggregate by (key=j): n=count(y), max=max(y)',
      '      scan r(j, y)',
    ),
  )
})

test('plans of which that is not true stay: other joins, sums, keys and counts of other kinds', () => {
  const inner = joined('inner')
  const left = joined('left')
  const few = limit(r, { count: 2, offset: 0 })
  for (const plan of [
    aggregate(joined('full'), byX, [count(y)]),
    aggregate(joined('right'), byX, [count(y)]),
    aggregate(inner, byX, [sum]),
    aggregate(inner, byX, []),
    aggregate(inner, [], [count(y)]),
    aggregate(inner, [{ name: 'y', expr: y }], [count(y)]),
    aggregate(inner, byX, [count(column('x'))]),
    // A customer without orders counts once here, and has one value there.
    aggregate(left, byX, [count(null)]),
    aggregate(left, byX, [count(call('coalesce', y, int(1)))]),
    // Two rows are not worth being grouped.
    aggregate(joined('left', few), byX, [count(y)]),
  ]) {
    expect(groupBeforeJoin(plan)).toBe(plan)
  }
})

const value = fc.constantFrom(0, 1, 2, null)
const rows = fc.array(fc.tuple(value, value), { maxLength: 6 })
const wanted = fc.subarray([count(y), end('min', y), end('max', column('j'))], { minLength: 1 })
const keys = fc.constantFrom(
  byX,
  [{ name: 'k', expr: column('k') }],
  [...byX, { name: 'k', expr: call('isNull', column('k')) }],
)

test('groups and their order are the same: keys that are null or stand often, empty sides', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<JoinHow>('inner', 'left'),
      keys,
      wanted,
      fc.tuple(rows, rows),
      (how, by, aggregates, [left, right]) => {
        const tables = new Map([
          ['l', left],
          ['r', right],
        ])
        const plan = aggregate(joined(how), by, aggregates)
        const grouped = groupBeforeJoin(plan)
        expect(grouped).not.toBe(plan)
        expect(schemasEqual(grouped.schema, plan.schema)).toBe(true)
        expect(referenceRun(grouped, tables), outline(plan)).toEqual(referenceRun(plan, tables))
      },
    ),
    { numRuns: runs(1000) },
  )
})
