import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, limit, scan } from '../../../src/plan/logical-plan.ts'
import { mergeFilters } from '../../../src/plan/rule/merge-filters.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(tableOf('t', [['x', int32]]))
const isLarge = call('gt', column('x'), int(5))
const isSmall = call('lt', column('x'), int(9))

test('two filters become one, the lower one first', () => {
  expect(outline(mergeFilters(filter(filter(t, isLarge), isSmall)))).toBe(
    ['filter x > 5 and x < 9', '  scan t(x)'].join('\n'),
  )
})

test('a filter that may raise an error stays apart: the lower one may guard it', () => {
  const divides = call('gt', call('intDiv', int(10), column('x')), int(1))
  const plan = filter(filter(t, call('ne', column('x'), int(0))), divides)
  expect(mergeFilters(plan)).toBe(plan)
})

test('a filter over anything else stays', () => {
  const plan = filter(limit(filter(t, isLarge), { count: 1, offset: 0 }), isSmall)
  expect(mergeFilters(plan)).toBe(plan)
})
