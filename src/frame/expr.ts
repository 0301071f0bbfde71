import type { ColumnType } from './column-type.ts'
import type { Arithmetic, CoalesceOf, Kin, NumericOf, StrictOver, SumOf } from './expr-type.ts'
import type {
  AnyColumn,
  Base,
  Binary,
  Bool,
  DateType,
  Float64,
  Int32,
  Int64,
  Integer,
  Json,
  List,
  LiteralOf,
  Maybe,
  Null,
  Nullable,
  Numeric,
  Of,
  Strict,
  Struct,
  Time,
  Timestamp,
  Untyped,
  Utf8,
} from './type-tag.ts'
import type { WindowRows } from './window-rows.ts'

/** What may be compared with a column `T`: a literal of it, or an expression of its kind. */
export type Operand<T> = LiteralOf<T> | Expr<Maybe<Kin<Base<T>>>>

type NumberOperand<T> = LiteralOf<T> | Expr<Maybe<Numeric>>
type WholeOperand = number | bigint | Expr<Maybe<Integer>>

/**
 * How a value is computed from a row, with the type of the result. Made from columns
 * (`o => o.amount`, `col`), literals and other expressions; frozen, and runs nothing itself.
 * Null goes through every method unless its text says otherwise. Wrong names and types are
 * reported by the frame's verb that the expression is given to.
 *
 * JavaScript's own operators do not work on it (`o.a > 3`, `o.a && o.b`): write `o.a.gt(3)` and
 * `o.a.and(o.b)`. Operators that ask for a primitive throw INVALID.
 */
