import type { ArrowTable } from './action-options.ts'
import type {
  Binary,
  Bool,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Json,
  Null,
  Timestamp,
  Uint8,
  Uint16,
  Uint32,
  Untyped,
  Utf8,
} from './type-tag.ts'

/** Rows, one list of values per column, or an Arrow table. */
export type MemoryData =
  | readonly object[]
  | Readonly<Record<string, ArrayLike<unknown>>>
  | ArrowTable

type Plain<V> = V extends string
  ? Utf8
  : V extends boolean
    ? Bool
    : V extends bigint
      ? Int64
      : V extends number
        ? Int64 | Float64
        : V extends Date
          ? Timestamp
          : V extends Uint8Array
            ? Binary
            : Json

type ColumnOfValue<V> = 0 extends 1 & V
  ? Untyped
  : [Extract<V, null | undefined>] extends [never]
    ? Plain<V>
    : Null<Plain<Exclude<V, null | undefined>>>

type ColumnOfList<L> = L extends Float64Array
  ? Float64
  : L extends Float32Array
    ? Float32
    : L extends Int32Array
      ? Int32
      : L extends Int16Array
        ? Int16
        : L extends Int8Array
          ? Int8
          : L extends Uint32Array
            ? Uint32
            : L extends Uint16Array
              ? Uint16
              : L extends Uint8Array
                ? Uint8
                : L extends BigInt64Array
                  ? Int64
                  : L extends ArrayLike<infer V>
                    ? ColumnOfValue<V>
                    : never

/**
 * The columns that data in memory is taken to have. Numbers are int64 when all are whole and
 * float64 otherwise, which only the data tell: give a schema to settle it.
 */
export type ColumnsOfData<D> = D extends readonly (infer R)[]
  ? { [K in keyof R]-?: ColumnOfValue<R[K]> }
  : D extends ArrowTable
    ? Untyped
    : { -readonly [K in keyof D]: ColumnOfList<D[K]> }
