import type { ClusteringInformation } from '../catalog/clustering-information.ts'
import type { HistoryEntry, TagEntry } from '../catalog/model/commit-record.ts'
import type { Moment } from '../catalog/model/moment.ts'
import type { Problem } from '../catalog/model/problem.ts'
import type { TransactionOutcome } from '../catalog/resolve-transaction.ts'
import type { VacuumOptions, VacuumResult } from '../catalog/vacuum-table.ts'
import type { ImportSource } from '../io/import/import-file.ts'
import type { Accessor } from './accessor.ts'
import type {
  ActionOptions,
  ArrowTable,
  OnceOptions,
  WriteOptions,
  WriteResult,
  WriteTarget,
} from './action-options.ts'
import type { ClusteringAdvice } from './advice-type.ts'
import type {
  ChangeOptions,
  ChangeResult,
  MergeChange,
  TableWriteOptions,
  UpdateChange,
} from './change-type.ts'
import type { ClusterKeys } from './cluster-type.ts'
import type { ColumnType, DefaultNames, SchemaValue } from './column-type.ts'
import type { ConstraintInfo } from './constraint/rules.ts'
import type { NewTableConstraint } from './constraint/table-constraints.ts'
import type { DataFrame, Key } from './data-frame.ts'
import type { Expr } from './expr.ts'
import type { LoadOptions, LoadResult } from './load-type.ts'
import type { OptimizeOptions, OptimizeResult } from './optimize-type.ts'
import type { StreamInfo, StreamOptions, TableStream } from './stream-type.ts'
import type {
  AnyColumn,
  Bool,
  InputColumns,
  InputRow,
  Int8,
  Int16,
  Int32,
  Int64,
  Maybe,
  Null,
  Uint8,
  Uint16,
  Uint32,
  Unless,
  Untyped,
  Utf8,
} from './type-tag.ts'

/** `S` with the columns of the schema value `C`. */
export type AddedColumns<S, C> = 0 extends 1 & S
  ? Untyped
  : {
      [K in keyof S | keyof C]: K extends keyof S
        ? S[K]
        : K extends keyof C
          ? C[K] extends ColumnType<infer T>
            ? T
            : never
          : never
    }

type RenamedTo<K, M> = K extends keyof M ? M[K] & string : K

/** `S` with the names that `M` gives. */
export type RenamedColumns<S, M> = 0 extends 1 & S
  ? Untyped
  : { [K in keyof S as RenamedTo<K, M>]: S[K] }

/** What a column `T` may be widened to. */
export type Wider<T> = 0 extends 1 & T
  ? AnyColumn
  : T extends Null<infer U>
    ? Null<WiderValue<U>>
    : WiderValue<T> | Null<WiderValue<T>>

type WiderValue<T> = T extends Int8
  ? Int8 | WiderValue<Int16>
  : T extends Int16
    ? Int16 | WiderValue<Int32>
    : T extends Int32
      ? Int32 | Int64
      : T extends Uint8
        ? Uint8 | Int16 | WiderValue<Uint16>
        : T extends Uint16
          ? Uint16 | Int32 | WiderValue<Uint32>
          : T extends Uint32
            ? Uint32 | Int64
            : T

/** `S` with the types that the schema value `C` gives. */
export type WidenedColumns<S, C> = 0 extends 1 & S
  ? Untyped
  : {
      [K in keyof S]: K extends keyof C ? (C[K] extends ColumnType<infer T> ? T : S[K]) : S[K]
    }

/** `S` without the columns `D`. */
export type RemainingColumns<S, D> = 0 extends 1 & S
  ? Untyped
  : { [K in keyof S as Exclude<K, D>]: S[K] }

export interface InsertOptions extends ActionOptions, OnceOptions {}

/**
 * A table of columns `S`, of which `D` have a default, and the frame of all its rows at `version`.
 *
 * Frames made from it keep the version they were made at. The table itself moves on after its own
 * writes: what it wrote, it sees. Writes of others are seen by opening it again: `db.table(name)`.
 * Every write is one commit, all of it or nothing, and may throw CONFLICT and COMMIT_UNKNOWN.
 */
