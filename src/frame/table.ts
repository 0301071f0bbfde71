import type { HistoryEntry } from '../catalog/model/commit-record.ts'
import type { Moment } from '../catalog/model/moment.ts'
import type { CsvImportOptions } from '../io/import/csv-batches.ts'
import type { CsvSource } from '../io/import/csv-options.ts'
import type { ActionOptions, ArrowTable, WriteResult } from './action-options.ts'
import type { DataFrame } from './data-frame.ts'
import type { InputColumns, InputRow } from './type-tag.ts'

/** How CSV text is read into a table; progress tells bytes and rows read. */
export interface LoadOptions extends Omit<CsvImportOptions, 'batchRows'> {}

/**
 * A table of columns `S`, and the frame of all its rows at `version`.
 *
 * Frames made from it keep the version they were made at. The table itself moves on after its own
 * writes: what it wrote, it sees. Writes of others are seen by opening it again: `db.table(name)`.
 * Every write is one commit, all of it or nothing, and may throw CONFLICT and COMMIT_UNKNOWN.
 */
export interface Table<S> extends DataFrame<S> {
  readonly name: string
  /** The version that this handle sees: 0 for a new table, and 1 more with each commit. */
  readonly version: number
  /**
   * Adds rows: objects, one list of values per column, or an Arrow table. Throws INVALID naming
   * column, row and value, NOT_FOUND for a name that is no column.
   */
  insert(
    rows: readonly InputRow<S>[] | InputColumns<S> | ArrowTable,
    options?: ActionOptions,
  ): Promise<WriteResult>
  /**
   * Adds the rows of CSV files: a path, a glob, or the bytes as they come. Columns are found by
   * the header's names, or by position without one. Throws INVALID naming file, line, column and
   * value; with `onError: 'skip'` wrong rows are left out and told to `onReject`.
   */
  load(source: CsvSource, options?: LoadOptions): Promise<WriteResult>
  /**
   * The rows as they were: at a version, at a time, or so long before now (`'-24h'`). Which
   * version that is is found when the frame is run: NOT_FOUND or EXPIRED is thrown there.
   */
  at(moment: Moment): DataFrame<S>
  /** What was committed, newest first. */
  history(): Promise<HistoryEntry[]>
}
