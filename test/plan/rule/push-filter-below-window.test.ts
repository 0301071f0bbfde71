import { expect, test } from 'vitest'
import { float64, int32, int64 } from '../../../src/arrow/data-type.ts'
import type { WindowExpr } from '../../../src/plan/expr.ts'
import { filter, scan, window } from '../../../src/plan/logical-plan.ts'
import { pushFilterBelowWindow } from '../../../src/plan/rule/push-filter-below-window.ts'
import { by, call, column, int, long, outline, tableOf, truth } from '../../support/plan-fixture.ts'

const t = scan(
  tableOf('t', [
    ['k', int32],
    ['x', int32],
    ['f', float64],
  ]),
)
const rank: WindowExpr = {
  name: 'r',
  function: 'rank',
  inputs: [],
  count: 0,
  ignoreNulls: false,
  frame: null,
  type: int64,
  nullable: false,
}
const over = (...partitionBy: ReturnType<typeof column>[]) =>
  window(t, { partitionBy, orderBy: [by('x')], outputs: [rank] })
const isLarge = call('gt', column('k'), int(5))
const isFirst = call('eq', column('r', int64), long(1n))

test('conjuncts over partition keys move below, those over the window stay', () => {
  const plan = filter(over(column('k')), call('and', isFirst, isLarge))
  expect(outline(pushFilterBelowWindow(plan))).toBe(
    ['filter r = 1', '  window by (k): r=rank()', '    filter k > 5', '      scan t(k, x, f)'].join(
      '\n',
    ),
  )
})

test.each([
  ['over another column, which would take rows away from windows', over(column('x')), isLarge],
  ['over a key that is computed', over(call('abs', column('k'))), isLarge],
  ['without keys', over(), truth(false)],
  [
    'over float keys, of which 0 and -0 are one',
    over(column('f', float64)),
    call('gt', column('f', float64), call('cbrt', column('f', float64))),
  ],
  [
    'that may raise an error',
    over(column('k')),
    call('gt', call('intDiv', int(1), column('k')), int(0)),
  ],
])('a conjunct stays %s', (_, input, predicate) => {
  const plan = filter(input, predicate)
  expect(pushFilterBelowWindow(plan)).toBe(plan)
})
