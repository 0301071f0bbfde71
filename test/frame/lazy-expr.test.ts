import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { termFrom, termOfExpr } from '../../src/frame/lazy-expr.ts'
import { asc, col, desc, fn, GraupelError, lit, t, when } from '../../src/index.ts'

const a = col('a')

test.each([
  ['o.a > 3', () => (a as never) > 3],
  ['o.a + 1', () => (a as never) + 1],
  ['a template', () => `${a as never}`],
  ['-o.a', () => -(a as never)],
])('%s throws and names the method to use', (_, wrong) => {
  expect(wrong).toThrow(GraupelError)
  expect(wrong).toThrow(/o\.a\.gt\(3\)/)
})

test('an expression is a frozen object: not callable, not thenable', async () => {
  expect(typeof a).toBe('object')
  expect(Object.isFrozen(a)).toBe(true)
  expect('then' in a).toBe(false)
  expect(await a).toBe(a)
})

test('methods nest terms, and leave the expression that they are called on as it was', () => {
  const before = termOfExpr(a, 'test')
  const sum = a.add(1).mul(a)
  expect(termOfExpr(sum, 'test')).toEqual({
    kind: 'call',
    name: 'mul',
    args: [
      {
        kind: 'call',
        name: 'add',
        args: [before, { kind: 'literal', value: 1, type: null }],
      },
      before,
    ],
  })
  expect(termOfExpr(a, 'test')).toBe(before)
})

test.each([
  ['a function', () => 1, /a function/],
  ['undefined', undefined, /undefined/],
  ['a plain object', {}, /an object/],
  ['a list', [1], /a list/],
  ['a symbol', Symbol('x'), /symbol/],
])('%s is no operand', (_, value, message) => {
  expect(() => termFrom(value, 'eq')).toThrow(message)
  expect(() => a.eq(value)).toThrow(GraupelError)
})

test('awaiting an unfinished when rejects and does not hang', async () => {
  await expect((async () => when(a) as unknown)()).rejects.toThrow(GraupelError)
})

test('when takes branches in order, with null for no other outcome', () => {
  const chosen = when(a.gt(1)).then('big').when(a.gt(0)).then('small').otherwise(null)
  const term = termOfExpr(chosen, 'test')
  if (term.kind !== 'case') throw new Error(`a ${term.kind}`)
  expect(term.branches.map((branch) => branch.then)).toMatchObject([
    { value: 'big' },
    { value: 'small' },
  ])
  expect(term.otherwise).toMatchObject({ kind: 'literal', value: null })
})

test('between is at least and at most', () => {
  expect(termOfExpr(a.between(1, 2), 'test')).toEqual(termOfExpr(a.gte(1).and(a.lte(2)), 'test'))
})

test('literals may say their type, and casts need one', () => {
  expect(termOfExpr(lit('1.5', t.decimal(4, 2)), 'test')).toMatchObject({
    kind: 'literal',
    value: '1.5',
    type: { name: 'decimal', precision: 4, scale: 2 },
  })
  expect(() => a.cast('int64' as never)).toThrow(/t\.int64\(\)/)
})

test('nulls sort last ascending and first descending unless told', () => {
  expect(asc('x')).toEqual({ key: 'x', descending: false, nulls: 'last' })
  expect(desc('x')).toEqual({ key: 'x', descending: true, nulls: 'first' })
  expect(desc('x', { nulls: 'last' }).nulls).toBe('last')
  expect(() => asc('x', { nulls: 'middle' as never })).toThrow(/middle/)
})

test('the console shows what an expression computes', () => {
  expect(inspect(a.add(1).in([2, 'x']))).toBe('Expr { add(a, 1) in (2, "x") }')
  expect(inspect(fn.count())).toBe('Expr { count() }')
})
