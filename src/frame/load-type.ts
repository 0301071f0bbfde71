import type { CsvFormat } from '../io/import/csv-options.ts'
import type { ImportOptions } from '../io/import/import-file.ts'
import type { LoadFormat } from '../io/import/import-format.ts'
import type { OnError, Rejected } from '../io/import/rejects.ts'
import type { Accessor } from './accessor.ts'
import type { ActionOptions, OnceOptions, WriteResult } from './action-options.ts'
import type { DataFrame } from './data-frame.ts'
import type { Int64, Maybe, Untyped, Utf8 } from './type-tag.ts'

/** Options of a load into a table, but for those that make it one that can be repeated. */
export const FILE_OPTIONS = [
  ...['signal', 'onProgress', 'onError', 'onReject', 'extraColumns', 'select', 'force'],
  ...['header', 'delimiter', 'quote', 'nullValues', 'format', 'compression', 'name', 'timeoutMs'],
]

/** How files are read; progress tells bytes and rows read. */
export interface FileOptions<K extends string = string>
  extends ActionOptions,
    CsvFormat,
    ImportOptions {
  readonly format?: LoadFormat | undefined
  /** What a wrong row does: see `OnError`; it ends the load unless told. */
  readonly onError?: OnError | undefined
  /** Told of each row left out: their number so far, and the errors of the first 10,000. */
  readonly onReject?: ((rejected: Rejected) => void) | undefined
  /** What columns of the file that the table has not are: refused (the default) or ignored. */
  readonly extraColumns?: 'refuse' | 'ignore' | undefined
  /**
   * Makes the table's columns of the file's: `(f) => ({ id: f.a.cast(t.int64()), day: f.b.str.left(10) })`.
   * Columns of CSV, of JSON lines and of rows are utf8, those of Arrow and Parquet files have their types. Text
   * becomes what the column is. Columns that are not named are null.
   */
  readonly select?: ((file: Accessor<Untyped>) => { readonly [N in K]?: unknown }) | undefined
  /** True loads files also when they have been loaded before. */
  readonly force?: boolean | undefined
}

/** How files are loaded into a table. */
export interface LoadOptions<K extends string = string> extends FileOptions<K>, OnceOptions {
  /**
   * True reads everything and loads nothing: `rows` of the result are those that would be loaded,
   * and wrong ones are told as with `onError: 'continue'`, unless `onError` says otherwise.
   */
  readonly validate?: boolean | undefined
}

/** What became of the rows of files. */
export interface LoadReport {
  /** Rows that were left out. */
  readonly rowsRejected: number
  /** The first 10,000 of them. */
  readonly rejects: readonly RejectedRow[]
  /** The same as a frame. */
  readonly rejected: DataFrame<RejectedColumns>
  /** What became of each file, in their order. */
  readonly files: readonly FileReport[]
}

/** What a load did. */
export interface LoadResult extends WriteResult, LoadReport {}

/** What became of a file. */
export interface FileReport {
  /** Its path or URL, the name of the stream, or `(stream)`. */
  readonly file: string
  /**
   * `skipped`: left out since too many of its rows were wrong. `alreadyLoaded`: its content is in the table.
   * `failed`: it could not be read as a whole, and `onError` told to leave such files out.
   */
  readonly status: 'loaded' | 'skipped' | 'alreadyLoaded' | 'failed'
  /** Rows of it that are loaded, and those that were wrong. */
  readonly rows: number
  readonly rejected: number
  /** Bytes of it that were read. */
  readonly bytes: number
  /** Why it failed; null when it did not. */
  readonly reason: string | null
}

/** A row that was left out, and why. */
export interface RejectedRow {
  /** The path, or `(stream)`. */
  readonly file: string
  /** The line that it begins on, from 1 on; the number of the row where a file has no lines. */
  readonly line: number
  /** The column whose value is wrong; null when the row is wrong as a whole. */
  readonly column: string | null
  /** The value, or the row, as it stands there. */
  readonly value: unknown
  readonly reason: string
}

/** Columns of the frame of rows that were left out; `value` is its text. */
export interface RejectedColumns {
  file: Utf8
  line: Int64
  column: Maybe<Utf8>
  value: Maybe<Utf8>
  reason: Utf8
}
