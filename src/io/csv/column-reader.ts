import type { DataType } from '../../arrow/data-type.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { LikeProgram } from '../../kernel/like.ts'
import type { NumberRange } from '../../kernel/select-numbers.ts'

/** A column file and what is known of it. */
export interface ColumnFile {
  /** Key of the file in its store. */
  readonly key: string
  /** Name of the column, for messages. */
  readonly name: string
  readonly type: DataType
  /** With its whole text, where that is not in the store. */
  readonly statistics: ColumnStatistics & { readonly text?: string }
}

/** Numbers to look for; `out` receives, ascending, the rows or the indices in `rows`. */
export interface RangeQuery {
  readonly range: NumberRange
  readonly out: Uint32Array
  /** Whether the values found are wanted, too. */
  readonly keep: boolean
}

/** Texts to look for; `out` receives, ascending, the rows or the indices in `rows`. */
export interface MatchQuery {
  readonly program: LikeProgram
  readonly out: Uint32Array
}

export interface RangeAnswer {
  readonly count: number
  /** The values of the rows found; null when they were not wanted. */
  readonly vector: Vector | null
}

/**
 * Reads one column of one partition from its first row on, each row once. A run of rows is
 * decoded whole, in part or not at all, so that late columns cost only what survives.
 * Every method throws DATA naming file, line, column and value when the file is not what its
 * statistics say, and CRC and row count are checked whatever was skipped.
 */
export interface ColumnReader {
  /** The next `rowCount` rows. */
  read(rowCount: number): Vector | Promise<Vector>
  /** Of the next `rowCount` rows those at `rows[0 .. count)`, ascending and relative to the run. */
  readSelected(rowCount: number, rows: Uint32Array, count: number): Vector | Promise<Vector>
  /**
   * Finds which of the next `rowCount` rows (`rows` null), or which of those at `rows[0 .. count)`,
   * hold a number in a range. Only for columns whose vectors are of layout i32, f64 or big.
   */
  selectInRange(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: RangeQuery,
  ): RangeAnswer | Promise<RangeAnswer>
  /**
   * Answers how many of the next `rowCount` rows (`rows` null), or of those at `rows[0 .. count)`,
   * hold a text that matches. Only for columns of text or JSON.
   */
  selectMatching(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: MatchQuery,
  ): number | Promise<number>
  /** Passes over the next `rowCount` rows. */
  skip(rowCount: number): void | Promise<void>
  /** Bytes taken from the store so far. */
  readonly bytesRead: number
  close(): void
}
