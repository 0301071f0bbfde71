import type { ImportSource } from '../io/import/import-file.ts'
import type { ActionOptions, ArrowTable, OnceOptions } from './action-options.ts'
import type { ColumnType, DefaultNames, SchemaValue } from './column-type.ts'
import type { DataFrame, Key } from './data-frame.ts'
import type { FileOptions, LoadReport } from './load-type.ts'
import type { InputColumns, InputRow, Untyped } from './type-tag.ts'

/** With `app` and `sequence` it is committed only when none of its tables has that number yet. */
export interface TransactionOptions extends OnceOptions {
  /** Ends the transaction with ABORTED at its next step; nothing is committed then. */
  readonly signal?: AbortSignal | undefined
}

/** What a write of a transaction has staged. */
export interface StagedRows {
  readonly rows: number
}

/**
 * A table in a transaction, and the frame of its rows at the instant that the transaction reads:
 * that of its first read, at which all tables opened so far are read. What the transaction itself
 * writes is not among them. Its writes are seen by nobody before the transaction ends, and then all
 * at once, as one version of each table. A write that throws ends the transaction.
 */
export interface TransactionTable<S, D = never> extends DataFrame<S> {
  readonly name: string
  /** Adds rows, as `Table.insert` does. */
  insert(
    rows: readonly InputRow<S, D>[] | InputColumns<S, D> | ArrowTable,
    options?: ActionOptions,
  ): Promise<StagedRows>
  /**
   * Puts rows in the place of all that the table has. The transaction throws CONFLICT at its end when
   * another has changed the table since it was read, or opened if it was not read.
   */
  overwrite(
    rows: readonly InputRow<S, D>[] | InputColumns<S, D> | ArrowTable,
    options?: ActionOptions,
  ): Promise<StagedRows>
  /** Adds the rows of files, as `Table.load` does; CONFLICT at the end when others loaded them first. */
  load(source: ImportSource, options?: FileOptions<Key<S>>): Promise<StagedRows & LoadReport>
}

/** Reads and writes of several tables that happen at once. */
export interface Transaction {
  /**
   * Opens a table of the database at `namespace/database`; typed when `schema` is given, which has to
   * be the table's. Open all tables before you read the first: one that is opened later can be read
   * only while the others have not changed (CONFLICT). Throws NOT_FOUND, and INVALID for another schema.
   */
  table<C extends SchemaValue>(
    database: string,
    name: string,
    schema: C,
  ): Promise<
    TransactionTable<
      { [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never },
      DefaultNames<C>
    >
  >
  table(database: string, name: string): Promise<TransactionTable<Untyped>>
}
