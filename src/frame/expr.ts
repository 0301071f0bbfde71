import type { ColumnType } from './column-type.ts'
import type {
  Arithmetic,
  CaseOf,
  CoalesceOf,
  Kin,
  NumericOf,
  StrictOver,
  SumOf,
} from './expr-type.ts'
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
import type { ListAggOptions, WindowRows } from './window-rows.ts'

/** What may be compared with a column `T`: a literal of it, or an expression of its kind. */
export type Operand<T> = LiteralOf<T> | Expr<Maybe<Kin<Base<T>>>>

type NumberOperand<T> = LiteralOf<T> | Expr<Maybe<Numeric>>
type ResultOperand = string | number | bigint | boolean | Date | null | Expr<unknown>
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
  /** Difference; overflow of an exact type is INVALID when run. */
  sub<V extends NumberOperand<T>>(this: Expr<Maybe<Numeric>>, value: V): Expr<Arithmetic<T, V>>
  /** Product; overflow of an exact type is INVALID when run. */
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
  /** With the other sign. */
  neg(this: Expr<Maybe<Numeric>>): Expr<T>
  /** Without its sign. */
  abs(this: Expr<Maybe<Numeric>>): Expr<T>
  /** To `digits` (default 0) after the point, half away from zero. */
  round(this: Expr<Maybe<Numeric>>, digits?: number): Expr<Strict<T, NumericOf<Base<T>>>>
  /** The greatest whole number that is not above it. */
  floor(this: Expr<Maybe<Numeric>>): Expr<Strict<T, NumericOf<Base<T>>>>
  /** The least whole number that is not below it. */
  ceil(this: Expr<Maybe<Numeric>>): Expr<Strict<T, NumericOf<Base<T>>>>
  /** Square root; NaN of a negative number. */
  sqrt(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** To the power of `exponent`. */
  pow<V extends NumberOperand<T>>(
    this: Expr<Maybe<Numeric>>,
    exponent: V,
  ): Expr<StrictOver<T, V, Float64>>
  /** e to this power. */
  exp(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Natural logarithm. */
  ln(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Logarithm to a base. */
  log(this: Expr<Maybe<Numeric>>, base: number): Expr<Strict<T, Float64>>
  /** Logarithm to base 2. */
  log2(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Logarithm to base 10. */
  log10(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Cube root. */
  cbrt(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Sine. Angles are in radians; what has no value is NaN, e.g. `asin` of 2. */
  sin(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Cosine. */
  cos(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Tangent. */
  tan(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Inverse of the sine. */
  asin(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Inverse of the cosine. */
  acos(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Inverse of the tangent. */
  atan(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Angle of the point whose y this is, and x the argument. */
  atan2<V extends NumberOperand<T>>(
    this: Expr<Maybe<Numeric>>,
    x: V,
  ): Expr<StrictOver<T, V, Float64>>
  /** Hyperbolic sine. */
  sinh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Hyperbolic cosine. */
  cosh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Hyperbolic tangent. */
  tanh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Radians as degrees. */
  degrees(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Degrees as radians. */
  radians(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Without what stands after the point. */
  trunc(this: Expr<Maybe<Numeric>>): Expr<Strict<T, NumericOf<Base<T>>>>
  /** -1, 0 or 1; of NaN 0. */
  sign(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Int32>>
  /** Whether it is not a number. */
  isNan(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Bool>>
  /** Whether it is neither infinite nor NaN. */
  isFinite(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Bool>>
  /** Whether it is one of both infinities. */
  isInfinite(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Bool>>
  /** Greatest common divisor, never negative. */
  gcd<V extends WholeOperand>(this: Expr<Maybe<Integer>>, value: V): Expr<StrictOver<T, V, Int64>>
  /** Least common multiple, never negative; overflow is INVALID when run. */
  lcm<V extends WholeOperand>(this: Expr<Maybe<Integer>>, value: V): Expr<StrictOver<T, V, Int64>>
  /** Of 0 to 20, INVALID when run for others. */
  factorial(this: Expr<Maybe<Integer>>): Expr<Strict<T, Int64>>
  /** Inverse of the hyperbolic sine. */
  asinh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Inverse of the hyperbolic cosine. */
  acosh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Inverse of the hyperbolic tangent. */
  atanh(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Cotangent. */
  cot(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Natural logarithm of 1 more, exact for small values. */
  log1p(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** e to this power, less 1, exact for small values. */
  expm1(this: Expr<Maybe<Numeric>>): Expr<Strict<T, Float64>>
  /** Not below `least` and not above `greatest`: the nearest of both for what is. */
  clip<L extends Operand<T>, G extends Operand<T>>(
    least: L,
    greatest: G,
  ): Expr<CaseOf<Expr<T> | L | G>>
  /** The start of the bucket of `width` that it is in; buckets begin at `offset` (0). */
  bucket(this: Expr<Maybe<Numeric>>, width: number, offset?: number): Expr<Strict<T, Float64>>
  /** With `digits` (0) after the point, half away from zero, and `group` (none) between thousands. */
  toText(
    this: Expr<Maybe<Numeric>>,
    options?: { readonly digits?: number; readonly group?: string },
  ): Expr<Strict<T, Utf8>>
  /** In digits of a base of 2 to 36. */
  toBase(this: Expr<Maybe<Integer>>, base: number): Expr<Strict<T, Utf8>>
  /** Which of `count` buckets from `least` to `greatest` it is in, from 1; 0 below, count + 1 above. */
  widthBucket(
    this: Expr<Maybe<Numeric>>,
    least: number,
    greatest: number,
    count: number,
  ): Expr<Strict<T, Int32>>
  /** Bits that are 1 in both, of an int64 in two's complement. */
  bitAnd<V extends WholeOperand>(
    this: Expr<Maybe<Integer>>,
    value: V,
  ): Expr<StrictOver<T, V, Int64>>
  /** Bits that are 1 in one of both. */
  bitOr<V extends WholeOperand>(this: Expr<Maybe<Integer>>, value: V): Expr<StrictOver<T, V, Int64>>
  /** Bits that differ. */
  bitXor<V extends WholeOperand>(
    this: Expr<Maybe<Integer>>,
    value: V,
  ): Expr<StrictOver<T, V, Int64>>
  /** Every bit the other way. */
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
  /** Not equal. */
  ne<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** Less than. */
  lt<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** Less than or equal. */
  lte<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** Greater than. */
  gt<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** Greater than or equal. */
  gte<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
  /** At least `least` and at most `greatest`. */
  between<V extends Operand<T>>(least: V, greatest: V): Expr<StrictOver<T, V, Bool>>
  /** One of `values`; null when it is none of them and one of them is null, as in SQL. */
  in<V extends LiteralOf<T> | null>(values: readonly V[]): Expr<StrictOver<T, V, Bool>>
  /** Whether it is null; never null itself. */
  isNull(): Expr<Bool>
  /** Whether it is not null; never null itself. */
  isNotNull(): Expr<Bool>

  /** Three-valued: false and null is false. */
  and<V extends Expr<Maybe<Bool>>>(this: Expr<Maybe<Bool>>, other: V): Expr<StrictOver<T, V, Bool>>
  /** Three-valued: true or null is true. */
  or<V extends Expr<Maybe<Bool>>>(this: Expr<Maybe<Bool>>, other: V): Expr<StrictOver<T, V, Bool>>
  /** True where it is false, false where it is true. */
  not(this: Expr<Maybe<Bool>>): Expr<T>
  /** Whether exactly one of both is true. */
  xor<V extends Expr<Maybe<Bool>>>(this: Expr<Maybe<Bool>>, other: V): Expr<StrictOver<T, V, Bool>>

  /** The first of this and `values` that is not null. */
  coalesce<V extends Operand<T>>(...values: [V, ...V[]]): Expr<CoalesceOf<T, V>>
  /** Null where this equals `value`, this otherwise. */
  nullIf<V extends Operand<T>>(value: V): Expr<Nullable<T>>
  /** The result beside the first value that this equals (null equals null), else `otherwise` (null). */
  decode<const V extends ResultOperand, const D extends ResultOperand = null>(
    pairs: readonly (readonly [LiteralOf<T> | null, V])[],
    otherwise?: D,
  ): Expr<CaseOf<V | D>>
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
  /** Mean, from an exact or compensated sum. */
  mean(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** The least value. */
  min(): Expr<Nullable<T>>
  /** The greatest value. */
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
  /** How many rows it is true in; never null itself. */
  countIf(this: Expr<Maybe<Bool>>): Expr<Int64>
  /** Whether it is true in all rows where it is not null. */
  boolAnd(this: Expr<Maybe<Bool>>): Expr<Null<Bool>>
  /** Whether it is true in one of the rows. */
  boolOr(this: Expr<Maybe<Bool>>): Expr<Null<Bool>>
  /** Bits of int64 that are 1 in all values. */
  bitwiseAnd(this: Expr<Maybe<Integer>>): Expr<Null<Int64>>
  /** Bits of int64 that are 1 in one of the values. */
  bitwiseOr(this: Expr<Maybe<Integer>>): Expr<Null<Int64>>
  /** Bits of int64 that are 1 in an odd number of values. */
  bitwiseXor(this: Expr<Maybe<Integer>>): Expr<Null<Int64>>
  /** The values multiplied, in float64. */
  product(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Standard deviation where the values are all there is, and no sample. */
  stddevPop(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Variance where the values are all there is, and no sample. */
  variancePop(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** How lopsided a sample is; null over fewer than three values, NaN where all are equal. */
  skewness(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** How heavy its tails are, 0 for a normal distribution; null over fewer than four values. */
  kurtosis(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** The value below which the part `at` (0 to 1) of them lies, between two of them where need be. */
  quantile(this: Expr<Maybe<Numeric>>, at: number): Expr<Null<Float64>>
  /** The first value, in their order, up to which the part `at` (0 to 1) of them lies. */
  quantileDisc(at: number): Expr<Nullable<T>>
  /** The most frequent value, of several the least. */
  mode(): Expr<Nullable<T>>
  /** Shannon's entropy of the values, in bits. */
  entropy(): Expr<Null<Float64>>
  /** Every value with its count, as json: `[{ "value": ..., "count": ... }]`, in the values' order. */
  histogram(): Expr<Null<Json>>
  /**
   * The texts with `separator` (`,`) between them, each once with `distinct`, in the order of the
   * rows or of `orderBy`: an expression, or `asc(...)` and `desc(...)` of one.
   */
  listAgg(
    this: Expr<Maybe<Utf8>>,
    separator?: string,
    options?: ListAggOptions<Expr<unknown>>,
  ): Expr<Null<Utf8>>
  /** The value in the row where `by` is greatest, the first of those. */
  maxBy(by: Expr<unknown>): Expr<Nullable<T>>
  /** The value in the row where `by` is least, the first of those. */
  minBy(by: Expr<unknown>): Expr<Nullable<T>>
  /** Correlation with another column, -1 to 1; null where one of them does not vary. */
  corr(this: Expr<Maybe<Numeric>>, other: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Covariance of all there is. */
  covarPop(this: Expr<Maybe<Numeric>>, other: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Covariance of a sample; null over fewer than two pairs. */
  covarSamp(this: Expr<Maybe<Numeric>>, other: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Slope of the line through the pairs, this being y; null where `x` does not vary. */
  regrSlope(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Where that line meets the axis of y. */
  regrIntercept(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** How much of y's variance that line explains, 0 to 1. */
  regrR2(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** How many pairs there are without a null; never null itself. */
  regrCount(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Int64>
  /** Mean of `x` in those pairs. */
  regrAvgX(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Mean of this in those pairs. */
  regrAvgY(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Sum of the squared distances of `x` to its mean. */
  regrSxx(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Sum of the squared distances of this to its mean. */
  regrSyy(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** Sum of the products of both distances. */
  regrSxy(this: Expr<Maybe<Numeric>>, x: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
  /** About how many different values there are, by HyperLogLog: within 5 % nearly always. */
  approxCountDistinct(): Expr<Int64>
  /** About the quantile `at` (0 to 1), by a t-digest: closest at both ends. */
  approxQuantile(this: Expr<Maybe<Numeric>>, at: number): Expr<Null<Float64>>
  /**
   * The `count` (1 to 1,000) most frequent values, as json: `[{ "value": ..., "count": ... }]`. A count
   * is exact up to `100 * count` (at least 1,000) different values, and else too small by at most the
   * number of rows divided by that.
   */
  approxTopK(count: number): Expr<Null<Json>>

  /** The value `rows` rows (1) before in the window; `otherwise` (null) where there is no such row. */
  lag(rows?: number): Expr<Nullable<T>>
  lag<V extends Operand<T>>(rows: number, otherwise: V): Expr<StrictOver<T, V, Base<T>>>
  /** The value `rows` rows (1) after in the window; `otherwise` (null) where there is no such row. */
  lead(rows?: number): Expr<Nullable<T>>
  lead<V extends Operand<T>>(rows: number, otherwise: V): Expr<StrictOver<T, V, Base<T>>>
  /** How often the value has changed since the partition's first row, from 0; null equals null. */
  runId(): Expr<Int64>
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
  /** In lower case. */
  lower(this: Text): Expr<T>
  /** In upper case. */
  upper(this: Text): Expr<T>
  /** Characters. */
  length(this: Text): Expr<Strict<T, Int32>>
  /** Without white space at both ends. */
  trim(this: Text): Expr<T>
  /** Without white space at its start. */
  trimStart(this: Text): Expr<T>
  /** Without white space at its end. */
  trimEnd(this: Text): Expr<T>
  /** Whether it begins with `prefix`. */
  startsWith<V extends TextOperand>(this: Text, prefix: V): Expr<StrictOver<T, V, Bool>>
  /** Whether it ends with `suffix`. */
  endsWith<V extends TextOperand>(this: Text, suffix: V): Expr<StrictOver<T, V, Bool>>
  /** Whether `part` stands in it. */
  contains<V extends TextOperand>(this: Text, part: V): Expr<StrictOver<T, V, Bool>>
  /** Matches a pattern whole: `%` stands for any text, `_` for one character, `\` escapes. */
  like(this: Text, pattern: string): Expr<Strict<T, Bool>>
  /** `length` characters (default: all) from position `start` on: 0-based, or negative from the end. */
  slice(this: Text, start: number, length?: number): Expr<T>
  /** With every `part` replaced by `replacement`. */
  replace(this: Text, part: string, replacement: string): Expr<T>
  /** As `like`, whatever the case of letters. */
  ilike(this: Text, pattern: string): Expr<Strict<T, Bool>>
  /** Its characters from the last to the first. */
  reverse(this: Text): Expr<T>
  /** Each word's first letter in upper case, the others in lower case. */
  titleCase(this: Text): Expr<T>
  /** `count` times. */
  repeat(this: Text, count: number): Expr<T>
  /** Made `size` characters long: cut at its end, or filled at its start. */
  padStart(this: Text, size: number, fill?: string): Expr<T>
  /** Made `size` characters long: cut, or filled at its end. */
  padEnd(this: Text, size: number, fill?: string): Expr<T>
  /** The first `count` characters; all but the last `-count` for a negative one. */
  left(this: Text, count: number): Expr<T>
  /** The last `count` characters; all but the first `-count` for a negative one. */
  right(this: Text, count: number): Expr<T>
  /** Position of `part`, from 0; -1 where it is not. */
  indexOf<V extends TextOperand>(this: Text, part: V): Expr<StrictOver<T, V, Int32>>
  /** How often `part` stands in it, without overlaps. */
  countMatches<V extends TextOperand>(this: Text, part: V): Expr<StrictOver<T, V, Int32>>
  /** The part at `index` between separators, from 0, or negative from the end; empty without one. */
  splitPart(this: Text, separator: string, index: number): Expr<T>
  /** The parts between separators, as a list; the characters for an empty one. */
  split(this: Text, separator: string): Expr<Strict<T, List<Utf8>>>
  /** Pieces of `size` characters, each with the last `overlap` (0) of the one before, as a list. */
  chunk(this: Text, size: number, overlap?: number): Expr<Strict<T, List<Utf8>>>
  /** Each character of `from` replaced by that of `to` at its place, or left out. */
  translate(this: Text, from: string, to: string): Expr<T>
  /** Without `prefix` at its start. */
  stripPrefix<V extends TextOperand>(this: Text, prefix: V): Expr<StrictOver<T, V, Base<T>>>
  /** Without `suffix` at its end. */
  stripSuffix<V extends TextOperand>(this: Text, suffix: V): Expr<StrictOver<T, V, Base<T>>>
  /** Without any of `characters` at both ends. */
  trimCharacters(this: Text, characters: string): Expr<T>
  /** Bytes in UTF-8, or of a binary value. */
  byteLength(this: Bytes): Expr<Strict<T, Int32>>
  /** Code point of the first character; 0 of the empty text. */
  codePoint(this: Text): Expr<Strict<T, Int32>>
  /** Levenshtein distance in characters. */
  editDistance<V extends TextOperand>(this: Text, other: V): Expr<StrictOver<T, V, Int32>>
  /** The bytes in hexadecimal digits. */
  toHex(this: Bytes): Expr<Strict<T, Utf8>>
  /** The bytes that hexadecimal digits name; INVALID for others when run. */
  fromHex(this: Text): Expr<Strict<T, Binary>>
  /** The bytes in base64. */
  toBase64(this: Bytes): Expr<Strict<T, Utf8>>
  /** The bytes that base64 names; INVALID for others when run. */
  fromBase64(this: Text): Expr<Strict<T, Binary>>
  /** With all but letters, digits and `-_.~` as `%` and two digits. */
  urlEncode(this: Text): Expr<T>
  /** The text that `urlEncode` would make this of; INVALID for others when run. */
  urlDecode(this: Text): Expr<T>
  /** MD5 digest of the bytes, in hexadecimal. */
  md5(this: Bytes): Expr<Strict<T, Utf8>>
  /** SHA-256 digest of the bytes, in hexadecimal. */
  sha256(this: Bytes): Expr<Strict<T, Utf8>>
  /** SHA-1 digest of the bytes, in hexadecimal. */
  sha1(this: Bytes): Expr<Strict<T, Utf8>>
  /** SHA-512 digest of the bytes, in hexadecimal. */
  sha512(this: Bytes): Expr<Strict<T, Utf8>>
  /** The checksum of zip and gzip, 0 to 2^32 - 1. */
  crc32(this: Bytes): Expr<Strict<T, Int64>>
  /** How many characters differ, place by place; INVALID when run for unequal lengths. */
  hamming<V extends TextOperand>(this: Text, other: V): Expr<StrictOver<T, V, Int32>>
  /** As `editDistance`, where exchanging two neighbours is one step. */
  damerau<V extends TextOperand>(this: Text, other: V): Expr<StrictOver<T, V, Int32>>
  /** Which part of the characters of both is in both: 0 to 1. */
  jaccard<V extends TextOperand>(this: Text, other: V): Expr<StrictOver<T, V, Float64>>
  /** Jaro's likeness, 0 to 1. */
  jaro<V extends TextOperand>(this: Text, other: V): Expr<StrictOver<T, V, Float64>>
  /** Jaro's likeness where a common start counts for more (Winkler), 0 to 1. */
  jaroWinkler<V extends TextOperand>(this: Text, other: V): Expr<StrictOver<T, V, Float64>>
  /** How it sounds in English: a letter and three digits; empty without a letter of A to Z. */
  soundex(this: Text): Expr<T>
  /** With `count` characters from position `start` on replaced by `part`. */
  splice(this: Text, start: number, count: number, part: string): Expr<T>
  /** Letters without accents. */
  stripAccents(this: Text): Expr<T>
  /** In a Unicode normal form. */
  normalize(this: Text, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): Expr<T>
  /** Position of the last `part`, from 0; -1 where it is not. */
  lastIndexOf<V extends TextOperand>(this: Text, part: V): Expr<StrictOver<T, V, Int32>>
  /** The whole number that it names in a base (10) of 2 to 36; INVALID for others when run. */
  toInteger(this: Text, base?: number): Expr<Strict<T, Int64>>
  /** Whether it is JSON. */
  isJson(this: Text): Expr<Strict<T, Bool>>
  /** Whether a regular expression matches somewhere. RE2's syntax, in time linear in the text. */
  matches(this: Text, pattern: string): Expr<Strict<T, Bool>>
  /** What the group (0: the whole) of the first match covers; null without a match. */
  matchAt(this: Text, pattern: string, group?: number): Expr<Nullable<T>>
  /** How often the expression matches. */
  countPattern(this: Text, pattern: string): Expr<Strict<T, Int32>>
  /** With every match replaced; `$1` stands for what the first group covers. */
  replacePattern(this: Text, pattern: string, replacement: string): Expr<T>
  /** The date of a text such as `31.12.2026` in the format `%d.%m.%Y`; INVALID for others when run. */
  toDate(this: Text, format: string): Expr<Strict<T, DateType>>
  /** As `toDate`, with a time of day. */
  toTimestamp(this: Text, format: string): Expr<Strict<T, Timestamp>>
  /** As `toDate`, and null where the text is none. */
  tryToDate(this: Text, format: string): Expr<Null<DateType>>
  /** As `toTimestamp`, and null where the text is none. */
  tryToTimestamp(this: Text, format: string): Expr<Null<Timestamp>>
  /** Followed by `others`, in order. */
  concat<V extends TextOperand>(this: Text, ...others: V[]): Expr<StrictOver<T, V, Base<T>>>
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
  /** 0 to 9999. */
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
  /** 0 to 23. */
  hour(this: Clock): Expr<Strict<T, Int32>>
  /** 0 to 59. */
  minute(this: Clock): Expr<Strict<T, Int32>>
  /** Whole seconds, 0 to 59. */
  second(this: Clock): Expr<Strict<T, Int32>>
  /** The calendar day. */
  date(this: Day): Expr<Strict<T, DateType>>
  /** ISO 8601 week, 1 to 53. */
  isoWeek(this: Day): Expr<Strict<T, Int32>>
  /** The year that the ISO week belongs to. */
  isoYear(this: Day): Expr<Strict<T, Int32>>
  /** The year by 10, down. */
  decade(this: Day): Expr<Strict<T, Int32>>
  /** 21 for 2001 to 2100. */
  century(this: Day): Expr<Strict<T, Int32>>
  /** 28 to 31. */
  daysInMonth(this: Day): Expr<Strict<T, Int32>>
  /** Whether its year has 366 days. */
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
  /** The last day before it that is the weekday (1 for Monday to 7). */
  previousDay(this: Day, weekday: number): Expr<Strict<T, DateType>>
  /** The last day of the week, month, quarter or year that it is in. */
  endOf(this: Day, unit: 'week' | 'month' | 'quarter' | 'year'): Expr<Strict<T, DateType>>
  /** Whether it is a Saturday or Sunday. */
  isWeekend(this: Day): Expr<Strict<T, Bool>>
  /** How many whole units lie between `earlier` and this, e.g. years of age. */
  elapsed<V extends string | Date | Expr<Maybe<DateType | Timestamp>>>(
    this: Day,
    earlier: V,
    unit: TimeUnit,
  ): Expr<StrictOver<T, V, Int64>>
  /** Months since `earlier`, days as parts of 31; whole on the same day, or both last, of a month. */
  monthsBetween<V extends string | Date | Expr<Maybe<DateType | Timestamp>>>(
    this: Day,
    earlier: V,
  ): Expr<StrictOver<T, V, Float64>>
  /** The start of the run of `count` units that it is in, counted from Monday 2000-01-03 or January 2000. */
  bucket(this: Day, count: number, unit: TimeUnit): Expr<T>
  /** The time of day. */
  time(this: Of<Maybe<Timestamp>>): Expr<Strict<T, Time>>
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
  /** The names of an object, as a json list; null for others. */
  keys(this: Of<Maybe<Json>>): Expr<Null<Json>>
  /** Whether anything stands at a path, null included. */
  has(this: Of<Maybe<Json>>, path: string): Expr<Strict<T, Bool>>
  /** The whole number at a path; null for others, and for those that JSON's readers round (from 2^53 on). */
  integer(this: Of<Maybe<Json>>, path: string): Expr<Null<Int64>>
  /** The number at a path; null for others. */
  number(this: Of<Maybe<Json>>, path: string): Expr<Null<Float64>>
  /** The true or false at a path; null for others. */
  boolean(this: Of<Maybe<Json>>, path: string): Expr<Null<Bool>>
  /** With the members of `patch` in place of its own; null removes one (RFC 7396). */
  merge<V extends Expr<Maybe<Json>>>(this: Of<Maybe<Json>>, patch: V): Expr<StrictOver<T, V, Json>>
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
  /** Cosine of the angle to a list as long, -1 to 1; null where one is all zeros. INVALID for nulls in them. */
  cosineSimilarity(this: Of<Maybe<List<Numeric>>>, other: VectorOperand): Expr<Null<Float64>>
  /** Euclidean distance to a list as long. INVALID for nulls in them. */
  distance<V extends VectorOperand>(
    this: Of<Maybe<List<Numeric>>>,
    other: V,
  ): Expr<StrictOver<T, V, Float64>>
  /** Sum of the products with a list as long. INVALID for nulls in them. */
  dot<V extends VectorOperand>(
    this: Of<Maybe<List<Numeric>>>,
    other: V,
  ): Expr<StrictOver<T, V, Float64>>
}

/** A list of numbers, or an expression of one. */
type VectorOperand = ArrayLike<number> | Expr<Maybe<List<Numeric>>>

/** Methods of struct columns, at `o.address.struct`. */
export interface StructMethods<T> extends Of<T> {
  /** The member `name`; null where the struct is. */
  field<K extends keyof MembersOf<T> & string>(name: K): Expr<Nullable<MembersOf<T>[K]>>
}
