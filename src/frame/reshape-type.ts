import type { SumOf, SuperOf } from './expr-type.ts'
import type { Base, Float64, Int64, Null, Nullable, Untyped } from './type-tag.ts'

/** What a pivot can make of the values of a cell. */
export type PivotAggregate =
  | 'count'
  | 'countDistinct'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'any'
  | 'stddev'
  | 'variance'
  | 'median'

/** The names of a pivot's index. */
export type PivotIndex<I> = I extends readonly (infer N)[] ? N & string : I & string

/** The column that the aggregate `A` makes of a column `T`. */
export type PivotColumn<T, A> = 0 extends 1 & T
  ? Untyped
  : A extends 'count' | 'countDistinct'
    ? Int64
    : A extends 'sum'
      ? SumOf<T>
      : A extends 'min' | 'max' | 'any'
        ? Nullable<T>
        : Null<Float64>

/** The column that holds the values of the columns `T`. */
export type UnpivotColumn<T> = 0 extends 1 & T
  ? Untyped
  : [Extract<T, Null<unknown>>] extends [never]
    ? SuperOf<Base<T>>
    : Null<SuperOf<Base<T>>>
