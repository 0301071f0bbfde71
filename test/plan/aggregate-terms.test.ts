import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { date, decimal, int32, int64, timestamp, utf8 } from '../../src/arrow/data-type.ts'
import { field, fieldNames, schema, schemaText } from '../../src/arrow/schema.ts'
import { GraupelError } from '../../src/error.ts'
import { aggregateTerms, type NamedTerm } from '../../src/plan/aggregate-terms.ts'
import { values } from '../../src/plan/logical-plan.ts'
import { printPlan } from '../../src/plan/print.ts'
import type { Term } from '../../src/plan/term.ts'
import { runs } from '../support/random.ts'
import { agg, anyTerm, call, column, lit, SAMPLE } from './term-samples.ts'

const ROWS = values(
  schema([
    field('customer', utf8),
    field('amount', decimal(12, 2)),
    field('n', int32, false),
    field('placed_at', timestamp()),
    field('_aggregate1', int64),
    field('day', date),
  ]),
  [],
  'rows',
)

const named = (columns: Record<string, Term>): NamedTerm[] =>
  Object.entries(columns).map(([name, term]) => ({ name, term }))
const grouped = (keys: Record<string, Term>, outputs: Record<string, Term>) =>
  aggregateTerms(ROWS, named(keys), named(outputs))
const tree = (keys: Record<string, Term>, outputs: Record<string, Term>) =>
  printPlan(grouped(keys, outputs)).split('\n').slice(0, -1)

const sum = agg('sum', column('amount'))

describe('aggregateTerms', () => {
  it('is one Aggregate when every output is a plain aggregate', () => {
    expect(tree({ customer: column('customer') }, { revenue: sum, rows: agg('count') })).toEqual([
      'Aggregate by customer: revenue = sum(amount), rows = count()',
    ])
  })

  it('computes what stands around aggregates on top, from the aggregates and the keys', () => {
    const share = call('div', sum, agg('sum', column('n')))
    expect(tree({ customer: column('customer') }, { share })).toEqual([
      'Project customer, share = _aggregate2 / _aggregate3',
      '└─ Aggregate by customer: _aggregate2 = sum(amount), _aggregate3 = sum(n)',
    ])
  })

  it('computes equal aggregates once', () => {
    const lines = tree({}, { a: sum, b: sum, c: call('add', sum, lit(1)) })
    expect(lines).toEqual(['Project a, b = a, c = a + 1.00', '└─ Aggregate a = sum(amount)'])
  })

  it('takes an output of the name of an input column', () => {
    const plan = grouped({ customer: column('customer') }, { amount: sum })
    expect(schemaText(plan.schema)).toBe('customer utf8?, amount decimal(38,2)?')
  })

  it('takes a key outside an aggregate by its name or as it is written', () => {
    const year = call('year', column('placed_at'))
    const lines = tree(
      { y: year },
      { next: call('add', column('y'), lit(1)), also: call('mul', year, agg('count')) },
    )
    expect(lines[0]).toBe('Project y, next = y + 1, also = cast(y as int64) * _aggregate2')
  })

  it('means the key outside and the input column inside when both have one name', () => {
    const lines = tree(
      { n: column('customer') },
      { x: call('concat', column('n'), lit('!')), t: agg('sum', column('n')) },
    )
    expect(lines).toEqual([
      `Project n, x = concat(n, '!'), t`,
      '└─ Aggregate by n = customer: t = sum(n)',
    ])
  })

  it('refuses a column that is neither a key nor inside an aggregate', () => {
    const wrong = () =>
      grouped({ customer: column('customer') }, { x: call('add', sum, column('n')) })
    expect(wrong).toThrow('"n" must be in groupBy or inside an aggregate such as .sum()')
    expect(() => grouped({}, { x: column('amount') })).toThrow(
      expect.objectContaining({ code: 'INVALID', facts: { column: 'amount' } }),
    )
    expect(() => grouped({}, { x: column('amont') })).toThrow('did you mean "amount"')
  })

  it('refuses an aggregate inside an aggregate, and one in a key', () => {
    expect(() => grouped({}, { x: agg('max', sum) })).toThrow('max() holds another aggregate')
    expect(() => grouped({ k: sum }, { x: agg('count') })).toThrow('sum() is an aggregate')
  })

  it('refuses unknown aggregates, two columns of one name, and no output at all', () => {
    expect(() => grouped({}, { x: agg('summ', column('n')) })).toThrow('did you mean "sum"')
    expect(() => grouped({ day: column('day') }, { day: agg('count') })).toThrow(
      'two columns are named "day"',
    )
    expect(() => grouped({}, {})).toThrow('at least one output')
  })

  it('without outputs is the distinct keys', () => {
    expect(tree({ customer: column('customer') }, {})).toEqual(['Distinct customer'])
  })

  it('yields the keys and the outputs by name, or throws a GraupelError, for any terms', () => {
    const rows = values(SAMPLE, [], 'rows')
    const terms = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c0', '_aggregate1'), anyTerm), {
      maxLength: 2,
    })
    let made = 0
    fc.assert(
      fc.property(terms, terms, (keys, outputs) => {
        const pairs = [keys, outputs].map((list) => list.map(([name, term]) => ({ name, term })))
        try {
          const plan = aggregateTerms(rows, pairs[0]!, pairs[1]!)
          expect(fieldNames(plan.schema)).toEqual([...keys, ...outputs].map(([name]) => name))
          made++
        } catch (error) {
          if (!(error instanceof GraupelError)) throw error
        }
      }),
      { numRuns: runs(1000) },
    )
    expect(made).toBeGreaterThan(0)
  })
})
