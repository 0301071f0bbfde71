import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Term } from '../../src/plan/term.ts'
import { mapTerm, someTerm, termsEqual } from '../../src/plan/term-walk.ts'
import { runs } from '../support/random.ts'
import { agg, anyTerm, call, column, lit } from './term-samples.ts'

describe('termsEqual', () => {
  it('holds for what is written alike and not once a column is renamed', () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        expect(
          termsEqual(
            term,
            mapTerm(term, () => undefined),
          ),
        ).toBe(true)
        if (!someTerm(term, ({ kind }) => kind === 'column')) return
        const renamed = mapTerm(term, ({ kind }) => (kind === 'column' ? column('new') : undefined))
        expect(termsEqual(term, renamed)).toBe(false)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('mapTerm', () => {
  it('does not look into what it has put in', () => {
    const grown = mapTerm(call('neg', column('a')), (term) =>
      term.kind === 'column' ? call('abs', column('a')) : undefined,
    )
    expect(grown).toEqual(call('neg', call('abs', column('a'))))
  })

  it('walks a part that stands in many places once, and refuses endless depth', () => {
    let twice: Term = column('a')
    for (let i = 0; i < 100; i++) twice = call('add', twice, twice)
    let seen = 0
    mapTerm(twice, () => {
      seen++
      return undefined
    })
    expect(seen).toBe(101)
    let deep: Term = column('a')
    for (let i = 0; i < 50_000; i++) deep = call('neg', deep)
    expect(() => mapTerm(deep, () => undefined)).toThrow('levels')
  })
})

describe('someTerm', () => {
  it('finds an aggregate at any depth', () => {
    let deep: Term = agg('sum', column('a'))
    for (let i = 0; i < 50_000; i++) deep = call('add', deep, lit(1))
    expect(someTerm(deep, ({ kind }) => kind === 'aggregate')).toBe(true)
    expect(someTerm(deep, ({ kind }) => kind === 'cast')).toBe(false)
  })
})
