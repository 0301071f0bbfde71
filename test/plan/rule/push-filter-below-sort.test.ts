import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, scan, sort, topK } from '../../../src/plan/logical-plan.ts'
import { pushFilterBelowSort } from '../../../src/plan/rule/push-filter-below-sort.ts'
import { by, call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(tableOf('t', [['x', int32]]))
const isLarge = call('gt', column('x'), int(5))

test('a filter over a sort moves below it', () => {
  expect(outline(pushFilterBelowSort(filter(sort(t, [by('x')]), isLarge)))).toBe(
    ['sort x', '  filter x > 5', '    scan t(x)'].join('\n'),
  )
})

test('a filter over the first rows of an order stays: it would change which they are', () => {
  const plan = filter(topK(t, [by('x')], { count: 3, offset: 0 }), isLarge)
  expect(pushFilterBelowSort(plan)).toBe(plan)
})
