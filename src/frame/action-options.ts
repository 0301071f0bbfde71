import type { toArrowBatch, toArrowTable } from '../arrow/interop.ts'
import type { OnProgress } from '../io/progress.ts'
import type { ClusterKeys } from './cluster-type.ts'
import type { QueryEngine } from './query-engine.ts'
import type { RowOptions } from './type-tag.ts'

/** Arrow's own table, from `apache-arrow`. */
export type ArrowTable = Awaited<ReturnType<typeof toArrowTable>>

/** Arrow's own record batch, from `apache-arrow`. */
export type ArrowBatch = Awaited<ReturnType<typeof toArrowBatch>>

/** What every action takes. */
export interface ActionOptions {
  /** Ends the action with ABORTED; nothing is half-written. */
  readonly signal?: AbortSignal | undefined
  /** Called now and then, on the same thread; what it throws ends the action. */
  readonly onProgress?: OnProgress | undefined
}

/** What actions take that only read. */
export interface QueryOptions extends ActionOptions {
  /**
   * Runs the query there and not here: see `clickhouse` of `graupel/remote`. INVALID, naming the
   * node, when the engine cannot run it with the same meaning.
   */
  readonly engine?: QueryEngine | undefined
}

export interface RowsOptions extends QueryOptions, RowOptions {}

export interface BatchesOptions extends QueryOptions {
  /** Rows of a batch at most; 65,536 when not given. */
  readonly batchSize?: number
}

export interface ShowOptions extends ActionOptions {
  /** Cells of a line; the terminal's width when not given, or 120 where there is none. */
  readonly width?: number
  /** Whether names, types and nulls are coloured; on a terminal, unless NO_COLOR is set, when not given. */
  readonly color?: boolean
}

export interface ExplainOptions extends ActionOptions {
  /** `text` and `tree` (default) are the tree for people, `json` the same for programs. */
  readonly format?: 'text' | 'tree' | 'json'
  /** False shows the plan as it was written. True when not given. */
  readonly optimized?: boolean
  /** True runs the query and adds rows, bytes and time to each step. */
  readonly analyze?: boolean
  /** Shows what this engine would be sent, without secrets; runs nothing. */
  readonly engine?: QueryEngine | undefined
}

export interface WriteOptions extends ActionOptions {
  /**
   * `create` (default) wants the table to be new, `append` adds to it, `overwrite` replaces its
   * rows. The last two create it where there is none.
   */
  readonly mode?: 'create' | 'append' | 'overwrite'
  /** What a new table's loads are sorted by: names of columns, or expressions. */
  readonly clusterBy?: ClusterKeys
}

/**
 * Makes a write one that can be repeated: it is committed only when the table has no equal or
 * higher sequence number of that application. A repeated one answers 0 rows. Tables remember the
 * 256 applications that wrote last.
 */
export interface OnceOptions {
  /** Name of the application, 1 to 200 characters. Give both or none. */
  readonly app?: string | undefined
  /** A whole number from 0 on, which grows with each write of the application. */
  readonly sequence?: number | undefined
}

/** What a write did. */
export interface WriteResult {
  /** The version of the table that holds it. */
  readonly version: number
  readonly rows: number
  /** Bytes of the column files that were written. */
  readonly bytes: number
  readonly partitions: number
}

/** What an export did. */
export interface ExportResult {
  readonly rows: number
  readonly bytes: number
}

/** A database, as `write` takes one. */
export interface WriteTarget {
  readonly name: string
  tables(): Promise<string[]>
}
