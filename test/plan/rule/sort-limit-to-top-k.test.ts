import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, limit, scan, sort, topK } from '../../../src/plan/logical-plan.ts'
import { sortLimitToTopK } from '../../../src/plan/rule/sort-limit-to-top-k.ts'
import { by, call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(tableOf('t', [['x', int32]]))
const window = { count: 10, offset: 5 }

test('a limit over a sort keeps only the first rows while sorting', () => {
  expect(outline(sortLimitToTopK(limit(sort(t, [by('x')]), window)))).toBe(
    ['top-k x 10+5', '  scan t(x)'].join('\n'),
  )
})

test('a limit over the first rows takes fewer of them', () => {
  const plan = limit(topK(t, [by('x')], { count: 8, offset: 1 }), window)
  expect(outline(sortLimitToTopK(plan))).toBe(['top-k x 3+6', '  scan t(x)'].join('\n'))
})

test('a filter between the two keeps them apart', () => {
  const plan = limit(filter(sort(t, [by('x')]), call('gt', column('x'), int(5))), window)
  expect(sortLimitToTopK(plan)).toBe(plan)
})