export interface Expr<out T> extends Of<T> {
  /** Sum; overflow of an exact type is INVALID when run. */
  add<V extends NumberOperand<T>>(this: Expr<Maybe<Numeric>>, value: V): Expr<Arithmetic<T, V>>
  sub<V extends NumberOperand<T>>(this: Expr<Maybe<Numeric>>, value: V): Expr<Arithmetic<T, V>>
  mul<V extends NumberOperand<T>>(this: Expr<Maybe<Numeric>>, value: V): Expr<Arithmetic<T, V>>
  /** True division in float64; by an exact 0 it is INVALID when run. */
  div<V extends NumberOperand<T>>(
    this: Expr<Maybe<Numeric>>,
    value: V,
  ): Expr<StrictOver<T, V, Float64>>
  /** Division of integers, truncating; by 0 it is INVALID when run. */
  intDiv<V extends number | bigint | Expr<Maybe<Integer>>>(
    this: Expr<Maybe<Integer>>,
    value: V,
  ): Expr<Arithmetic<T, V>>
  /** Remainder with the sign of the dividend; by an exact 0 it is INVALID when run. */
  mod<V extends NumberOperand<T>>(this: Expr<Maybe<Numeric>>, value: V): Expr<Arithmetic<T, V>>
  neg(this: Expr<Maybe<Numeric>>): Expr<T>
  abs(this: Expr<Maybe<Numeric>>): Expr<T>
  /** To `digits` (default 0) after the point, half away from zero. */
  round(this: Expr<Maybe<Numeric>>, digits?: number): Expr<Strict<T, NumericOf<Base<T>>>>
  floor(this: Expr<Maybe<Numeric>>): Expr<Strict<T, NumericOf<Base<T>>>>
  ceil(this: Expr<Maybe<Numeric>>): Expr<Strict<T, NumericOf<Base<T>>>>
  sqrt(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  pow<V extends NumberOperand<T>>(
    this: Expr<Maybe<Numeric>>,
    exponent: V,
  ): Expr<StrictOver<T, V, Float64>>
  exp(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Natural logarithm. */
  ln(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Logarithm to a base. */
  log(this: Expr<Maybe<Numeric>>, base: number): Expr<Strict<T, Float64>>
  log2(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  log10(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  cbrt(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Angles are in radians. What has no value is NaN, e.g. `asin` of 2. */
  sin(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  cos(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  tan(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  asin(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  acos(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  atan(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Angle of the point whose y this is, and x the argument. */
  atan2<V extends NumberOperand<T>>(
    this: Expr<Maybe<Numeric>>,
    x: V,
  ): Expr<StrictOver<T, V, Float64>>
  sinh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  cosh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  tanh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Radians as degrees. */
  degrees(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Degrees as radians. */
  radians(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Without what stands after the point. */
  trunc(this: Expr<Maybe<Numeric>>): Expr<Strict<T, NumericOf<Base<T>>>>
  /** -1, 0 or 1; of NaN 0. */
  sign(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Int32>>
  isNan(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Bool>>
  isFinite(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Bool>>
  isInfinite(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Bool>>
  /** Greatest common divisor, never negative. */
  gcd<V extends WholeOperand>(this: Expr<Maybe<Integer>>, value: V): Expr<StrictOver<T, V, Int64>>
  /** Least common multiple, never negative; overflow is INVALID when run. */
  lcm<V extends WholeOperand>(this: Expr<Maybe<Integer>>, value: V): Expr<StrictOver<T, V, Int64>>
  /** Of 0 to 20, INVALID when run for others. */
  factorial(this: Expr<Maybe<Integer>>): Expr<Strict<T, Int64>>
  /** Which of `count` buckets from `least` to `greatest` it is in, from 1; 0 below, count + 1 above. */
  widthBucket(
    this: Expr<Maybe<Numeric>>,
    least: number,
    greatest: number,
    count: number,
  ): Expr<Strict<T, Int32>>
  /** Bits count as those of an int64 in two's complement. */
  bitAnd<V extends WholeOperand>(
    this: Expr<Maybe<Integer>>,
    value: V,
  ): Expr<StrictOver<T, V, Int64>>
  bitOr<V extends WholeOperand>(this: Expr<Maybe<Integer>>, value: V): Expr<StrictOver<T, V, Int64>>
  bitXor<V extends WholeOperand>(
    this: Expr<Maybe<Integer>>,
    value: V,
  ): Expr<StrictOver<T, V, Int64>>
  bitNot(this: Expr<Maybe<Integer>>): Expr<Strict<T, Int64>>
  /** How many bits are 1. */
  bitCount(this: Expr<Maybe<Integer>>): Expr<Strict<T, Int32>>
  /** By 0 to 63 bits; what is pushed out is lost. */
  shiftLeft(this: Expr<Maybe<Integer>>, bits: number): Expr<Strict<T, Int64>>
  /** By 0 to 63 bits, keeping the sign. */
  shiftRight(this: Expr<Maybe<Integer>>, bits: number): Expr<Strict<T, Int64>>

  /** Equal; NaN equals NaN, and null compared with anything is null. */
  eq<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** Equal, where null equals null and nothing else; never null itself. */
  eqNullSafe<V extends Operand<T> | null>(value: V): Expr<Bool>
  ne<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  lt<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  lte<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  gt<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  gte<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** At least `least` and at most `greatest`. */
  between<V extends Operand<T>>(least: V, greatest: V): Expr<StrictOver<T, V, Bool>>
  /** One of `values`; null when it is none of them and one of them is null, as in SQL. */
  in<V extends LiteralOf<T> | null>(values: readonly V[]): Expr<StrictOver<T, V, Bool>>
  isNull(): Expr<Bool>
  isNotNull(): Expr<Bool>

  /** Three-valued: false and null is false. */
  and<V extends Expr<Maybe<Bool>>>(this: Expr<Maybe<Bool>>, other: V): Expr<StrictOver<T, V, Bool>>
  /** Three-valued: true or null is true. */
  or<V extends Expr<Maybe<Bool>>>(this: Expr<Maybe<Bool>>, other: V): Expr<StrictOver<T, V, Bool>>
  not(this: Expr<Maybe<Bool>>): Expr<T>

  /** The first of this and `values` that is not null. */
  coalesce<V extends Operand<T>>(...values: [V, ...V[]]): Expr<CoalesceOf<T, V>>
  /** Null where this equals `value`, this otherwise. */
  nullIf<V extends Operand<T>>(value: V): Expr<Nullable<T>>
  /** As another type; a value that it cannot hold is INVALID when run. */
  cast<C extends AnyColumn>(type: ColumnType<C>): Expr<Strict<T, Base<C>>>
  /** As another type; null where it cannot hold the value. */
  tryCast<C extends AnyColumn>(type: ColumnType<C>): Expr<Null<Base<C>>>

  /** Methods of text columns. */
  readonly str: TextMethods<T>
  /** Methods of date, time and timestamp columns. */
  readonly dt: TimeMethods<T>
  /** Methods of json columns. */
  readonly json: JsonMethods<T>
  /** Methods of list columns. */
  readonly list: ListMethods<T>
  /** Methods of struct columns. */
  readonly struct: StructMethods<T>

  /** Aggregates leave nulls out, and are null over no values. Integers sum to int64. */
  sum(this: Expr<Maybe<Numeric>>): Expr<SumOf<T>>
  mean(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  min(): Expr<Nullable<T>>
  max(): Expr<Nullable<T>>
  /** How many values are not null; never null itself. */
  count(): Expr<Int64>
  /** How many different values there are, null left out; never null itself. */
  countDistinct(): Expr<Int64>
  /** Some value that is not null. */
  any(): Expr<Nullable<T>>
  /** The value of the first row, null included. */
  first(): Expr<Nullable<T>>
  /** The value of the last row, null included. */
  last(): Expr<Nullable<T>>
  /** Standard deviation of the sample; null over fewer than two values. */
  stddev(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Variance of the sample; null over fewer than two values. */
  variance(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** The values that are not null, in the order of the rows, as a list; never null itself. */
  collectList(): Expr<List<Base<T>>>
  /** The middle value, or the mean of the two middle ones. */
  median(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>

  /** The value `rows` rows (1) before in the window; `otherwise` (null) where there is no such row. */
  lag(rows?: number): Expr<Nullable<T>>
  lag<V extends Operand<T>>(rows: number, otherwise: V): Expr<StrictOver<T, V, Base<T>>>
  /** The value `rows` rows (1) after in the window; `otherwise` (null) where there is no such row. */
  lead(rows?: number): Expr<Nullable<T>>
  lead<V extends Operand<T>>(rows: number, otherwise: V): Expr<StrictOver<T, V, Base<T>>>
  /** The value of row `position` of the frame, from 1; null where it has fewer. */
  nth(position: number): Expr<Nullable<T>>
  /** The value's share of the sum over the partition; null where that is 0. */
  ratioToReport(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /**
   * An aggregate or a window function (`lag`, `lead`, `nth`, `ratioToReport`, `fn.rank`, ...) over
   * the rows around each row: one value a row. For `select`, `withColumns` and `filter`.
   */
  over(rows?: WindowRows<Expr<unknown>>): Expr<T>
}

/** Named outputs of a callback. */
export type Exprs = Readonly<Record<string, Expr<unknown>>>

/** The column that an expression yields. */
export type ColumnOf<E> = 0 extends 1 & E ? Untyped : E extends Expr<infer T> ? T : never

type Text = Of<Maybe<Utf8>>
type Bytes = Of<Maybe<Utf8 | Binary>>
/** Text to match or add. */
export type TextOperand = string | Expr<Maybe<Utf8>>

/** Methods of text columns, at `o.name.str`. Lengths and positions count characters (code points). */
export interface TextMethods<T> extends Of<T> {
  lower(this: Text): Expr<T>
  upper(this: Text): Expr<T>
  length(this: Text): Expr<Strict<T, Int32>>
  /** Without white space at both ends. */
  trim(this: Text): Expr<T>
  trimStart(this: Text): Expr<T>
  trimEnd(this: Text): Expr<T>
  startsWith(this: Text, prefix: TextOperand): Expr<Strict<T, Bool>>
  endsWith(this: Text, suffix: TextOperand): Expr<Strict<T, Bool>>
  contains(this: Text, part: TextOperand): Expr<Strict<T, Bool>>
  /** Matches a pattern whole: `%` stands for any text, `_` for one character, `\` escapes. */
  like(this: Text, pattern: string): Expr<Strict<T, Bool>>
  /** `length` characters (default: all) from position `start` on: 0-based, or negative from the end. */
  slice(this: Text, start: number, length?: number): Expr<T>
  /** With every `part` replaced by `replacement`. */
  replace(this: Text, part: string, replacement: string): Expr<T>
  /** As `like`, whatever the case of letters. */
  ilike(this: Text, pattern: string): Expr<Strict<T, Bool>>
  reverse(this: Text): Expr<T>
  /** Each word's first letter in upper case, the others in lower case. */
  titleCase(this: Text): Expr<T>
  repeat(this: Text, count: number): Expr<T>
  /** Made `size` characters long: cut at its end, or filled at its start. */
  padStart(this: Text, size: number, fill?: string): Expr<T>
  padEnd(this: Text, size: number, fill?: string): Expr<T>
  /** The first `count` characters; all but the last `-count` for a negative one. */
  left(this: Text, count: number): Expr<T>
  /** The last `count` characters; all but the first `-count` for a negative one. */
  right(this: Text, count: number): Expr<T>
  /** Position of `part`, from 0; -1 where it is not. */
  indexOf(this: Text, part: TextOperand): Expr<Strict<T, Int32>>
  /** How often `part` stands in it, without overlaps. */
  countMatches(this: Text, part: TextOperand): Expr<Strict<T, Int32>>
  /** The part at `index` between separators, from 0, or negative from the end; empty without one. */
  splitPart(this: Text, separator: string, index: number): Expr<T>
  /** Each character of `from` replaced by that of `to` at its place, or left out. */
  translate(this: Text, from: string, to: string): Expr<T>
  stripPrefix(this: Text, prefix: TextOperand): Expr<T>
  stripSuffix(this: Text, suffix: TextOperand): Expr<T>
  /** Without any of `characters` at both ends. */
  trimCharacters(this: Text, characters: string): Expr<T>
  /** Bytes in UTF-8, or of a binary value. */
  byteLength(this: Bytes): Expr<Strict<T, Int32>>
  /** Code point of the first character; 0 of the empty text. */
  codePoint(this: Text): Expr<Strict<T, Int32>>
  /** Levenshtein distance in characters. */
  editDistance(this: Text, other: TextOperand): Expr<Strict<T, Int32>>
  toHex(this: Bytes): Expr<Strict<T, Utf8>>
  fromHex(this: Text): Expr<Strict<T, Binary>>
  toBase64(this: Bytes): Expr<Strict<T, Utf8>>
  fromBase64(this: Text): Expr<Strict<T, Binary>>
  urlEncode(this: Text): Expr<T>
  urlDecode(this: Text): Expr<T>
  /** Digests of the bytes, in hexadecimal. */
  md5(this: Bytes): Expr<Strict<T, Utf8>>
  sha256(this: Bytes): Expr<Strict<T, Utf8>>
  /** Whether a regular expression matches somewhere. RE2's syntax, in time linear in the text. */
  matches(this: Text, pattern: string): Expr<Strict<T, Bool>>
  /** What the group (0: the whole) of the first match covers; null without a match. */
  matchAt(this: Text, pattern: string, group?: number): Expr<Nullable<T>>
  countPattern(this: Text, pattern: string): Expr<Strict<T, Int32>>
  /** With every match replaced; `$1` stands for what the first group covers. */
  replacePattern(this: Text, pattern: string, replacement: string): Expr<T>
  /** The date of a text such as `31.12.2026` in the format `%d.%m.%Y`; INVALID for others when run. */
  toDate(this: Text, format: string): Expr<Strict<T, DateType>>
  toTimestamp(this: Text, format: string): Expr<Strict<T, Timestamp>>
  /** As `toDate`, and null where the text is none. */
  tryToDate(this: Text, format: string): Expr<Null<DateType>>
  tryToTimestamp(this: Text, format: string): Expr<Null<Timestamp>>
  /** Followed by `others`, in order. */
  concat(this: Text, ...others: TextOperand[]): Expr<T>
}

type Day = Of<Maybe<DateType | Timestamp>>
type Clock = Of<Maybe<Time | Timestamp>>

export type TruncateUnit =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'

export type TimeUnit = TruncateUnit | 'millisecond' | 'microsecond'

/** Methods of date, time and timestamp columns, at `o.placed_at.dt`. Zoned timestamps read as UTC. */
export interface TimeMethods<T> extends Of<T> {
  year(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 4. */
  quarter(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 12. */
  month(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 31. */
  day(this: Day): Expr<Strict<T, Int32>>
  /** 1 for Monday to 7 for Sunday. */
  dayOfWeek(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 366. */
  dayOfYear(this: Day): Expr<Strict<T, Int32>>
  hour(this: Clock): Expr<Strict<T, Int32>>
  minute(this: Clock): Expr<Strict<T, Int32>>
  /** Whole seconds, 0 to 59. */
  second(this: Clock): Expr<Strict<T, Int32>>
  /** The calendar day. */
  date(this: Day): Expr<Strict<T, DateType>>
  /** ISO 8601 week, 1 to 53, and the year that it belongs to. */
  isoWeek(this: Day): Expr<Strict<T, Int32>>
  isoYear(this: Day): Expr<Strict<T, Int32>>
  decade(this: Day): Expr<Strict<T, Int32>>
  century(this: Day): Expr<Strict<T, Int32>>
  daysInMonth(this: Day): Expr<Strict<T, Int32>>
  isLeapYear(this: Day): Expr<Strict<T, Bool>>
  /** `Monday` to `Sunday`. */
  dayName(this: Day): Expr<Strict<T, Utf8>>
  /** `January` to `December`. */
  monthName(this: Day): Expr<Strict<T, Utf8>>
  /** Thousandths of the second, 0 to 999. */
  millisecond(this: Of<Maybe<Timestamp>>): Expr<Strict<T, Int32>>
  /** Millionths of the second, 0 to 999,999. */
  microsecond(this: Of<Maybe<Timestamp>>): Expr<Strict<T, Int32>>
  /** Whole units since 1970-01-01. */
  epoch(this: Day, unit: TimeUnit): Expr<Strict<T, Int64>>
  /** The last day of the month. */
  monthEnd(this: Day): Expr<Strict<T, DateType>>
  /** The first day after it that is the weekday (1 for Monday to 7). */
  nextDay(this: Day, weekday: number): Expr<Strict<T, DateType>>
  /** `amount` units later, or earlier; a day that the month has not becomes its last. */
  add<V extends WholeOperand>(this: Day, amount: V, unit: TimeUnit): Expr<StrictOver<T, V, Base<T>>>
  /** How many beginnings of the unit lie between `earlier` and this. */
  diff<V extends string | Date | Expr<Maybe<DateType | Timestamp>>>(
    this: Day,
    earlier: V,
    unit: TimeUnit,
  ): Expr<StrictOver<T, V, Int64>>
  /** In a format of `%Y %m %d %H %M %S %f` and others of C's strftime; `%-d` without zeros. */
  format(this: Day, format: string): Expr<Strict<T, Utf8>>
  /** What clocks in a zone such as `Europe/Berlin` show at that time of UTC. */
  toZone(this: Of<Maybe<Timestamp>>, zone: string): Expr<T>
  /** The time of UTC at which clocks in the zone show it, the earlier where it is shown twice. */
  fromZone(this: Of<Maybe<Timestamp>>, zone: string): Expr<T>
  /** The start of the `unit` that the moment is in; weeks start on Monday. */
  truncate(this: Day, unit: TruncateUnit): Expr<T>
}

/** Methods of json columns, at `o.doc.json`. A path is `$.a.b[0]["c d"]`. */
export interface JsonMethods<T> extends Of<T> {
  /** What stands at a path, as json; null where nothing does. */
  get(this: Of<Maybe<Json>>, path: string): Expr<Null<Json>>
  /** The text at a path, a string without its quotes; null where nothing or null stands. */
  text(this: Of<Maybe<Json>>, path?: string): Expr<Null<Utf8>>
  /** `object`, `array`, `string`, `number`, `boolean` or `null`. */
  type(this: Of<Maybe<Json>>): Expr<Strict<T, Utf8>>
  /** How many values an array has, or names an object; null for others. */
  length(this: Of<Maybe<Json>>): Expr<Null<Int32>>
  /** The values of the array or object at a path, as a list; null where neither stands. */
  elements(this: Of<Maybe<Json>>, path?: string): Expr<Null<List<Json>>>
}

/** The type of the values in a list column `T`. */
export type ElementOf<T> = 0 extends 1 & T ? Untyped : Base<T> extends List<infer E> ? E : never

/** The columns of a struct column `T`. */
type MembersOf<T> = 0 extends 1 & T ? Untyped : Base<T> extends Struct<infer M> ? M : never

/** Methods of list columns, at `o.tags.list`. Positions count from 0. */
export interface ListMethods<T> extends Of<T> {
  /** The value at `position`, negative from the end; null where there is none. */
  get(
    this: Of<Maybe<List<unknown>>>,
    position: number | Expr<Maybe<Integer>>,
  ): Expr<Nullable<ElementOf<T>>>
  /** How many values it has, nulls included. */
  length(this: Of<Maybe<List<unknown>>>): Expr<Strict<T, Int32>>
  /** Whether one of its values equals `value`; nulls in it equal nothing. */
  contains<V extends Operand<ElementOf<T>>>(
    this: Of<Maybe<List<unknown>>>,
    value: V,
  ): Expr<StrictOver<T, V, Bool>>
}

/** Methods of struct columns, at `o.address.struct`. */
export interface StructMethods<T> extends Of<T> {
  /** The member `name`; null where the struct is. */
  field<K extends keyof MembersOf<T> & string>(name: K): Expr<Nullable<MembersOf<T>[K]>>
}
