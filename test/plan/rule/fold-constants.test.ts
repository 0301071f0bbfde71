import { expect, test } from 'vitest'
import { int32 } from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import type { Expr } from '../../../src/plan/expr.ts'
import { filter, project, scan } from '../../../src/plan/logical-plan.ts'
import { foldConstants } from '../../../src/plan/rule/fold-constants.ts'
import { call, column, int, outline, tableOf } from '../../support/plan-fixture.ts'
import { referenceEvaluate } from '../../support/reference-evaluate.ts'

const t = scan(tableOf('t', [['x', int32]]))
const fold = (expr: Expr): Scalar | undefined => {
  try {
    return referenceEvaluate(expr, new Map())
  } catch {
    return undefined
  }
}
const rule = foldConstants(fold)

test('what has no column becomes its value, at any depth', () => {
  const five = call('add', int(2), call('mul', int(1), int(3)))
  expect(outline(rule(filter(t, call('gt', column('x'), five))))).toBe(
    ['filter x > 5', '  scan t(x)'].join('\n'),
  )
})

test('a computed column keeps its type and whether it may be null', () => {
  const plan = project(t, [{ name: 'y', expr: call('nullIf', int(1), int(2)) }])
  const folded = rule(plan)
  expect(outline(folded)).toBe(['project y=1', '  scan t(x)'].join('\n'))
  expect(folded.schema).toEqual(plan.schema)
})

test('what raises an error stays: no row may ever come to it', () => {
  const plan = filter(t, call('gt', column('x'), call('add', int(2 ** 31 - 1), int(1))))
  expect(rule(plan)).toBe(plan)
})

test('what names a column stays', () => {
  const plan = filter(t, call('gt', column('x'), int(5)))
  expect(rule(plan)).toBe(plan)
})
