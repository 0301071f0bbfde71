import type { S3Options } from '../io/s3/s3-options.ts'
import type { ArrowTable } from './action-options.ts'
import type { ColumnType, SchemaOf, SchemaValue } from './column-type.ts'
import type { DataFrame } from './data-frame.ts'
import type { Database } from './database.ts'
import type { ColumnsOfData, MemoryData } from './memory-data.ts'
import type { SmallWrites } from './small-writes.ts'
import type { Transaction, TransactionOptions } from './transaction.ts'
import type { InputColumns, InputRow } from './type-tag.ts'

/** Bytes that caches may take, beside the `memoryLimit` of queries: a number, or `256MB`; 0 is off. */
export interface CacheOptions {
  /** For results and for groups of partitions, each of 8 MiB at most. 64 MiB unless told. */
  readonly resultBytes?: number | string
  /** For decoded columns of partitions. Off unless told, since it is filled by any large query. */
  readonly columnBytes?: number | string
  /**
   * Keeps results and groups of partitions of lakes on a disk or a bucket in this folder, too, for
   * later processes, which may share it. It is made when it is missing, outside of any lake; it has to
   * be your own, since whoever can write there can make answers up.
   */
  readonly folder?: string
  /**
   * Bytes that the folder may take, about: a number, or text such as `10GB`; 1 GiB unless told. The
   * least recently used go first.
   */
  readonly folderBytes?: number | string
}

/** How a lake is used; for `s3:` URLs also how the bucket is reached. */
export interface ConnectOptions extends S3Options {
  /**
   * What queries leave in memory for later ones of this lake. `true`, as without it: results of up
   * to 64 MiB together. `false`: nothing. An object sets how much, e.g. `{ columnBytes: '1GB' }`.
   */
  readonly cache?: boolean | CacheOptions
  /**
   * Threads that a query may use, 1 and up; as many as the machine runs at once unless told. More
   * than one are used by large aggregates over local tables.
   */
  readonly threads?: number
  /**
   * Keeps copies of a bucket's column files in a folder of this machine, so that they are fetched
   * once. Processes may share the folder; answers never depend on it.
   */
  readonly objectCache?: ObjectCacheSettings
  /**
   * Memory that the sorts, joins and aggregates of a query may hold together: bytes, or text such
   * as `256MB` or `2GiB`. What is beyond goes to temporary files. No limit without it.
   */
  readonly memoryLimit?: number | string
  /**
   * An existing folder, outside the lake, for these files; the system's own for temporary files
   * unless told. Each query makes a private folder in it, and removes it when it ends.
   */
  readonly spillFolder?: string
  /** Where appends of few rows go; `auto` unless told. Readers see no difference. */
  readonly smallWrites?: SmallWrites
}

/** Where copies of a bucket's files are kept. */
export interface ObjectCacheSettings {
  /** Folder of a local disk; it is made when it is missing. */
  readonly folder: string
  /**
   * Bytes that the copies may have together, about: a number, or text such as `10GB`; 1 GiB unless
   * told. The least recently used go first.
   */
  readonly bytesMax?: number | string
}

/** Databases in one place: a folder, or memory. Close it, or say `await using`. */
export interface Lake extends AsyncDisposable {
  /** What it was connected to. */
  readonly url: string
  /**
   * Opens the database at `namespace/database`; `create` makes it where there is none. Throws
   * NOT_FOUND, and INVALID for a path that cannot be.
   */
  database(path: string, options?: { readonly create?: boolean }): Promise<Database>
  /** Paths of the databases, ascending. */
  databases(): Promise<string[]>
  /**
   * Reads and writes several tables at once: what `work` has written becomes visible in all of them
   * when it ends, or in none when it throws. Readers never see half of it. Reads see one instant.
   * Writers that come meanwhile wait about a second, then go first; the transaction is then
   * put on top of them, as single appends are. Answers what `work` answers.
   *
   * Throws what `work` throws, CONFLICT when an overwrite lost to another writer, COMMIT_UNKNOWN when
   * the store stopped answering at the decision: `resolve(txid)` of any of its tables tells then.
   */
  transaction<T>(
    work: (tx: Transaction) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>
  /**
   * A frame over data in memory, copied at once. Without a schema, types are found from all
   * values: numbers that are all whole give int64. Throws INVALID naming column, row and value.
   */
  from<C extends SchemaValue>(
    data: readonly InputRow<SchemaOf<C>>[] | InputColumns<SchemaOf<C>> | ArrowTable,
    schema: C,
  ): DataFrame<{ [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never }>
  from<D extends MemoryData>(data: D): DataFrame<ColumnsOfData<D>>
  /** Waits for what goes on in the background. The lake answers nothing any more then. */
  close(): Promise<void>
}
