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

/** The tables of a database, as plain data. Changed only by swapping its cell. */
export interface DatabaseCell extends Protocol {
  readonly databaseId: string
  readonly namespace: string
  readonly name: string
  /** Grows with every swap. */
  readonly revision: number
  /** Of the swap that wrote this. */
  readonly txid: string
  readonly tables: readonly TableEntry[]
  readonly dropped: readonly DroppedEntry[]
  readonly extra: Extra
}
