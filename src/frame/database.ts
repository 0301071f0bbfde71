import type { DatabaseVacuumOptions, DatabaseVacuumResult } from '../catalog/purge-tables.ts'
import type { CsvFormat } from '../io/import/csv-options.ts'
import type { ActionOptions } from './action-options.ts'
import type { ClusterKeys } from './cluster-type.ts'
import type { ColumnType, DefaultNames, SchemaValue } from './column-type.ts'
import type { TableConstraints } from './constraint/table-constraints.ts'
import type { DataFrame } from './data-frame.ts'
import type { FileOptions } from './load-type.ts'
import type { Table } from './table.ts'
import type { Untyped } from './type-tag.ts'

export interface CreateTableOptions<S = Untyped> extends TableConstraints<S> {
  /**
   * What every load is sorted by, so that queries on it read less: columns, or `(o) => [...]` of
   * expressions that keep the order of one column each, such as `o.at.dt.truncate('month')`.
   */
  readonly clusterBy?: ClusterKeys<S>
  /**
   * Rows of a partition at most; 1,000,000 unless told. Smaller ones are pruned more finely, and
   * make more files.
   */
  readonly partitionRows?: number
  /**
   * How the column files are kept in a bucket: `gzip` sends fewer bytes for more time of the
   * processor; `none` unless told. In folders and in memory they are plain, whatever is said.
   */
  readonly compression?: 'gzip' | 'none'
  /** True opens the table where it exists; it has to have the same columns and keep the constraints. */
  readonly ifNotExists?: boolean
}

export interface CreateTableFromOptions
  extends ActionOptions,
    CsvFormat,
    Pick<FileOptions, 'format' | 'timeoutMs'> {
  readonly clusterBy?: ClusterKeys
  readonly partitionRows?: number
  readonly compression?: 'gzip' | 'none'
}

export interface CreateViewOptions {
  /** True puts it in the place of a view of that name, if there is one. */
  readonly orReplace?: boolean
  /** True keeps it in this lake object, until that is closed, and not in the database. */
  readonly temporary?: boolean
}

/** Tables and views that belong together, at a path `namespace/database` of a lake. */
export interface Database {
  /** Its path, e.g. `acme/sales`. */
  readonly name: string
  /**
   * Makes a table; its rows are typed by `schema`. Throws INVALID when there is one of that name
   * (with `ifNotExists`: when that has other columns or lacks a constraint), for names that cannot be, and
   * for constraints that are none; NOT_FOUND for a name that is no column.
   */
  createTable<C extends SchemaValue>(
    name: string,
    schema: C,
    options?: CreateTableOptions<{
      [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never
    }>,
  ): Promise<
    Table<{ [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never }, DefaultNames<C>>
  >
  /**
   * Makes a table with the columns that files are found to have, then loads them: those that Arrow and
   * Parquet files tell, and of CSV those that hold every row (it is read whole for that). Throws as
   * `createTable` and `load` do, and leaves no table then.
   */
  createTableFrom(
    name: string,
    source: string | URL | readonly (string | URL)[],
    options?: CreateTableFromOptions,
  ): Promise<Table<Untyped>>
  /**
   * Opens a table at its newest version; typed when `schema` is given, which has to be the
   * table's. Throws NOT_FOUND, and INVALID for another schema.
   */
  table<C extends SchemaValue>(
    name: string,
    schema: C,
  ): Promise<
    Table<{ [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never }, DefaultNames<C>>
  >
  table(name: string): Promise<Table<Untyped>>
  /**
   * Gives a frame a name, and answers the frame of that name. A view keeps the question, and no rows:
   * whoever asks it reads its tables as they are then. It may read tables and views of the lake at
   * their newest. A `temporary` one is known to this lake object alone, and may use functions of yours.
   *
   * Throws INVALID when the name is taken, for a frame that reads a version, changes or another lake,
   * for a `udf`, and for views that would go in a circle; LIMIT for more than 10,000 rows in
   * memory or a plan of more than 256 KiB; COMMIT_UNKNOWN when it may have been made: making it again
   * with `orReplace` ends it.
   *
   * @example await db.createView('large', orders.filter((o) => o.amount.gt(1000)))
   */
  createView<S>(
    name: string,
    frame: DataFrame<S>,
    options?: CreateViewOptions,
  ): Promise<DataFrame<S>>
  /**
   * The frame of a view; typed when `schema` is given, which has to be the view's. Throws NOT_FOUND, and
   * INVALID for another schema. Asked, it throws NOT_FOUND where a table has gone, and INVALID where a column
   * is no more what it was.
   */
  view<C extends SchemaValue>(
    name: string,
    schema: C,
  ): Promise<DataFrame<{ [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never }>>
  view(name: string): Promise<DataFrame<Untyped>>
  /** Names of the views, ascending. */
  views(): Promise<string[]>
  /** Removes a view. Throws NOT_FOUND, and COMMIT_UNKNOWN when it may have been removed. */
  dropView(name: string): Promise<void>
  /** Names of the tables, ascending. */
  tables(): Promise<string[]>
  /**
   * Removes a table; its name is free then, and `undropTable` brings it back. Throws NOT_FOUND, and
   * COMMIT_UNKNOWN when it may have been removed: removing it again ends it.
   */
  dropTable(name: string): Promise<void>
  /**
   * Brings back the table of that name which was dropped last, with all its versions. Throws
   * NOT_FOUND when none was dropped, INVALID when another table has the name, COMMIT_UNKNOWN when
   * it may be back: bringing it back again ends it, and answers one that is back already. Throws
   * EXPIRED when a vacuum of the database has removed its rows.
   */
  undropTable(name: string): Promise<Table<Untyped>>
  /**
   * Removes the files of tables that were dropped longer than `retain` ago, which then cannot be
   * brought back; a table that a clone reads stays. Safe beside readers and writers; it leaves the
   * tables that there are alone, which have a `vacuum` of their own. Throws INVALID for a `retain`
   * that is no time, such as `'7d'`.
   */
  vacuum(options: DatabaseVacuumOptions): Promise<DatabaseVacuumResult>
}
