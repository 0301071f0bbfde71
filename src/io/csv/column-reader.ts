import type { Vector } from '../../arrow/vector.ts'

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
  /** Passes over the next `rowCount` rows. */
  skip(rowCount: number): void | Promise<void>
  /** Bytes taken from the store so far. */
  readonly bytesRead: number
  close(): void
}
