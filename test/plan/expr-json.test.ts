import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bool, decimal, float64, int64, utf8 } from '../../src/arrow/data-type.ts'
import { field } from '../../src/arrow/schema.ts'
import { GraupelError } from '../../src/error.ts'
import type { Expr } from '../../src/plan/expr.ts'
import { exprFromJson, exprToJson } from '../../src/plan/expr-json.ts'
import {
  caseExpr,
  castExpr,
  columnExpr,
  exprsEqual,
  inExpr,
  literalExpr,
} from '../../src/plan/expr-walk.ts'
import { printExpr } from '../../src/plan/print-expr.ts'
import { resolveTerm } from '../../src/plan/resolve-term.ts'
import { call } from '../support/plan-fixture.ts'
import { runs } from '../support/random.ts'
import { anyTerm, SAMPLE } from './term-samples.ts'

const exprs: fc.Arbitrary<Expr> = anyTerm
  .map((term) => {
    try {
      return resolveTerm(term, SAMPLE)
    } catch (error) {
      if (error instanceof GraupelError) return undefined
      throw error
    }
  })
  .filter((expr) => expr !== undefined)

const throughText = (expr: Expr): Expr => {
  const json = JSON.stringify(exprToJson(expr, (name) => SAMPLE.positions.get(name)! + 7))
  return exprFromJson(JSON.parse(json), (id) => SAMPLE.fields[id - 7])
}

test('every expression comes back from its JSON as it was', () => {
  fc.assert(
    fc.property(exprs, (expr) => {
      const again = throughText(expr)
      expect(exprsEqual(again, expr), `${printExpr(expr)} => ${printExpr(again)}`).toBe(true)
    }),
    { numRuns: runs(1000) },
  )
})

test('so do constants at the ends of their types, and each kind of expression', () => {
  const [a] = SAMPLE.fields.map(columnExpr)
  const samples: Expr[] = [
    literalExpr(-(2n ** 63n), int64),
    literalExpr(10n ** 38n - 1n, decimal(38, 5)),
    ...[-0, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324].map((of) => literalExpr(of, float64)),
    literalExpr('\u{1f600}"\\N\u2028', utf8),
    literalExpr(null, utf8),
    inExpr(literalExpr(1n, int64), [1n, null, -3n]),
    castExpr(a!, utf8, { orNull: true }),
    caseExpr(
      // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
      [{ when: call('isNull', a!), then: literalExpr(1n, int64) }],
      literalExpr(null, int64),
    ),
  ]
  for (const expr of samples) expect(exprsEqual(throughText(expr), expr)).toBe(true)
})

test('columns are known by id: a new name, or a wider type, is free', () => {
  const json = exprToJson(
    call('gt', columnExpr(field('a', decimal(9, 2))), literalExpr(150n, decimal(9, 2))),
    () => 3,
  )
  const read = exprFromJson(json, () => field('renamed', decimal(12, 2)))
  expect(printExpr(read)).toBe('renamed > 1.50')
})

const deep = (levels: number) =>
  `${'{"call":"not","args":['.repeat(levels)}{"literal":"true","type":"bool"}${']}'.repeat(levels)}`

test.each([
  ['nothing', 'null'],
  ['a list', '[1]'],
  ['text', '"a > 1"'],
  ['an unknown kind', '{"eval":"process.exit()"}'],
  ['a column that is none', '{"column":99}'],
  ['a column by name', '{"column":"__proto__"}'],
  ['an unknown function', '{"call":"constructor","args":[]}'],
  ['no arguments', '{"call":"not"}'],
  ['too many arguments', '{"call":"not","args":[{"column":1},{"column":1}]}'],
  ['arguments of a wrong type', '{"call":"and","args":[{"column":1},{"column":1}]}'],
  ['an unknown type', '{"literal":"1","type":"int256"}'],
  ['a constant that its type has not', '{"literal":"300","type":"int8"}'],
  ['a constant that is no text', '{"literal":1,"type":"int8"}'],
  ['a cast that cannot be', '{"cast":{"literal":"true","type":"bool"},"type":"date"}'],
  ['a branch that is none', '{"case":[[1]],"otherwise":{"column":1}}'],
  [
    'a case of several types',
    '{"case":[[{"literal":"true","type":"bool"},{"column":1}]],"otherwise":{"literal":"x","type":"utf8"}}',
  ],
  ['too many levels', deep(300)],
  ['very many levels', deep(20_000)],
])('%s is refused', (_, text) => {
  const read = () =>
    exprFromJson(JSON.parse(text), (id) => (id === 1 ? field('a', int64) : undefined))
  expect(read).toThrow(expect.objectContaining({ name: 'GraupelError', code: 'INVALID' }))
})

test('more levels than may be stored are refused', () => {
  let expr: Expr = literalExpr(true, bool)
  for (let n = 0; n < 300; n++) expr = call('not', expr)
  expect(() => exprToJson(expr, () => 1)).toThrow(expect.objectContaining({ code: 'INVALID' }))
})
