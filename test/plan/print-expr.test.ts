import { describe, expect, it } from 'vitest'
import { bool, decimal, float64, int32, utf8 } from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { printExpr, printName } from '../../src/plan/print-expr.ts'
import { resolveTerm } from '../../src/plan/resolve-term.ts'
import type { Term } from '../../src/plan/term.ts'
import { call, column, lit } from './term-samples.ts'

const OF = schema([
  field('a', int32),
  field('b', int32),
  field('f', float64),
  field('p', bool),
  field('q', bool),
  field('customer', utf8),
  field('amount', decimal(12, 2)),
  field('order', utf8),
  field('two words', utf8),
  field('x'.repeat(10_000), int32),
])
const text = (term: Term) => printExpr(resolveTerm(term, OF))
const [a, b, p, q] = ['a', 'b', 'p', 'q'].map(column) as [Term, Term, Term, Term]

describe('printExpr', () => {
  it('writes a predicate as people do', () => {
    const names: Term = {
      kind: 'in',
      input: column('customer'),
      values: [lit('Ada'), lit('Grace')],
    }
    expect(text(call('and', call('gt', column('amount'), lit('100.5')), names))).toBe(
      'amount > 100.50 and customer in (Ada, Grace)',
    )
    expect(text(call('isNull', a))).toBe('a is null')
    expect(text(call('like', column('customer'), lit('%c_')))).toBe(`customer like '%c_'`)
  })

  it('sets brackets where they change the meaning and nowhere else', () => {
    expect(text(call('mul', call('add', a, b), a))).toBe('(a + b) * a')
    expect(text(call('add', call('mul', a, b), a))).toBe('a * b + a')
    expect(text(call('sub', a, call('sub', b, a)))).toBe('a - (b - a)')
    expect(text(call('sub', call('sub', a, b), a))).toBe('a - b - a')
    expect(text(call('and', call('or', p, q), p))).toBe('(p or q) and p')
    expect(text(call('or', call('and', p, q), p))).toBe('p and q or p')
    expect(text(call('and', p, call('and', q, p)))).toBe('p and q and p')
    expect(text(call('not', call('and', p, q)))).toBe('not (p and q)')
    expect(text(call('and', call('not', p), q))).toBe('not p and q')
    expect(text(call('not', call('eq', a, b)))).toBe('not a = b')
    expect(text(call('eq', call('eq', a, b), p))).toBe('(a = b) = p')
    expect(text(call('neg', call('neg', a)))).toBe('-(-a)')
    expect(text(call('isNull', call('eq', a, b)))).toBe('(a = b) is null')
    expect(text(call('sub', a, lit(-1)))).toBe('a - -1')
  })

  it('quotes text that could be taken for something else', () => {
    const eq = (value: string) => text(call('eq', column('customer'), lit(value)))
    expect(eq('Ada')).toBe('customer = Ada')
    expect(eq('customer')).toBe(`customer = 'customer'`)
    expect(eq('5')).toBe(`customer = '5'`)
    expect(eq('')).toBe(`customer = ''`)
    expect(eq('null')).toBe(`customer = 'null'`)
    expect(eq(`O'Hara`)).toBe(`customer = 'O''Hara'`)
    expect(eq('a\nb\u0000')).toBe(`customer = 'a\\nb\\x00'`)
    expect(text(column('two words'))).toBe('"two words"')
    expect(printName('and')).toBe('"and"')
    expect(printName('')).toBe('""')
  })

  it('cuts long names, values and lists', () => {
    expect(text(column('x'.repeat(10_000))).length).toBeLessThanOrEqual(80)
    expect(text(lit('y'.repeat(10_000))).length).toBeLessThan(100)
    const many: Term = {
      kind: 'in',
      input: a,
      values: Array.from({ length: 50 }, (_, i) => lit(i)),
    }
    expect(text(many)).toContain('19, ... 30 more)')
  })

  it('writes casts and cases', () => {
    expect(text({ kind: 'cast', input: a, type: utf8, orNull: true })).toBe('tryCast(a as utf8)')
    const then = lit(1)
    expect(text({ kind: 'case', branches: [{ when: p, then }], otherwise: null })).toBe(
      'case when p then 1 else null end',
    )
  })
})
