import type { ColumnType } from './column-type.ts'
import type {
  AnyColumn,
  AnyTag,
  Base,
  Bool,
  DateType,
  Decimal,
  Float,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Integer,
  LiteralOf,
  Maybe,
  Null,
  Nullable,
  Numeric,
  Of,
  Strict,
  Time,
  Timestamp,
  Uint8,
  Uint16,
  Uint32,
  Untyped,
  Utf8,
} from './type-tag.ts'

declare const column: unique symbol

/** What may be compared with a column `T`: a literal of it, or an expression of its kind. */
export type Operand<T> = LiteralOf<T> | Expr<Maybe<Kin<Base<T>>>>

type NumberOperand<T> = LiteralOf<T> | Expr<Maybe<Numeric>>

/**
 * How a value is computed from a row, with the type of the result. Made from columns
 * (`o => o.amount`, `col`), literals and other expressions; frozen, and runs nothing itself.
 * Null goes through every method unless its text says otherwise. Wrong names and types are
 * reported by the frame's verb that the expression is given to.
 *
 * JavaScript's own operators do not work on it (`o.a > 3`, `o.a && o.b`): write `o.a.gt(3)` and
 * `o.a.and(o.b)`. Operators that ask for a primitive throw INVALID.
 */
export interface Expr<out T> {
  /** Only for the compiler. */
  readonly [column]?: T

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

  /** Equal; NaN equals NaN, and null compared with anything is null. */
  eq<V extends Operand<T>>(value: V): Expr<StrictOver<T, V, Bool>>
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
  /** The middle value, or the mean of the two middle ones. */
  median(this: Expr<Maybe<Numeric>>): Expr<Null<Float64>>
}

/** Named outputs of a callback. */
export type Exprs = Readonly<Record<string, Expr<unknown>>>

/** The column that an expression yields. */
export type ColumnOf<E> = 0 extends 1 & E ? Untyped : E extends Expr<infer T> ? T : never

type Text = Of<Maybe<Utf8>>
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
  /** The start of the `unit` that the moment is in; weeks start on Monday. */
  truncate(this: Day, unit: TruncateUnit): Expr<T>
}

/** The columns that may be compared with `T`. */
export type Kin<T> = T extends Numeric
  ? Numeric
  : T extends DateType | Timestamp
    ? DateType | Timestamp
    : T

/** The column type of an operand: that of an expression, or nothing for a literal. */
type ColumnsIn<V> = V extends Expr<infer T> ? T : never

type HasNull<V> = [Extract<V, null> | Extract<ColumnsIn<V>, Null<unknown>>] extends [never]
  ? false
  : true

/** Names like `12` or `-7`; a number with a fraction prints otherwise. */
type IsWhole<V extends number> = `${V}` extends `${bigint}` ? true : false

/**
 * The smallest integer type that holds all of the union `T`; int64 at most. Unsigned beside
 * signed counts as the next wider signed type.
 */
export type IntegerOf<T> = [T] extends [Uint8]
  ? Uint8
  : [T] extends [Uint8 | Uint16]
    ? Uint16
    : [T] extends [Uint8 | Uint16 | Uint32]
      ? Uint32
      : [T] extends [Int8]
        ? Int8
        : [T] extends [Int8 | Int16 | Uint8]
          ? Int16
          : [T] extends [Int8 | Int16 | Int32 | Uint8 | Uint16]
            ? Int32
            : Int64

/** The type of a sum, difference or product of columns `T` (a union without null). */
export type NumericOf<T> = [T] extends [Integer]
  ? IntegerOf<T>
  : [Extract<T, Float>] extends [never]
    ? Decimal
    : Float64

/** What a number literal `V` makes of integers `T`: a fraction makes them float64. */
type WithNumber<T, V extends number> = number extends V
  ? T | Float64
  : IsWhole<V> extends true
    ? T
    : Float64

type WithLiterals<T, V> = [T] extends [Integer]
  ? [Extract<V, number>] extends [never]
    ? T
    : WithNumber<T, Extract<V, number>>
  : T

/** The base type of arithmetic between a column `T` and operands `V`. */
type ArithmeticBase<T, V> = 0 extends 1 & ColumnsIn<V>
  ? Untyped
  : WithLiterals<NumericOf<Base<T> | Base<ColumnsIn<V>>>, V>

/** Puts null over `R` when `T` or an operand in `V` may be null. */
export type StrictOver<T, V, R> = 0 extends 1 & R
  ? Untyped
  : [Extract<T, Null<unknown>> | Extract<ColumnsIn<V>, Null<unknown>>] extends [never]
    ? R
    : Null<R>

/** Result of `add`, `sub`, `mul` and `mod`. */
export type Arithmetic<T, V> = 0 extends 1 & T ? Untyped : StrictOver<T, V, ArithmeticBase<T, V>>

/** The type that columns of the union `T` (without null) have in common. */
export type SuperOf<T> = [T] extends [never]
  ? never
  : [T] extends [Numeric]
    ? [T] extends [Float]
      ? T extends Numeric
        ? NumericOf<T>
        : never
      : NumericOf<T>
    : [T] extends [DateType | Timestamp]
      ? [T] extends [DateType]
        ? DateType
        : Timestamp
      : T

/** The type of a literal that stands alone. */
export type TypeOfLiteral<V> = V extends string
  ? Utf8
  : V extends boolean
    ? Bool
    : V extends bigint
      ? Int64
      : V extends number
        ? number extends V
          ? Float64
          : IsWhole<V> extends true
            ? Int32
            : Float64
        : V extends Date
          ? Timestamp
          : never

/** The base type that operands `V` (expressions and literals) have in common. */
type SuperBase<V> = 0 extends 1 & ColumnsIn<V>
  ? Untyped
  : [ColumnsIn<V>] extends [never]
    ? SuperOf<TypeOfLiteral<V>>
    : WithLiterals<SuperOf<Base<ColumnsIn<V>>>, V>

/** Result of `when().then().otherwise()` over all its outcomes `V`. */
export type CaseOf<V> = 0 extends 1 & SuperBase<V>
  ? Untyped
  : HasNull<V> extends true
    ? Null<SuperBase<V>>
    : SuperBase<V>

type NeverNull<V> = [Exclude<V, Expr<Null<AnyTag>> | null>] extends [never] ? false : true

/** Result of `coalesce`: null only when every operand may be. */
export type CoalesceOf<T, V> = 0 extends 1 & T
  ? Untyped
  : 0 extends 1 & ColumnsIn<V>
    ? Untyped
    : T extends Null<unknown>
      ? NeverNull<V> extends true
        ? SuperBase<Expr<T> | V>
        : Null<SuperBase<Expr<T> | V>>
      : SuperBase<Expr<T> | V>

/** Result of `sum`, which is null over no rows. */
export type SumOf<T> = 0 extends 1 & T
  ? Untyped
  : Base<T> extends Integer
    ? Null<Int64>
    : Base<T> extends Decimal
      ? Null<Decimal>
      : Null<Float64>
