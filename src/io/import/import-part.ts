import type { Batch } from '../../arrow/batch.ts'

/** Rows of a file. */
export interface ImportPart {
  readonly batch: Batch
  /**
   * The line that a row begins on, from 1 on: the row's number where a file has no lines.
   * Holds until the next part is asked for.
   */
  lineOf(row: number): number
}
