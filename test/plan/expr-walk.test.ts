import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bool, float64, int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import { field } from '../../src/arrow/schema.ts'
import { GraupelError } from '../../src/error.ts'
import type { Expr } from '../../src/plan/expr.ts'
import {
  callExpr,
  castExpr,
  columnExpr,
  columnsOf,
  conjoin,
  conjuncts,
  disjoin,
  exprsEqual,
  inExpr,
  literalExpr,
  mapExpr,
  not,
  substitute,
} from '../../src/plan/expr-walk.ts'
import { printExpr } from '../../src/plan/print-expr.ts'
import { resolveTerm } from '../../src/plan/resolve-term.ts'
import { runs } from '../support/random.ts'
import { anyTerm, SAMPLE } from './term-samples.ts'

const a = columnExpr(field('a', int32))
const b = columnExpr(field('b', int32, false))
const flag = columnExpr(field('flag', bool))
const one = literalExpr(1, int32)
const isBig = callExpr('gt', [a, one])

const anyExpr: fc.Arbitrary<Expr> = anyTerm
  .map((term) => {
    try {
      return resolveTerm(term, SAMPLE)
    } catch (error) {
      if (error instanceof GraupelError) return undefined
      throw error
    }
  })
  .filter((expr) => expr !== undefined)

describe('mapExpr', () => {
  it('gives the very same object back when nothing changes', () => {
    fc.assert(
      fc.property(anyExpr, (expr) => {
        expect(mapExpr(expr, (of) => of)).toBe(expr)
      }),
      { numRuns: runs(300) },
    )
  })

  it('rewrites what is inside before what is around it', () => {
    const order: string[] = []
    mapExpr(callExpr('add', [a, b]), (of) => {
      order.push(printExpr(of))
      return of
    })
    expect(order).toEqual(['a', 'b', 'a + b'])
  })
})

describe('exprsEqual', () => {
  it('holds for a copy and not for an expression with another column in it', () => {
    fc.assert(
      fc.property(anyExpr, (expr) => {
        const copy = mapExpr(expr, (of) => ({ ...of }))
        expect(exprsEqual(expr, copy)).toBe(true)
        if (columnsOf(expr).size === 0) return
        const other = mapExpr(expr, (of) => (of.kind === 'column' ? { ...of, name: 'new' } : of))
        expect(exprsEqual(expr, other)).toBe(false)
      }),
      { numRuns: runs(300) },
    )
  })

  it('tells 0 from -0, takes NaN for itself, and compares binary by its bytes', () => {
    const of = (value: number) => literalExpr(value, float64)
    expect(exprsEqual(of(0), of(-0))).toBe(false)
    expect(exprsEqual(of(Number.NaN), of(Number.NaN))).toBe(true)
    const bytes = (value: number) => literalExpr(new Uint8Array([value]), { name: 'binary' })
    expect(exprsEqual(bytes(1), bytes(1))).toBe(true)
    expect(exprsEqual(bytes(1), bytes(2))).toBe(false)
    expect(exprsEqual(inExpr(a, [1, 2]), inExpr(a, [1, 3]))).toBe(false)
  })
})

describe('conjuncts', () => {
  it('takes apart what conjoin puts together, in order', () => {
    for (let count = 1; count < 20; count++) {
      const parts = Array.from({ length: count }, (_, i) =>
        callExpr('gt', [a, literalExpr(i, int32)]),
      )
      expect(conjuncts(conjoin(parts))).toEqual(parts)
    }
    expect(conjuncts(isBig)).toEqual([isBig])
  })

  it('of nothing joined is true, and of no alternatives false', () => {
    expect(conjoin([])).toMatchObject({ kind: 'literal', value: true })
    expect(disjoin([])).toMatchObject({ kind: 'literal', value: false })
  })
})

describe('substitute', () => {
  it('puts the computation in the place of the column and leaves other columns', () => {
    const columns = [{ name: 'a', expr: callExpr('add', [b, one]) }]
    expect(printExpr(substitute(callExpr('mul', [a, b]), columns))).toBe('(b + 1) * b')
  })

  it('does not look into what it has put in', () => {
    expect(printExpr(substitute(isBig, [{ name: 'a', expr: callExpr('neg', [a]) }]))).toBe('-a > 1')
  })
})

describe('castExpr', () => {
  it('is the input when the types are equal', () => {
    expect(castExpr(a, int32)).toBe(a)
  })

  it('converts a constant that keeps its value and leaves others to be cast', () => {
    expect(castExpr(one, int64)).toMatchObject({ kind: 'literal', value: 1n })
    expect(castExpr(literalExpr(null, utf8), int64)).toMatchObject({ kind: 'literal', value: null })
    expect(castExpr(literalExpr(300, int32), { name: 'int8' }).kind).toBe('cast')
    expect(castExpr(literalExpr(0.5, float64), int32).kind).toBe('cast')
    expect(castExpr(literalExpr(2n ** 53n + 1n, int64), float64).kind).toBe('cast')
  })

  it('is nullable when it may give null', () => {
    expect(castExpr(b, utf8).nullable).toBe(false)
    expect(castExpr(b, utf8, { orNull: true }).nullable).toBe(true)
  })

  it('refuses types that have nothing in common', () => {
    expect(() => castExpr(a, { name: 'date' })).toThrow('int32 cannot be cast to date')
    expect(() => castExpr(flag, float64)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })
})

describe('not', () => {
  it('is typed and nullable as its argument', () => {
    expect(not(flag)).toMatchObject({ kind: 'call', name: 'not', nullable: true })
    expect(columnsOf(not(isBig))).toEqual(new Set(['a']))
  })
})
