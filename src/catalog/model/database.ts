import type { Extra } from './extra.ts'
import type { Protocol } from './head.ts'

/** A table's name and the folder that it is in. */
export interface TableEntry {
  readonly id: string
  readonly name: string
  readonly folder: string
  readonly extra: Extra
}

/** A table that was dropped: its folder stays taken until it is purged. */
export interface DroppedEntry extends TableEntry {
  /** Milliseconds since 1970, UTC. */
  readonly droppedAt: number
}

/** What a view reads: `id` is that of the scans in its plan. */
export interface ViewSource {
  readonly id: string
  readonly of: 'table' | 'view'
  /** `namespace/database`. */
  readonly database: string
  readonly name: string
}

/** A question that has a name. */
export interface ViewEntry {
  readonly id: string
  readonly name: string
  readonly sources: readonly ViewSource[]
  /** JSON that only those who ask the view look into. */
  readonly plan: unknown
  readonly extra: Extra
}

/** The tables and views of a database, as plain data. Changed only by swapping its cell. */
export interface DatabaseCell extends Protocol {
  readonly databaseId: string
  readonly namespace: string
  readonly name: string
  /** Grows with every swap. */
  readonly revision: number
  /** Of the swap that wrote this. */
  readonly txid: string
  /** Of the swaps before that one, the newest last. */
  readonly recent: readonly string[]
  readonly tables: readonly TableEntry[]
  readonly dropped: readonly DroppedEntry[]
  readonly views: readonly ViewEntry[]
  readonly extra: Extra
}
