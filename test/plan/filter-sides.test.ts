import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int32 } from '../../src/arrow/data-type.ts'
import type { Expr } from '../../src/plan/expr.ts'
import { conjoin, disjoin } from '../../src/plan/expr-walk.ts'
import { filterSides } from '../../src/plan/filter-sides.ts'
import { filter, type JoinHow, join, scan } from '../../src/plan/logical-plan.ts'
import { optimize } from '../../src/plan/optimizer.ts'
import { call, column, int, joinedTables, outline, tableOf } from '../support/plan-fixture.ts'
import { runs } from '../support/random.ts'
import { referenceEvaluate } from '../support/reference-evaluate.ts'
import { referenceRun } from '../support/reference-run.ts'

const { joined } = joinedTables('y')
const is = (name: string, value: number): Expr => call('eq', column(name), int(value))
const choice = call(
  'or',
  call('and', is('x', 1), is('y_right', 2)),
  call('and', is('x', 3), is('y_right', 4)),
)
const text = 'x = 1 and y_right = 2 or x = 3 and y_right = 4'
const below = (how: JoinHow, predicate = choice): string =>
  outline(filterSides(filter(joined(how), predicate)))
const lines = (...of: string[]): string => of.join('\n')

test.each(['inner', 'cross'] as const)(
  '%s: a choice filters each side by what it says of it',
  (how) => {
    expect(below(how)).toBe(
      lines(
        `filter ${text}`,
        `  join ${how}`,
        '    filter x = 1 or x = 3',
        '      scan l(k, x)',
        '    filter y = 2 or y = 4',
        '      scan r(j, y)',
      ),
    )
  },
)

test('left and right: only the side that is there in every row is filtered; full: none', () => {
  const onLeft = ['    filter x = 1 or x = 3', '      scan l(k, x)', '    scan r(j, y)']
  expect(below('left')).toBe(lines(`filter ${text}`, '  join left', ...onLeft))
  const onRight = ['    scan l(k, x)', '    filter y = 2 or y = 4', '      scan r(j, y)']
  expect(below('right')).toBe(lines(`filter ${text}`, '  join right', ...onRight))
  const none = ['    scan l(k, x)', '    scan r(j, y)']
  expect(below('full')).toBe(lines(`filter ${text}`, '  join full', ...none))
})

test('a side of which one case says nothing is not filtered', () => {
  const open = call('or', call('and', is('x', 1), is('y_right', 2)), is('y_right', 4))
  expect(below('inner', open)).toBe(
    lines(
      'filter x = 1 and y_right = 2 or y_right = 4',
      '  join inner',
      '    scan l(k, x)',
      '    filter y = 2 or y = 4',
      '      scan r(j, y)',
    ),
  )
})

test('a choice that may raise an error stays alone', () => {
  const risky = call('eq', call('add', column('x'), int(1)), int(3))
  const plan = filter(joined('inner'), call('or', call('and', risky, is('y_right', 2)), choice))
  expect(filterSides(plan)).toBe(plan)
})

test('what is said of two tables is split again between them, and the optimizer does it once', () => {
  const three = join(joined('inner'), scan(tableOf('s', [['z', int32]])), {
    how: 'inner',
    leftKeys: [column('x')],
    rightKeys: [column('z')],
    rightNames: ['z'],
  })
  const cases = [1, 2].map((n) => conjoin([is('k', n), is('y_right', n), is('z', n)]))
  const plan = filter(three, disjoin(cases))
  const fold = (expr: Expr) => referenceEvaluate(expr, new Map())
  const whole = outline(optimize(plan, { fold }))
  for (const part of [
    'scan l(k, x) where k = 1 or k = 2',
    'scan r(j, y) where y = 1 or y = 2',
    'scan s(z) where z = 1 or z = 2',
  ]) {
    expect(whole.split(part)).toHaveLength(2)
  }
})

const value = fc.constantFrom(0, 1, 2, null)
const rows = fc.array(fc.tuple(value, value), { maxLength: 5 })
const operand = fc
  .tuple(
    fc.constantFrom('k', 'x', 'j', 'y_right'),
    fc.constantFrom('eq', 'ne', 'lt', 'isNull', 'isNotNull'),
    fc.integer({ min: 0, max: 2 }),
  )
  .map(([name, op, than]): Expr => {
    const of = column(name)
    return op === 'isNull' || op === 'isNotNull' ? call(op, of) : call(op as 'eq', of, int(than))
  })
const aCase = fc.array(operand, { minLength: 1, maxLength: 3 }).map(conjoin)
const predicate = fc.array(aCase, { minLength: 2, maxLength: 3 }).map(disjoin)
const how = fc.constantFrom<JoinHow>('inner', 'cross', 'left', 'right', 'full')

test('rows, nulls and their order are the same, whatever the join, also over empty sides', () => {
  let changed = 0
  fc.assert(
    fc.property(how, predicate, rows, rows, (kind, where, left, right) => {
      const tables = new Map([
        ['l', left],
        ['r', right],
      ])
      const plan = filter(joined(kind), where)
      const split = filterSides(plan)
      if (split !== plan) changed++
      expect(referenceRun(split, tables), outline(plan)).toEqual(referenceRun(plan, tables))
    }),
    { numRuns: runs(1000) },
  )
  expect(changed).toBeGreaterThan(runs(1000) / 10)
})
