import type {
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
  Null,
  Numeric,
  Of,
  Timestamp,
  Uint8,
  Uint16,
  Uint32,
  Untyped,
  Utf8,
} from './type-tag.ts'

/** The columns that may be compared with `T`. */
export type Kin<T> = T extends Numeric
  ? Numeric
  : T extends DateType | Timestamp
    ? DateType | Timestamp
    : T

/** The column type of an operand: that of an expression, or nothing for a literal. */
type ColumnsIn<V> = V extends Of<infer T> ? T : never

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

type NeverNull<V> = [Exclude<V, Of<Null<AnyTag>> | null>] extends [never] ? false : true

/** Result of `coalesce`: null only when every operand may be. */
export type CoalesceOf<T, V> = 0 extends 1 & T
  ? Untyped
  : 0 extends 1 & ColumnsIn<V>
    ? Untyped
    : T extends Null<unknown>
      ? NeverNull<V> extends true
        ? SuperBase<Of<T> | V>
        : Null<SuperBase<Of<T> | V>>
      : SuperBase<Of<T> | V>

/** Result of `sum`, which is null over no rows. */
export type SumOf<T> = 0 extends 1 & T
  ? Untyped
  : Base<T> extends Integer
    ? Null<Int64>
    : Base<T> extends Decimal
      ? Null<Decimal>
      : Null<Float64>

/** Result of `greatest` and `least` over operands `V`: null only when every one may be. */
export type ExtremeOf<V> = 0 extends 1 & SuperBase<V>
  ? Untyped
  : NeverNull<V> extends true
    ? SuperBase<V>
    : Null<SuperBase<V>>
