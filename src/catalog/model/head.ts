import type { Operation } from './commit-record.ts'
import type { Constraint, Identity } from './constraint.ts'
import type { Extra } from './extra.ts'
import type { Column } from './table.ts'

/** What a reader and a writer must understand before they touch a table. */
export interface Protocol {
  readonly minReader: number
  readonly minWriter: number
  readonly readerFeatures: readonly string[]
  readonly writerFeatures: readonly string[]
}

export interface HeadColumn extends Column {
  readonly extra: Extra
}

/** The columns of the versions up to `upto`, and after those of the entry before. */
export interface FormerSchema {
  readonly upto: number
  /** When the commit was made that ended them: milliseconds since 1970, UTC. */
  readonly until: number
  readonly columns: readonly Pick<Column, 'id' | 'name' | 'type' | 'nullable'>[]
}

/** A commit that still has a record of its own. */
export interface TailEntry {
  readonly version: number
  readonly txid: string
  readonly timestamp: number
  readonly operation: Operation
  readonly rows: number
  readonly bytes: number
  /** Length and SHA-256 (hex) of the record. */
  readonly recordBytes: number
  readonly recordSha256: string
  readonly extra: Extra
}

/** An object of the log. */
export interface LogFile {
  /** Its name below `_table/log/`. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

/** Records of the versions `from` to `to`, one JSON line each, in one object. */
export interface Segment extends LogFile {
  readonly from: number
  readonly to: number
  readonly timestampFrom: number
  readonly timestampTo: number
  readonly extra: Extra
}

/** Whether only a line is left of each of the segment's versions. */
export function isTrimmed({ file }: Segment): boolean {
  return file.startsWith('trimmed-')
}

/** What stands for a log whose beginning is gone. */
export interface TrimmedLog {
  /** Nothing older can be read: partitions are those of `files` and of the commits after it. */
  readonly version: number
  /** Records that bring the partitions live at `version`; none of an empty table. */
  readonly files: readonly LogFile[]
}

/**
 * `initializing`: a clone that is being made; `aborted`: one that was given up; `purged`: a table
 * that was dropped, and whose files may be gone.
 */
export type TableState = 'live' | 'dropped' | 'initializing' | 'aborted' | 'purged'

/** Partition numbers from `from` to `to`. */
export interface IdRange {
  readonly from: number
  readonly to: number
}

/** A name for a version, which is kept as long as it has one. */
export interface Tag {
  readonly name: string
  readonly version: number
  /** When it was set: milliseconds since 1970, UTC. */
  readonly created: number
}

/** A clone that reads files of this table: what `version` had is kept for it. */
export interface Pin {
  readonly clone: string
  /** Key of the clone's folder in the store. */
  readonly folder: string
  readonly version: number
  readonly created: number
}

/** How far the changes of this table have been consumed by whoever reads them under a name. */
export interface StreamOffset {
  readonly name: string
  /** Of the stream: one that is made anew under the same name is another. */
  readonly id: string
  /** The version up to which all is consumed; what is needed to tell later changes is kept. */
  readonly version: number
  /** The version up to which changes are being consumed; null when nobody has begun. */
  readonly next: number | null
}

/** The last sequence number that an application has committed. */
export interface AppMark {
  readonly app: string
  readonly sequence: number
}

/** What a commit that has been prepared changes in its table's head. */
export interface PreparedCommit
  extends Pick<Head, 'nextId' | 'partitions' | 'rows' | 'fence' | 'burned' | 'apps' | 'lastLoad'> {
  readonly entry: TailEntry
}

/**
 * A transaction over several tables that has not ended in this one. It is committed when the
 * lineage of its primary table has it, and not otherwise.
 */
export interface Pending {
  readonly txid: string
  /** The table that decides, and the version that the transaction is there, if it is. */
  readonly primary: {
    readonly folder: string
    readonly tableId: string
    readonly version: number
  }
  /** What is applied here once it is committed; null in the primary table. */
  readonly prepared: PreparedCommit | null
}

/** Of column files, where a store can tell beside them; they are plain CSV to whoever reads. */
export type Compression = 'gzip' | 'none'

/** The one mutable object of a table; whoever swaps it commits. */
export interface Head extends Protocol {
  readonly tableId: string
  readonly state: TableState
  readonly version: number
  /** Grows with every swap, also with those that make no version. */
  readonly revision: number
  /** Of the swap that wrote this head. */
  readonly txid: string
  /** Of the newest version. */
  readonly timestamp: number
  /** When version 0 came to be. */
  readonly created: number
  readonly creationTxid: string
  readonly columns: readonly HeadColumn[]
  /** Columns that only older versions have; their files stay. */
  readonly dropped: readonly HeadColumn[]
  /** Oldest first. */
  readonly formerSchemas: readonly FormerSchema[]
  readonly nextColumnId: number
  /** Ids of the columns that loads sort by. */
  readonly clusterBy: readonly number[]
  /** What they sort by of each, where that is not the column itself: see `TableSnapshot`. */
  readonly clusterKeys?: readonly unknown[]
  /** What every row keeps. */
  readonly constraints: readonly Constraint[]
  /** Columns whose values the table gives. */
  readonly identities: readonly Identity[]
  /** Rows of a partition at most. */
  readonly partitionRows: number
  /** How writers ask stores to keep column files. */
  readonly compression: Compression
  /** The least partition id that no commit has used. */
  readonly nextId: number
  /** Live partitions, and the rows in them. */
  readonly partitions: number
  readonly rows: number
  /** The oldest version that can be read. */
  readonly retainedFrom: number
  /** No commit may bring a partition of a lower number: what is there may be being removed. */
  readonly fence: number
  /** Numbers from `fence` on that no later commit may bring either; ascending, apart. */
  readonly burned: readonly IdRange[]
  readonly tags: readonly Tag[]
  readonly pins: readonly Pin[]
  readonly streams: readonly StreamOffset[]
  /** Most recent last. */
  readonly apps: readonly AppMark[]
  /** The last version that changed the ledger of loaded files; 0 when none did, and it is empty. */
  readonly lastLoad: number
  /** Only its own transaction swaps a head for one that has it. */
  readonly pending: Pending | null
  /** Null while the log has every record from version 1 on. */
  readonly trimmed: TrimmedLog | null
  /** Ascending and without gaps, then `tail`, up to `version`. */
  readonly segments: readonly Segment[]
  readonly tail: readonly TailEntry[]
  readonly extra: Extra
}
