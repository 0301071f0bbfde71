import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bool, float64, int32 } from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import type { Expr } from '../../../src/plan/expr.ts'
import { columnExpr, literalExpr } from '../../../src/plan/expr-walk.ts'
import { filter, project, scan } from '../../../src/plan/logical-plan.ts'
import { simplifyBoolean } from '../../../src/plan/rule/simplify-boolean.ts'
import { call, column, int, outline, tableOf, truth } from '../../support/plan-fixture.ts'
import { runs } from '../../support/random.ts'
import { referenceEvaluate } from '../../support/reference-evaluate.ts'

const t = scan(
  tableOf('t', [
    ['x', int32],
    ['p', bool],
  ]),
)
const p = column('p', bool)
const isLarge = call('gt', column('x'), int(5))
const simplified = (predicate: Expr): string => outline(simplifyBoolean(filter(t, predicate)))
const where = (text: string): string => `filter ${text}\n  scan t(x, p)`

test('operands that change nothing go, and so do those that stand there already', () => {
  expect(simplified(call('and', isLarge, truth(true)))).toBe(where('x > 5'))
  expect(simplified(call('or', call('or', truth(false), p), p))).toBe(where('p'))
  expect(simplified(call('and', call('and', p, isLarge), p))).toBe(where('p and x > 5'))
})

test('an opposite is said directly', () => {
  expect(simplified(call('not', call('not', p)))).toBe(where('p'))
  expect(simplified(call('not', call('lt', column('x'), int(5))))).toBe(where('x >= 5'))
  expect(simplified(call('not', call('isNull', column('x'))))).toBe(where('x is not null'))
})

test('a column that is never null is not asked whether it is', () => {
  const sure = columnExpr({ name: 'x', type: int32, nullable: false })
  expect(simplified(call('and', call('isNotNull', sure), p))).toBe(where('p'))
})

test('a filter that passes every row goes', () => {
  expect(simplifyBoolean(filter(t, call('or', p, truth(true))))).toBe(t)
})

test.each([false, null])('a filter with %s among its conjuncts passes no row', (value) => {
  const plan = filter(t, call('and', p, truth(value)))
  const empty = simplifyBoolean(plan)
  expect(empty).toMatchObject({ kind: 'values', batches: [] })
  expect(empty.schema).toBe(plan.schema)
})

test('a predicate that is simple stays, and so do computed columns', () => {
  const plan = filter(t, call('and', p, isLarge))
  expect(simplifyBoolean(plan)).toBe(plan)
  const computed = project(t, [{ name: 'y', expr: call('and', p, truth(true)) }])
  expect(simplifyBoolean(computed)).toBe(computed)
})

const predicate = fc.letrec<Record<string, Expr>>((tie) => {
  const number = fc.oneof(
    fc.constant(column('f', float64)),
    fc.constantFrom(0, 1, Number.NaN).map((value) => literalExpr(value, float64)),
  )
  return {
    bool: fc.oneof(
      { maxDepth: 4, depthSize: 'max' },
      fc.oneof(fc.constant(p), fc.constantFrom(true, false, null).map(truth)),
      fc.tuple(tie('bool'), tie('bool')).map(([a, b]) => call('and', a, b)),
      fc.tuple(tie('bool'), tie('bool')).map(([a, b]) => call('or', a, b)),
      tie('bool').map((of) => call('not', of)),
      fc
        .tuple(fc.constantFrom('lt', 'lte', 'eq', 'ne', 'gt', 'gte'), number, number)
        .map(([name, a, b]) => call(name as 'lt', a, b)),
      number.map((of) => call('isNull', of)),
    ),
  }
}).bool!

test('a simplified filter passes the same rows, whatever is null or NaN in them', () => {
  const table = scan(
    tableOf('t', [
      ['p', bool],
      ['f', float64],
    ]),
  )
  fc.assert(
    fc.property(predicate, (of) => {
      const after = simplifyBoolean(filter(table, of))
      for (const pValue of [true, false, null]) {
        for (const f of [0, 1, 2, Number.NaN, null]) {
          const row = new Map<string, Scalar>([
            ['p', pValue],
            ['f', f],
          ])
          const passes = referenceEvaluate(of, row) === true
          const passesAfter =
            after === table ||
            (after.kind === 'filter' && referenceEvaluate(after.predicate, row) === true)
          expect(passesAfter).toBe(passes)
        }
      }
    }),
    { numRuns: runs(500) },
  )
})
