import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  date,
  decimal,
  float64,
  int8,
  int32,
  int64,
  timestamp,
  typesEqual,
  typeText,
  utf8,
} from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { GraupelError } from '../../src/error.ts'
import type { Expr } from '../../src/plan/expr.ts'
import { childrenOf, exprsEqual } from '../../src/plan/expr-walk.ts'
import { printExpr } from '../../src/plan/print-expr.ts'
import { resolveTerm } from '../../src/plan/resolve-term.ts'
import { signature } from '../../src/plan/signature.ts'
import type { Term } from '../../src/plan/term.ts'
import { runs } from '../support/random.ts'
import { agg, anyTerm, call, column, lit, SAMPLE } from './term-samples.ts'

const ORDERS = schema([
  field('id', int64, false),
  field('small', int8),
  field('n', int32),
  field('customer', utf8),
  field('amount', decimal(12, 2)),
  field('ratio', float64, false),
  field('day', date),
  field('placed_at', timestamp()),
  field('active', { name: 'bool' }),
])

const resolve = (term: Term) => resolveTerm(term, ORDERS)
const text = (term: Term) => printExpr(resolve(term))
const typeOf = (term: Term) => typeText(resolve(term).type)
const errorOf = (term: Term): GraupelError => {
  try {
    resolve(term)
  } catch (error) {
    if (error instanceof GraupelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Every call has arguments that its signature leaves as they are, and its type. */
function checkTypes(expr: Expr): void {
  for (const child of childrenOf(expr)) checkTypes(child)
  expect(Object.isFrozen(expr)).toBe(true)
  if (expr.kind === 'call') {
    const { args, type, nullable } = signature(expr.name, expr.args)
    expect(args.every((arg, position) => exprsEqual(arg, expr.args[position]!))).toBe(true)
    expect([typeText(expr.type), expr.nullable]).toEqual([typeText(type), nullable])
  }
  if (expr.kind === 'case') {
    for (const { when, then } of expr.branches) {
      expect(when.type.name).toBe('bool')
      expect(typesEqual(then.type, expr.type)).toBe(true)
    }
  }
}

describe('resolveTerm', () => {
  it('gives a well-typed frozen expression or throws a GraupelError, for any term', () => {
    let resolved = 0
    fc.assert(
      fc.property(anyTerm, (term) => {
        let expr: Expr
        try {
          expr = resolveTerm(term, SAMPLE)
        } catch (error) {
          if (!(error instanceof GraupelError)) throw error
          expect(error.message.length).toBeLessThan(2000)
          return
        }
        resolved++
        checkTypes(expr)
        expect(typeof printExpr(expr)).toBe('string')
      }),
      { numRuns: runs(3000) },
    )
    expect(resolved).toBeGreaterThan(runs(3000) / 20)
  })

  it('looks names up and offers the nearest', () => {
    const error = errorOf(column('ammount'))
    expect(error.code).toBe('NOT_FOUND')
    expect(error.message).toContain('did you mean "amount"')
    expect(errorOf(call('lenght', column('customer'))).message).toContain('did you mean "length"')
    expect(errorOf(call('__proto__', column('customer'))).code).toBe('NOT_FOUND')
  })

  it('refuses an aggregate over rows and says where it belongs', () => {
    const error = errorOf(call('gt', agg('sum', column('amount')), lit(1)))
    expect(error.code).toBe('INVALID')
    expect(error.message).toBe(
      'sum() is an aggregate: use it inside groupBy(...).agg(...) or agg(...)',
    )
  })

  it('keeps the type of a column beside a literal that fits it', () => {
    expect(typeOf(call('add', column('small'), lit(1)))).toBe('int8')
    expect(typeOf(call('mul', lit(2n), column('n')))).toBe('int32')
    expect(typeOf(call('coalesce', column('amount'), lit(0)))).toBe('decimal(12,2)')
    expect(text(call('gt', column('amount'), lit(100)))).toBe('amount > 100.00')
    expect(text(call('gte', column('day'), lit('1994-01-01')))).toBe('day >= 1994-01-01')
    expect(text(call('lt', column('placed_at'), lit(new Date(0))))).toBe(
      'placed_at < 1970-01-01T00:00:00.000',
    )
  })

  it('compares with a literal out of the range of the column in a wider exact type', () => {
    expect(text(call('lt', column('n'), lit(3e9)))).toBe('cast(n as int64) < 3000000000')
    expect(text(call('lt', column('id'), lit(10n ** 30n)))).toBe(
      `cast(id as decimal(38,0)) < ${10n ** 30n}`,
    )
    expect(text(call('eq', column('n'), lit(0.5)))).toBe('cast(n as decimal(11,1)) = 0.5')
    expect(text(call('eq', column('id'), lit(1e-30)))).toBe('id > 9223372036854775807')
    expect(text(call('gt', column('amount'), lit('0.005')))).toBe(
      'cast(amount as decimal(13,3)) > 0.005',
    )
  })

  it('computes with fractions as decimals beside decimals and as float64 beside whole numbers', () => {
    expect(typeOf(call('mul', column('amount'), lit(0.05)))).toBe('decimal(14,4)')
    expect(typeOf(call('mul', column('amount'), lit(2)))).toBe('decimal(13,2)')
    expect(typeOf(call('sub', lit(1), column('amount')))).toBe('decimal(13,2)')
    expect(typeOf(call('add', column('n'), lit(0.5)))).toBe('float64')
    expect(typeOf(call('add', column('n'), lit(3e9)))).toBe('int64')
    expect(typeOf(call('div', column('n'), lit(2)))).toBe('float64')
  })

  it('refuses text that is no date, with the value and an example', () => {
    const error = errorOf(call('gte', column('day'), lit('yesterday')))
    expect(error.code).toBe('INVALID')
    expect(error.message).toBe(`"yesterday" is not a date; write it like '1994-12-31'`)
    expect(errorOf(call('eq', column('amount'), lit('ten'))).message).toContain(`like '19.90'`)
    expect(errorOf(call('eq', column('day'), lit('1994-02-30'))).code).toBe('INVALID')
    const inList: Term = { kind: 'in', input: column('day'), values: [lit('1994-02-30')] }
    expect(errorOf(inList).code).toBe('INVALID')
  })

  it('compares microseconds with a column of milliseconds exactly', () => {
    expect(text(call('lt', column('placed_at'), lit('1994-01-01 00:00:00.000001')))).toBe(
      'cast(placed_at as timestamp(us)) < 1994-01-01T00:00:00.000001',
    )
  })

  it('refuses text beside a number and names both', () => {
    const { message } = errorOf(call('eq', column('customer'), lit(5)))
    expect(message).toContain('"customer" is utf8')
    expect(message).toContain('5 is int32')
    expect(errorOf(call('eq', column('n'), lit('5'))).code).toBe('INVALID')
  })

  it('gives null the type of its context and refuses it where there is none', () => {
    expect(typeOf(call('coalesce', lit(null), column('amount')))).toBe('decimal(12,2)')
    expect(typeOf(call('and', lit(null), column('active')))).toBe('bool')
    expect(typeOf({ kind: 'cast', input: lit(null), type: date, orNull: false })).toBe('date')
    expect(errorOf(lit(null)).message).toContain('null has no type here')
  })

  it('makes between two comparisons, each with its own literal', () => {
    expect(text(call('between', column('day'), lit('1994-01-01'), lit('1994-12-31')))).toBe(
      'day >= 1994-01-01 and day <= 1994-12-31',
    )
  })

  it('keeps the type of the left side of nullIf, whatever it is compared with', () => {
    expect(text(call('nullIf', column('n'), lit(0)))).toBe('nullIf(n, 0)')
    expect(typeOf(call('nullIf', column('n'), lit(0.5)))).toBe('int32')
    expect(typeOf(call('nullIf', column('id'), column('ratio')))).toBe('int64')
    expect(resolve(call('nullIf', column('id'), lit(3e30))).nullable).toBe(true)
  })

  it('takes a list of constants over their common type, and expressions as comparisons', () => {
    const within = (input: Term, ...values: Term[]): Term => ({ kind: 'in', input, values })
    expect(text(within(column('customer'), lit('Ada'), lit('Grace')))).toBe(
      'customer in (Ada, Grace)',
    )
    expect(text(within(column('n'), lit(1), lit(3e9), lit(null)))).toBe(
      'cast(n as int64) in (1, 3000000000, null)',
    )
    expect(text(within(column('n'), lit(1), column('small')))).toBe(
      'n = 1 or n = cast(small as int32)',
    )
    expect(text(within(column('n')))).toBe('false')
    expect(resolve(within(column('id'), lit(1), lit(null))).nullable).toBe(true)
    expect(resolve(within(column('id'), lit(1))).nullable).toBe(false)
  })

  it('a case without else is nullable and its literals take the type of the other results', () => {
    const when = call('gt', column('id'), lit(0))
    const then = column('id')
    const of = (otherwise: Term | null): Term => ({
      kind: 'case',
      branches: [{ when, then }],
      otherwise,
    })
    expect(resolve(of(null))).toMatchObject({ nullable: true, type: int64 })
    expect(resolve(of(lit(0)))).toMatchObject({ nullable: false, type: int64 })
    expect(resolve(of(lit(0.5)))).toMatchObject({ type: float64 })
    expect(errorOf(of(lit('none'))).code).toBe('INVALID')
  })

  it('takes any chain of and, and refuses other expressions that are too deep', () => {
    let chain: Term = column('active')
    let sum: Term = column('id')
    for (let i = 0; i < 20_000; i++) {
      chain = call('and', chain, column('active'))
      sum = call('add', sum, column('id'))
    }
    expect(resolve(chain).type.name).toBe('bool')
    expect(errorOf(sum).message).toContain('levels')
    let twice: Term = column('id')
    for (let i = 0; i < 60; i++) twice = call('add', twice, twice)
    expect(errorOf(twice).message).toContain('parts')
  })

  it('reads typed literals exactly and refuses what is none', () => {
    expect(text(lit(5, decimal(12, 2)))).toBe('5.00')
    expect(text(lit('1.5', decimal(12, 2)))).toBe('1.50')
    expect(resolve(lit(0, date))).toMatchObject({ value: 0 })
    expect(errorOf(lit(300, int8)).message).toContain('300 is not a int8')
    expect(errorOf(lit(0.001, decimal(12, 2))).code).toBe('INVALID')
  })
})
