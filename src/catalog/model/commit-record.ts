import type { ColumnPartition } from './partition-set.ts'

/** What a commit did, for people. Other writers may use words of their own. */
export type Operation = string

/** A partition that a commit brought, with the statistics of each column's file by column id. */
export interface AddPartition {
  readonly kind: 'addPartition'
  readonly id: number
  readonly rows: number
  readonly columns: ReadonlyMap<number, ColumnPartition>
}

/** A partition that is no longer live from this commit on. */
export interface RemovePartition {
  readonly kind: 'removePartition'
  readonly id: number
}

export type Action = AddPartition | RemovePartition

/** A file whose rows a commit brought. */
export interface LoadedFile {
  /** SHA-256 of its bytes as they were read, in hex, and how many they are. */
  readonly sha256: string
  readonly bytes: number
  /** Rows of it that are in the table. */
  readonly rows: number
  /** Where it was, for people. */
  readonly url: string
}

/** The commit that came before, by which records form a chain. */
export interface ParentLink {
  readonly version: number
  readonly txid: string
  /** SHA-256 of the parent's record in hex; '' when the parent is the creation of the table. */
  readonly sha256: string
}

/** One commit: immutable, and true only when the head's lineage names it. */
export interface CommitRecord {
  readonly version: number
  readonly txid: string
  /** Milliseconds since 1970, UTC; grows by at least 1 with every version. */
  readonly timestamp: number
  readonly operation: Operation
  readonly parent: ParentLink
  /** Rows and bytes of the files that this commit brought. */
  readonly rows: number
  readonly bytes: number
  readonly actions: readonly Action[]
  /** Files that it loaded; none when not given. */
  readonly loads?: readonly LoadedFile[] | undefined
  /** The version whose ledger of loaded files this commit goes on from; its parent's when not given. */
  readonly ledgerOf?: number | undefined
  /** Of one that was trimmed, and has no actions any more: the SHA-256 that its record had. */
  readonly trimmedFrom?: string | undefined
}

/** A commit as `history()` tells it. */
export interface HistoryEntry {
  readonly version: number
  readonly timestamp: Date
  readonly operation: Operation
  /** Rows that the commit added. */
  readonly rows: number
  /** Bytes of the column files that the commit added. */
  readonly bytes: number
  readonly txid: string
}

/** A name for a version, which is kept as long as it has one. */
export interface TagEntry {
  readonly name: string
  readonly version: number
  /** When it was set. */
  readonly created: Date
}
