import type { ViewSource } from '../catalog/model/database.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import type { QueryCache } from '../exec/query-cache.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { S3Options } from '../io/s3/s3-options.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import type { WriteOptions, WriteResult } from './action-options.ts'
import type { SmallWrites } from './small-writes.ts'

/** Where the tables of a plan come from. */
export interface Origin {
  readonly catalog: Pick<TableCatalog, 'partitions' | 'assertKept'>
  readonly store: ObjectStore
  /**
   * For a snapshot that stands for another moment's: finds the true one, when the query is run.
   * Null for one that is what it says.
   */
  readonly resolve: (() => Promise<TableSnapshot>) | null
  /** For a snapshot that stands for no table: finds what yields its rows, when the query is run. */
  readonly derive?: () => Promise<Derived>
  /** What it is the newest of: a view may read that, and nothing else. */
  readonly named?: NamedSource
}

/** A table or a view by name. A temporary view is known to one lake object only. */
export interface NamedSource extends Pick<ViewSource, 'database' | 'name'> {
  readonly of: ViewSource['of'] | 'temporary view'
}

/** A plan, and where its tables come from. */
export type Derived = Pick<FrameState, 'plan' | 'origins'>

/** What a lake lets its queries use. */
export interface QuerySettings {
  readonly memoryBytesMax: number
  /** Where operators spill to; the system's folder for temporary files when undefined. */
  readonly spillFolder: string | undefined
  /** What queries leave for later ones; null when nothing is kept. */
  readonly cache: QueryCache | null
  readonly smallWrites: SmallWrites
  /** Threads that a query or a load may use. */
  readonly threads: number
  /** How buckets that files are loaded from are reached. */
  readonly bucket?: S3Options | undefined
  /** Throws INVALID when the lake has been closed. */
  requireOpen(): void
}

/** Where `write` puts a table when it is not told. */
export interface TableHome {
  writeTable(name: string, source: FrameState, options: WriteOptions): Promise<WriteResult>
}

/** All that a frame is: a plan, and what is needed to run it. */
export interface FrameState {
  readonly plan: LogicalPlan
  /** By the very snapshot objects that the plan's scans hold. */
  readonly origins: ReadonlyMap<TableSnapshot, Origin>
  readonly settings: QuerySettings
  readonly home: TableHome | null
}

/** Key of the state of a frame; not for users. */
export const frameState: unique symbol = Symbol('graupel.frame')

/** Key of what a database lends to frames; not for users. */
export const tableHome: unique symbol = Symbol('graupel.home')

export function isFrame(value: unknown): value is { readonly [frameState]: FrameState } {
  return typeof value === 'object' && value !== null && frameState in value
}

/** The state of a frame. Throws INVALID for anything else; `where` names the verb. */
export function stateOf(frame: unknown, where: string): FrameState {
  if (isFrame(frame)) return frame[frameState]
  const hint = frame instanceof Promise ? '; await it first' : ''
  throw invalid(`${where}: expected a frame, got ${frame === null ? 'null' : typeof frame}${hint}`)
}

/** `plan` over what `left` and `right` come from. */
export function combined(plan: LogicalPlan, left: FrameState, right: FrameState): FrameState {
  return { ...left, plan, origins: new Map([...left.origins, ...right.origins]) }
}

/** The database that was given as where to write. Throws INVALID for anything else. */
export function homeOf(database: unknown): TableHome {
  if (typeof database === 'object' && database !== null && tableHome in database) {
    return database[tableHome] as TableHome
  }
  throw invalid('write: database has to be what lake.database(...) answered')
}
