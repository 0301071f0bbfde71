import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, scan, union } from '../../../src/plan/logical-plan.ts'
import { pushFilterBelowUnion } from '../../../src/plan/rule/push-filter-below-union.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = scan(tableOf('t', [['x', int32]]))
const u = scan(tableOf('u', [['y', int32]]))
const isLarge = call('gt', column('x'), int(5))

test('a filter over a union moves to each input, in its own names', () => {
  expect(outline(pushFilterBelowUnion(filter(union([t, u]), isLarge)))).toBe(
    ['union', '  filter x > 5', '    scan t(x)', '  filter y > 5', '    scan u(y)'].join('\n'),
  )
})

test('a filter over anything else stays', () => {
  const plan = filter(t, isLarge)
  expect(pushFilterBelowUnion(plan)).toBe(plan)
})