export interface Table<S, D = never> extends DataFrame<S> {
  readonly name: string
  /** The version that this handle sees: 0 for a new table, and 1 more with each commit. */
  readonly version: number
  /**
   * Adds rows: objects, one list of values per column, or an Arrow table. Throws INVALID naming
   * column, row and value, NOT_FOUND for a name that is no column.
   */
  insert(
    rows: readonly InputRow<S, D>[] | InputColumns<S, D> | ArrowTable,
    options?: InsertOptions,
  ): Promise<WriteResult>
  /**
   * Adds the rows of files, as one commit: a path, a glob (`**` for any folders), `https:`, `s3:`, a list
   * of those, or a stream of bytes or of rows. They are CSV, JSON lines, Arrow IPC or Parquet, by the ends
   * of their names or by `format`; with `.gz` or `.br` behind, or with `compression`, they are unpacked. Columns are
   * found by name, or by position in CSV without a header, or made by `select`.
   *
   * A content that has been loaded is not loaded again, unless `force` says so, whoever loaded it
   * and under whatever name. `files` of the result tells what became of each, `rejected` the rows that
   * `onError` let be left out. With `validate: true` nothing is loaded and all is told.
   *
   * Throws INVALID naming file, line, column and value, NOT_FOUND for no file, UNAVAILABLE when a
   * server, a bucket or a disk does not answer.
   */
  load(source: ImportSource, options?: LoadOptions<Key<S>>): Promise<LoadResult>
  /**
   * Sets columns of the rows for which `where` is true: `{ set: { total: (o) => o.total.mul(2) },
   * where: (o) => o.id.eq(7) }`. Files of other columns stay as they are. Like every change of
   * rows it sees the newest version of the table; CONFLICT when others change rows of the same
   * partitions at the same time. Throws INVALID for values that a column does not take.
   */
  update(change: UpdateChange<S>, options?: ChangeOptions): Promise<ChangeResult>
  /** Removes the rows for which `where` is true; null counts as false. */
  delete(
    where: (row: Accessor<S>) => Expr<Maybe<Bool>>,
    options?: ChangeOptions,
  ): Promise<ChangeResult>
  /**
   * Brings the rows of `source` into this table by keys: rows with a source row are set or removed,
   * source rows without a row are added. INVALID when two source rows are for one row that
   * `whenMatched` is about.
   */
  merge<R>(
    source: DataFrame<R>,
    change: MergeChange<S, R, D>,
    options?: ChangeOptions,
  ): Promise<ChangeResult>
  /** Removes all rows. */
  truncate(options?: ChangeOptions): Promise<ChangeResult>
  /**
   * Puts rows into this table: objects, columns, an Arrow table or a frame with its columns, beside
   * the rows that it has or in their place. With a name, writes this table's rows to that table.
   */
  write(
    data: readonly InputRow<S, D>[] | InputColumns<S, D> | ArrowTable | DataFrame<Partial<S>>,
    options?: TableWriteOptions<S>,
  ): Promise<ChangeResult>
  write(
    table: string,
    options?: WriteOptions & { readonly database?: WriteTarget },
  ): Promise<WriteResult>
  /**
   * The rows as they were: at a version, a time, a tag, or so long before now (`'-24h'`). Which
   * version that is is found when the frame is run: NOT_FOUND or EXPIRED is thrown there. They have
   * the columns of this handle, with null where a column is younger than they; with
   * `{ schema: 'then' }` the columns that the table had, which the compiler does not know.
   */
  at(moment: Moment, options?: { readonly schema?: 'current' }): DataFrame<S>
  at(moment: Moment, options: { readonly schema: 'then' }): DataFrame<Untyped>
  /**
   * Adds columns behind the others: rows that there are hold the column's default, or null. Like
   * every change of columns it is one commit that writes no file, and answers the table with its new
   * columns. This handle reads on with those it has; its writes throw CONFLICT. Throws INVALID for a
   * name that is taken and for a column without null and default, CONFLICT when others changed
   * columns first.
   */
  addColumns<C extends SchemaValue>(
    columns: C & Unless<S, { readonly [K in Key<S> & keyof C]: never }>,
  ): Promise<Table<AddedColumns<S, C>, D | DefaultNames<C>>>
  /**
   * Lets columns take more values: whole numbers of a larger type that holds all values of theirs,
   * decimals more digits before the point, and any column null. Files stay as they are. Throws
   * INVALID for other types, NOT_FOUND, CONFLICT.
   */
  widenColumns<
    const C extends {
      readonly [P in Key<S>]?: ColumnType<Wider<P extends keyof S ? S[P] : never>>
    },
  >(columns: C): Promise<Table<WidenedColumns<S, C>, D>>
  /** Gives columns other names, `{ old: 'new' }`. Throws INVALID, NOT_FOUND, CONFLICT. */
  renameColumns<const M extends { readonly [P in Key<S>]?: string }>(
    names: M,
  ): Promise<Table<RenamedColumns<S, M>, RenamedTo<D, M>>>
  /**
   * Takes columns away; older versions still have them. Throws INVALID for all of them and for one
   * that the table is clustered by, NOT_FOUND, CONFLICT.
   */
  dropColumns<const K extends Key<S>>(
    names: readonly K[],
  ): Promise<Table<RemainingColumns<S, K>, Exclude<D, K>>>
  /** Puts columns first, in this order; the others follow. Throws INVALID, NOT_FOUND, CONFLICT. */
  reorderColumns(names: readonly Key<S>[]): Promise<Table<S, D>>
  /**
   * What became of the rows between two moments, the later the version that this handle sees unless
   * told: rows with `_change`, which is `insert`, `delete`, or `updateBefore` and `updateAfter` for
   * a row that changed in place. It is the net difference: what was undone in between is not in it.
   * Only partitions that the versions do not share are read. A row is known by its place in its
   * partition: where rows of a partition were removed and others changed, a change may be told as
   * another pair of rows. Throws INVALID, NOT_FOUND and EXPIRED when the frame is run.
   */
  changes(options: {
    readonly from: Moment
    readonly to?: Moment
  }): DataFrame<Unless<S, { [K in keyof S | '_change']: K extends keyof S ? S[K] : Utf8 }>>
  /**
   * The changes of this table that are consumed under `name`, each exactly once together with what is
   * committed for it: see `TableStream`. It is made when it is first consumed, from the empty table
   * on unless told. Throws INVALID for a name that is none; NOT_FOUND and EXPIRED for where it
   * starts, and LIMIT at 256 streams, when it is consumed.
   */
  stream(name: string, options?: StreamOptions): TableStream<S>
  /** The streams of this table by name, and the version that each has consumed. */
  streams(): Promise<StreamInfo[]>
  /** Takes a stream away, and lets go what was kept for it. Throws NOT_FOUND with the nearest name. */
  dropStream(name: string): Promise<void>
  /** What every row keeps at the version that this handle sees. */
  readonly constraints: readonly ConstraintInfo[]
  /** Names of the columns whose values the table gives. */
  readonly identities: readonly string[]
  /**
   * Makes the table keep a constraint from now on: `{ check: (o) => o.amount.gt(0) }`, `{ primaryKey:
   * ['id'] }` or `{ unique: ['a', 'b'] }`. All rows are validated first; answers the new version.
   * Throws INVALID when some row does not keep it or the name is taken, NOT_FOUND for a name that is
   * no column, CONFLICT when others commit all the time.
   */
  addConstraint(
    name: string,
    constraint: NewTableConstraint<S>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<number>
  /** Keeps a constraint no longer; answers the new version. Throws NOT_FOUND with the nearest name. */
  dropConstraint(name: string): Promise<number>
  /** What was committed, newest first. */
  history(): Promise<HistoryEntry[]>
  /**
   * Gives the table the rows that it had at a moment, as a new version: what came between stays in
   * the history. No file is copied. Throws INVALID when those rows do not keep a constraint that
   * came later, NOT_FOUND and EXPIRED.
   */
  restore(moment: Moment): Promise<WriteResult>
  /**
   * Makes a table of that name in the same database with the rows of this one, at the version this
   * handle sees unless told. No file is copied: both go their own ways from there, and what the
   * clone needs is kept. Throws INVALID when the name is taken, NOT_FOUND, EXPIRED.
   */
  clone(name: string, options?: { readonly at?: Moment }): Promise<Table<S>>
  /**
   * Names a version, the one this handle sees unless told; it is kept until `untag`. Answers the
   * version. Throws INVALID when the name is another version's, NOT_FOUND, EXPIRED.
   */
  tag(name: string, moment?: Moment): Promise<number>
  /** Takes a tag away. Throws NOT_FOUND with the nearest name. */
  untag(name: string): Promise<void>
  /** The tags, oldest first. */
  tags(): Promise<TagEntry[]>
  /**
   * Gives up versions older than `retain` tells (`'7d'`, `{ versions: 10 }`), except those that
   * tags and clones need, and removes files that nothing needs any more. With `dryRun` nothing
   * changes, and `keys` tells what would be removed. Safe beside readers and writers: a query of a
   * version that is gone throws EXPIRED. Throws INVALID.
   */
  vacuum(options: VacuumOptions): Promise<VacuumResult>
  /**
   * Gives the rows to better partitions, as one commit that changes no row. Of a table that is
   * clustered (or with `columns`) partitions that reach into each other are sorted and cut anew,
   * where most do so first, and small ones joined; of any other, small ones that follow each other
   * are joined, and all rows keep their order. Nothing is rewritten that is well already. Appends
   * at the same time are no matter; CONFLICT when others change rows of the same partitions first.
   * Throws INVALID, NOT_FOUND for a name that is no column.
   */
  optimize(options?: OptimizeOptions<S>): Promise<OptimizeResult>
  /**
   * How well partitions are told apart by columns, or by expressions that keep the order of one
   * each, the table's `clusterBy` unless told: from the metadata alone, of the version that this
   * handle sees. Throws INVALID when the table is not clustered and nothing is named, and for an
   * expression that keeps no order; NOT_FOUND for a name that is no column.
   */
  clusteringInformation(columns?: ClusterKeys<S>): Promise<ClusteringInformation>
  /**
   * Which columns to cluster by, for queries like these: frames over this table, or predicates. It
   * is worked out from the metadata alone, as if the values of a partition lay evenly between their
   * bounds: no row is read, and nothing changes. Throws INVALID for a frame over other tables.
   */
  adviseClustering(
    queries: readonly (Pick<DataFrame<S>, 'schema'> | ((row: Accessor<S>) => Expr<Maybe<Bool>>))[],
  ): Promise<ClusteringAdvice<Key<S>>>
  /**
   * Reads everything that the table has and proves it: its log, its metadata, and every file of
   * every version that is kept. Answers what is wrong; an empty list when all is well.
   */
  verify(options?: ActionOptions): Promise<Problem[]>
  /**
   * What became of a write that threw COMMIT_UNKNOWN; `txid` is among the error's facts. `unknown`
   * only while the store does not answer: ask again.
   */
  resolve(txid: string): Promise<TransactionOutcome>
}
