import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import { filter, scan } from '../../../src/plan/logical-plan.ts'
import { pushFilterIntoScan } from '../../../src/plan/rule/push-filter-into-scan.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'

const t = tableOf('t', [['x', int32]])
const isLarge = call('gt', column('x'), int(5))
const isSmall = call('lt', column('x'), int(9))

test('a filter over a scan becomes its predicate, after the one that is there', () => {
  expect(outline(pushFilterIntoScan(filter(scan(t), isLarge)))).toBe('scan t(x) where x > 5')
  const plan = filter(scan(t, { predicate: isLarge }), isSmall)
  expect(outline(pushFilterIntoScan(plan))).toBe('scan t(x) where x > 5 and x < 9')
})

test('a filter over a scan with a limit stays: the limit counts rows before it', () => {
  const plan = filter(scan(t, { limit: 3 }), isLarge)
  expect(pushFilterIntoScan(plan)).toBe(plan)
})

test('a filter that may raise an error stays above a predicate that may guard it', () => {
  const divides = call('gt', call('intDiv', int(10), column('x')), int(1))
  const plan = filter(scan(t, { predicate: isLarge }), divides)
  expect(pushFilterIntoScan(plan)).toBe(plan)
})
