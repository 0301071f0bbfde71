import fc from 'fast-check'
import {
  binary,
  bool,
  type DataType,
  date,
  decimal,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  json,
  time,
  timestamp,
  uint8,
  uint16,
  uint32,
  utf8,
} from '../../src/arrow/data-type.ts'
import { field, type Schema, schema } from '../../src/arrow/schema.ts'
import { AGGREGATE_NAMES, FUNCTION_NAMES } from '../../src/plan/function.ts'
import type { Term } from '../../src/plan/term.ts'

export const TYPES: readonly DataType[] = [
  bool,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  float32,
  float64,
  utf8,
  binary,
  date,
  time,
  json,
  decimal(12, 2),
  decimal(38, 10),
  decimal(5, 5),
  timestamp(),
  timestamp('us', 'UTC'),
]

/** A column of every type, `c0` to `c19`, the odd ones never null, and names that are traps. */
export const SAMPLE: Schema = schema([
  ...TYPES.map((type, position) => field(`c${position}`, type, position % 2 === 0)),
  field('__proto__', int32),
  field('', utf8),
  field('x'.repeat(10_000), int64),
])

export const column = (name: string): Term => ({ kind: 'column', name })
export const lit = (value: unknown, type: DataType | null = null): Term => ({
  kind: 'literal',
  value,
  type,
})
export const call = (name: string, ...args: Term[]): Term => ({ kind: 'call', name, args })
export const agg = (name: string, input: Term | null = null): Term => ({
  kind: 'aggregate',
  name,
  input,
})

const value = fc.oneof(
  fc.integer(),
  fc.bigInt(),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '1994-01-01',
    '12:30:00',
    '1994-01-01 00:00:00.123456',
    '0.05',
    'month',
    '\ud800',
  ),
  fc.constantFrom(null, undefined, true, -0, 1e300, 2 ** 53, 10n ** 30n, 10n ** 50n),
  fc.constantFrom(new Date(0), new Date(Number.NaN), new Date(8.64e15), new Uint8Array([1])),
  fc.constantFrom({}, [], () => 0, Symbol('s'), { toJSON: () => 1n }),
)

const anyType = fc.constantFrom(...TYPES)
const names = fc.constantFrom(...SAMPLE.fields.map(({ name }) => name), 'c', 'toString')
const functions = fc.constantFrom(...FUNCTION_NAMES, 'between', 'nope', '__proto__', 'constructor')

/** Any term at all, right or wrong. */
export const anyTerm: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    names.map(column),
    fc.tuple(value, fc.option(anyType, { freq: 3 })).map(([of, type]) => lit(of, type)),
    fc
      .tuple(functions, fc.array(tie('term'), { maxLength: 3 }))
      .map(([name, args]) => call(name, ...args)),
    fc
      .tuple(functions, tie('term'), tie('term'))
      .map(([name, left, right]) => call(name, left, right)),
    fc
      .tuple(tie('term'), anyType, fc.boolean())
      .map(([input, type, orNull]): Term => ({ kind: 'cast', input, type, orNull })),
    fc.tuple(tie('term'), tie('term'), fc.option(tie('term'))).map(
      ([when, then, otherwise]): Term => ({
        kind: 'case',
        branches: [{ when, then }],
        otherwise,
      }),
    ),
    fc
      .tuple(tie('term'), fc.array(tie('term'), { maxLength: 3 }))
      .map(([input, values]): Term => ({ kind: 'in', input, values })),
    fc
      .tuple(fc.constantFrom(...AGGREGATE_NAMES, 'nope'), fc.option(tie('term')))
      .map(([name, input]) => agg(name, input)),
  ),
})).term
