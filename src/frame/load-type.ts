import type { LoadBatchesOptions } from '../io/import/load-batches.ts'
import type { OnceOptions, WriteResult } from './action-options.ts'

/** How files are read into a table; progress tells bytes and rows read. */
export interface LoadOptions extends Omit<LoadBatchesOptions, 'batchRows' | 'onRows'>, OnceOptions {
  /**
   * True reads everything and loads nothing: `rows` of the result are those that would be loaded,
   * and wrong ones are told as with `onError: 'continue'`, unless `onError` says otherwise.
   */
  readonly validate?: boolean | undefined
}

/** What a load did. */
export interface LoadResult extends WriteResult {
  /** Rows that were left out. */
  readonly rowsRejected: number
  /** The first 100 of them. */
  readonly rejects: readonly RejectedRow[]
}

/** A row that was left out, and why. */
export interface RejectedRow {
  /** The path, or `(stream)`. */
  readonly file: string
  /** The line that it begins on, from 1 on. */
  readonly line: number
  /** The column whose value is wrong; null when the row is wrong as a whole. */
  readonly column: string | null
  /** The value, or the row, as it stands there. */
  readonly value: unknown
  readonly reason: string
}
