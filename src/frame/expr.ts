import type { ColumnType } from './column-type.ts'
import type { Arithmetic, CoalesceOf, Kin, NumericOf, StrictOver, SumOf } from './result-type.ts'
import type { TextMethods } from './text-methods.ts'
import type { TimeMethods } from './time-methods.ts'
import type {
  AnyColumn,
  Base,
  Bool,
  Float64,
  Int64,
  Integer,
  LiteralOf,
  Maybe,
  Null,
  Nullable,
  Numeric,
  Strict,
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
export type ColumnOf<E> = E extends Expr<infer T> ? T : never
