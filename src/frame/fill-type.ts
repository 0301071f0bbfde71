import type {
  Bool,
  DateType,
  Decimal,
  Float,
  Integer,
  LiteralOf,
  Null,
  Timestamp,
  Utf8,
} from './type-tag.ts'

/** One value for all columns that it fits, or a value per column. */
export type FillValue<S> =
  | string
  | number
  | bigint
  | boolean
  | Date
  | (0 extends 1 & S
      ? Readonly<Record<string, unknown>>
      : { readonly [K in keyof S]?: LiteralOf<S[K]> })

type FilledBy<V> = V extends string
  ? Utf8
  : V extends boolean
    ? Bool
    : V extends bigint
      ? Integer | Decimal
      : V extends number
        ? number extends V
          ? Float
          : `${V}` extends `${bigint}`
            ? Integer | Float | Decimal
            : Float
        : V extends Date
          ? DateType | Timestamp
          : never

/** The column `T` called `K` after `fillNull(V)`. */
export type Filled<T, K, V> =
  T extends Null<infer U>
    ? V extends string | number | bigint | boolean | Date
      ? U extends FilledBy<V>
        ? U
        : T
      : K extends keyof V
        ? U
        : T
    : T
