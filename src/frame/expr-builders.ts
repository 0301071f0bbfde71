import { invalid } from '../error.ts'
import type { AggregateName, FunctionName } from '../plan/function.ts'
import { type ColumnType, dataTypeOf, t } from './column-type.ts'
import type { Expr, TextOperand } from './expr.ts'
import type { ExtremeOf, StrictOver, TypeOfLiteral } from './expr-type.ts'
import { expr, termFrom, windowTerm } from './lazy-expr.ts'
import type {
  AnyColumn,
  Base,
  DateType,
  Float64,
  Int64,
  Integer,
  Json,
  Maybe,
  Null,
  Time,
  Timestamp,
  Untyped,
  Utf8,
} from './type-tag.ts'

/** A JavaScript value that may stand as a constant. */
export type Literal = string | number | bigint | boolean | Date | Uint8Array | null

/** The column called `name`, of a type that the compiler does not know. */
export function col(name: string): Expr<Untyped> {
  if (typeof name !== 'string') throw invalid(`col: expected a name, got ${typeof name}`)
  return expr({ kind: 'column', name })
}

/**
 * A constant as an expression.
 *
 * @param type What it is taken for; without it, whatever its place asks for.
 */
export function lit<const V extends Literal>(value: V): Expr<TypeOfLiteral<V>>
export function lit<C extends AnyColumn, const V extends Literal>(
  value: V,
  type: ColumnType<C>,
): Expr<V extends null ? Null<Base<C>> : Base<C>>
export function lit(value: Literal, type?: ColumnType<AnyColumn>): Expr<Untyped> {
  const term = termFrom(value, 'lit')
  if (type === undefined || term.kind !== 'literal') return expr(term)
  return expr({ ...term, type: dataTypeOf(type, 'lit') })
}

const aggregate = (name: AggregateName): Expr<Untyped> =>
  expr({ kind: 'aggregate', name, input: null })

type EpochUnit = 'day' | 'hour' | 'minute' | 'second' | 'millisecond' | 'microsecond'
const utf8Type = t.utf8()

type Operands = readonly [Literal | Expr<unknown>, ...(Literal | Expr<unknown>)[]]
type WholeNumber = number | bigint | Expr<Maybe<Integer>>

const callOf = (name: FunctionName, values: readonly unknown[]): Expr<Untyped> =>
  expr({ kind: 'call', name, args: values.map((value) => termFrom(value, name)) })

function formatted(template: unknown, values: readonly unknown[]): Expr<Untyped> {
  const pieces = typeof template === 'string' ? template.split('{}') : []
  if (pieces.length !== values.length + 1) {
    throw invalid(
      `format: the template has ${pieces.length - 1} times {}, for ${values.length} values`,
    )
  }
  const parts = values.flatMap((value, at): unknown[] => {
    const text = expr(termFrom(value, 'format')).cast(utf8Type)
    return [text, pieces[at + 1]]
  })
  return callOf('concat', [pieces[0], ...parts])
}

/** Functions that belong to no column. */
export const fn = Object.freeze({
  /** How many rows there are, nulls included. */
  count: (): Expr<Int64> => aggregate('count'),
  /** The greatest value; nulls are left out. */
  greatest: <const V extends Operands>(...values: V): Expr<ExtremeOf<V[number]>> =>
    callOf('greatest', values),
  /** The least value; nulls are left out. */
  least: <const V extends Operands>(...values: V): Expr<ExtremeOf<V[number]>> =>
    callOf('least', values),
  /** Texts with `separator` between them; nulls are left out. */
  concatWith: (separator: string, ...texts: [TextOperand, ...TextOperand[]]): Expr<Utf8> =>
    callOf('concatWith', [separator, ...texts]),
  /** A date of whole numbers; INVALID when run where there is none. */
  date: <Y extends WholeNumber, M extends WholeNumber, D extends WholeNumber>(
    year: Y,
    month: M,
    day: D,
  ): Expr<StrictOver<never, Y | M | D, DateType>> => callOf('makeDate', [year, month, day]),
  /** A timestamp of microseconds; INVALID when run where there is none. */
  timestamp: <V extends WholeNumber = number>(
    year: V | number,
    month: V | number,
    day: V | number,
    hour: V | number = 0,
    minute: V | number = 0,
    second: V | number = 0,
  ): Expr<StrictOver<never, V, Timestamp>> =>
    callOf('makeTimestamp', [year, month, day, hour, minute, second]),
  /** A time of day; INVALID when run where there is none. */
  time: <V extends WholeNumber>(
    hour: V,
    minute: V | number = 0,
    second: V | number = 0,
  ): Expr<StrictOver<never, V, Time>> => callOf('makeTime', [hour, minute, second]),
  /** The timestamp of microseconds that many units after 1970-01-01. */
  fromEpoch: <V extends WholeNumber>(
    value: V,
    unit: EpochUnit,
  ): Expr<StrictOver<never, V, Timestamp>> => callOf('fromEpoch', [value, unit]),
  /** The template with each `{}` replaced by the next value; null where one is. */
  format: <const V extends Operands>(
    template: string,
    ...values: V
  ): Expr<StrictOver<never, V[number], Utf8>> => formatted(template, values),
  /** A json list of the values, of any types but binary; null is JSON's null. */
  jsonArray: (...values: readonly (Literal | Expr<unknown>)[]): Expr<Json> =>
    callOf('jsonArray', values),
  /** A json object of named values, of any types but binary; null is JSON's null. */
  jsonObject: (members: Readonly<Record<string, Literal | Expr<unknown>>>): Expr<Json> =>
    callOf('jsonObject', Object.entries(members).flat(1)),
  /** The character of a code point; INVALID when run for what is none. */
  character: <V extends WholeNumber>(code: V): Expr<StrictOver<never, V, Utf8>> =>
    callOf('fromCodePoint', [code]),
  /** The place of a row, from 1; equal rows share one, and leave out as many after it. */
  rank: (): Expr<Int64> => expr(windowTerm('rank', [])),
  /** The place of a row, from 1; equal rows share one, and none is left out. */
  denseRank: (): Expr<Int64> => expr(windowTerm('denseRank', [])),
  /** The number of a row, from 1; equal rows count as they came. */
  rowNumber: (): Expr<Int64> => expr(windowTerm('rowNumber', [])),
  /** Which part of the others comes before a row: 0 to 1. */
  percentRank: (): Expr<Float64> => expr(windowTerm('percentRank', [])),
  /** Which part of the rows comes before a row or is equal to it: above 0, to 1. */
  cumeDist: (): Expr<Float64> => expr(windowTerm('cumeDist', [])),
  /** The rows in `parts` parts as equal as can be, from 1; the first ones are one row longer. */
  ntile: (parts: number): Expr<Int64> => expr(windowTerm('ntile', [], parts)),
  /** The ratio of a circle's circumference to its diameter. */
  pi: (): Expr<Float64> => lit(Math.PI) as Expr<Float64>,
})
