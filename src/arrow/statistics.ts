import type { Scalar } from './scalar.ts'

/**
 * What is known of one column in one partition without reading it. Every figure is exact or
 * flagged as inexact; an inexact bound is never narrower than the truth.
 */
export interface ColumnStatistics {
  readonly rows: number
  readonly nulls: number
  /** NaNs, which `min` and `max` leave out. Always 0 for types other than floats. */
  readonly nans: number
  /** Least value that is neither null nor NaN; null when there is none. -0 stands as 0. */
  readonly min: Scalar
  readonly max: Scalar
  /** False when `min` is only a lower bound (long text is cut at 64 bytes). */
  readonly minExact: boolean
  readonly maxExact: boolean
  /** Sum of the inner whole numbers of an exact numeric type; null for other types. */
  readonly sum: bigint | null
  /** Distinct values that are not null, NaN as one; exact up to a bound, else an estimate. */
  readonly distinct: number
  readonly distinctExact: boolean
  /** Length of the file in bytes, its header line included. */
  readonly bytes: number
  /** CRC-32 (ISO-HDLC, as in zlib) of the whole file. */
  readonly crc32: number
  readonly hints: DecodeHints
}

/** What the decoder may count on. Each is verified while decoding: a wrong one is a DATA error. */
export interface DecodeHints {
  /** Bytes of every value's text when all are equally long, without the newline; else null. */
  readonly width: number | null
  /** Bytes of the longest value's text, quotes included. */
  readonly longest: number
  /** No quote character in any value line, so that every newline ends a value. */
  readonly plain: boolean
  /** Every byte is below 128. */
  readonly ascii: boolean
  /** Order of the rows by value; only claimed when there is no null and no NaN. */
  readonly order: 'ascending' | 'descending' | null
}
