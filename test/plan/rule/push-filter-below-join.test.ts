import { expect, test } from 'vitest'
import { float64 } from '../../../src/arrow/data-type.ts'
import { filter, type JoinHow, join, scan } from '../../../src/plan/logical-plan.ts'
import { pushFilterBelowJoin } from '../../../src/plan/rule/push-filter-below-join.ts'
import { call, column, int, joinedTables, outline, tableOf } from '../../support/plan-fixture.ts'

const { joined } = joinedTables('x')
const onLeft = call('gt', column('x'), int(1))
const onRight = call('lt', column('x_right'), int(2))
const onBoth = call('lt', column('x'), column('x_right'))
const everything = call('and', call('and', onLeft, onRight), onBoth)
const below = (how: JoinHow): string =>
  outline(pushFilterBelowJoin(filter(joined(how), everything)))
const lines = (...of: string[]): string => of.join('\n')

test.each(['inner', 'cross'] as const)(
  '%s: each conjunct moves to the side that it names',
  (how) => {
    expect(below(how)).toBe(
      lines(
        'filter x < x_right',
        `  join ${how}`,
        '    filter x > 1',
        '      scan l(k, x)',
        '    filter x < 2',
        '      scan r(j, x)',
      ),
    )
  },
)

test('left: what names the right side stays, as rows without a partner have nulls there', () => {
  expect(below('left')).toBe(
    lines(
      'filter x_right < 2 and x < x_right',
      '  join left',
      '    filter x > 1',
      '      scan l(k, x)',
      '    scan r(j, x)',
    ),
  )
})

test('right: what names the left side stays', () => {
  expect(below('right')).toBe(
    lines(
      'filter x > 1 and x < x_right',
      '  join right',
      '    scan l(k, x)',
      '    filter x < 2',
      '      scan r(j, x)',
    ),
  )
})

test('full: the filter stays', () => {
  const plan = filter(joined('full'), everything)
  expect(pushFilterBelowJoin(plan)).toBe(plan)
})

test.each(['semi', 'anti'] as const)('%s: the filter moves to the left', (how) => {
  expect(outline(pushFilterBelowJoin(filter(joined(how), onLeft)))).toBe(
    lines(`join ${how}`, '  filter x > 1', '    scan l(k, x)', '  scan r(j, x)'),
  )
})

const onKey = call('eq', column('k'), int(7))
test.each(['inner', 'semi'] as const)(
  '%s: a conjunct over keys is copied to the other side',
  (how) => {
    expect(outline(pushFilterBelowJoin(filter(joined(how), onKey)))).toBe(
      lines(
        `join ${how}`,
        '  filter k = 7',
        '    scan l(k, x)',
        '  filter j = 7',
        '    scan r(j, x)',
      ),
    )
  },
)

test.each(['left', 'anti'] as const)('%s: a conjunct over keys is not copied', (how) => {
  expect(outline(pushFilterBelowJoin(filter(joined(how), onKey)))).toBe(
    lines(`join ${how}`, '  filter k = 7', '    scan l(k, x)', '  scan r(j, x)'),
  )
})

test('a conjunct over the right key of an inner join is copied to the left', () => {
  const plan = filter(joined('inner'), call('eq', column('j'), int(7)))
  expect(outline(pushFilterBelowJoin(plan))).toBe(
    lines('join inner', '  filter k = 7', '    scan l(k, x)', '  filter j = 7', '    scan r(j, x)'),
  )
})

test('keys that are floats are not copied: 0 equals -0, and 1 / 0 does not equal 1 / -0', () => {
  const [a, b] = ['a', 'b'].map((name) => scan(tableOf(name, [[name, float64]])))
  const on = { leftKeys: [column('a', float64)], rightKeys: [column('b', float64)] }
  const plan = filter(
    join(a!, b!, { how: 'inner', ...on, rightNames: ['b'] }),
    call('isNotNull', column('a', float64)),
  )
  expect(outline(pushFilterBelowJoin(plan))).toBe(
    lines('join inner', '  filter a is not null', '    scan a(a)', '  scan b(b)'),
  )
})

test('a conjunct that may raise an error stays: below it would meet rows without a partner', () => {
  const plan = filter(joined('inner'), call('gt', call('intDiv', int(9), column('x')), int(1)))
  expect(pushFilterBelowJoin(plan)).toBe(plan)
})
