import { nameNotFound } from '../error.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import type { Change } from './commit-queue.ts'
import { addConstraintChange, dropConstraintChange } from './constraint-change.ts'
import { withDefaults } from './default-values.ts'
import type { LoadedContents } from './load-ledger.ts'
import type { HistoryEntry, TagEntry } from './model/commit-record.ts'
import type { Constraint, NewConstraint } from './model/constraint.ts'
import type { Head } from './model/head.ts'
import type { Moment } from './model/moment.ts'
import type { PartitionSet } from './model/partition-set.ts'
import type { Problem } from './model/problem.ts'
import type { TableSnapshot } from './model/table.ts'
import { assertVersion, momentOf, noSuchVersion } from './moment-version.ts'
import { resolveTransaction, type TransactionOutcome } from './resolve-transaction.ts'
import { restoreChange } from './restore-change.ts'
import { type SchemaChange, schemaChange } from './schema-change.ts'
import type { SharedTable } from './shared-table.ts'
import { instantText } from './stored-json.ts'
import { assertLive, snapshotOf } from './table-head.ts'
import { assertRetained, readPartitions } from './table-partitions.ts'
import { type CommitResult, TableWriter, type WriterOptions } from './table-writer.ts'
import { taggedVersion, tagTable, untagTable } from './tag-table.ts'
import type { VacuumOptions, VacuumResult } from './vacuum-table.ts'
import type { VerifyOptions } from './verify-table.ts'
import { versionAt } from './version-at.ts'

/** A writer that moves the handle it came from on to what it committed. */
export type StagedWriter = Pick<
  TableWriter,
  | 'write'
  | 'guardedBy'
  | 'endPartition'
  | 'rewrite'
  | 'remove'
  | 'commit'
  | 'prepare'
  | 'ended'
  | 'doubted'
  | 'abort'
>

/** One table: its versions, their partitions, and writers that add versions. */
export class TableCatalog {
  readonly #table: SharedTable
  #snapshot: TableSnapshot

  private constructor(table: SharedTable) {
    this.#table = table
    this.#snapshot = snapshotOf(table.newest, this.#names())
  }

  /** Reads the table's head. Throws DATA when there is none, NOT_FOUND when it was dropped. */
  static async open(table: SharedTable): Promise<TableCatalog> {
    const { head } = await table.read()
    assertLive(head, table.name)
    return new TableCatalog(table)
  }

  /** A handle of a table whose head has been read. */
  static of(table: SharedTable): TableCatalog {
    return new TableCatalog(table)
  }

  /** Makes a table with `first` as its head; undefined when the folder is taken. */
  static async create(table: SharedTable, first: Head): Promise<TableCatalog | undefined> {
    const token = await table.head.create(first)
    if (token === undefined) return undefined
    table.committed(first, { token, lostRaces: 0 })
    return new TableCatalog(table)
  }

  /** What all handles of the table share. */
  get shared(): SharedTable {
    return this.#table
  }

  /** The table as opened, as refreshed last, or as left by the last commit made through this. */
  get snapshot(): TableSnapshot {
    return this.#snapshot
  }

  /** Reads the newest version and makes it `snapshot`. */
  async refresh(): Promise<TableSnapshot> {
    const head = await this.#newest()
    assertLive(head, this.#table.name)
    this.#snapshot = snapshotOf(head, this.#names())
    return this.#snapshot
  }

  /**
   * The table as it was: at a version, or at the last one not after an instant. Throws NOT_FOUND
   * saying what there is, EXPIRED for what was vacuumed.
   *
   * @param seenFrom Its columns are what the rows are to have, where it is not older than they; the
   * columns of then unless told.
   */
  async snapshotAt(moment: Moment, seenFrom?: TableSnapshot): Promise<TableSnapshot> {
    const wanted = momentOf(moment, nowMs())
    const head = await this.#newest()
    const { name } = this.#table
    const version = await this.#versionOf(head, wanted)
    assertVersion(head, name, version)
    assertRetained(head, version)
    const then = snapshotOf(head, this.#names(), version)
    if (seenFrom === undefined || version > seenFrom.version) return then
    return Object.freeze({ ...then, columns: seenFrom.columns })
  }

  /** The columns at a moment, as far as it is known without reading anything. */
  columnsAt(moment: Moment): TableSnapshot['columns'] {
    const head = this.#table.newest
    const wanted = momentOf(moment, nowMs())
    const version =
      'version' in wanted
        ? wanted.version
        : 'tag' in wanted
          ? (head.tags.find(({ name }) => name === wanted.tag)?.version ?? head.version)
          : (head.formerSchemas.find(({ until }) => wanted.instant < until)?.upto ?? head.version)
    return snapshotOf(head, this.#names(), version).columns
  }

  /**
   * Changes the columns, as one commit that writes no file. Answers the table's catalog as it is
   * then. Throws CONFLICT when others changed them first.
   */
  async changeSchema(change: SchemaChange): Promise<TableCatalog> {
    const seen = this.#snapshot.columns
    await this.#table.queue.commit(schemaChange(this.#table.name, seen, change))
    return new TableCatalog(this.#table)
  }

  /**
   * The partitions of a snapshot of this table, with the statistics of the columns asked for: one
   * object is read for the partitions and one for each column, and the commits since those.
   *
   * @param columnIds Ids out of `snapshot.columns`; NOT_FOUND for any other.
   */
  async partitions(snapshot: TableSnapshot, columnIds: readonly number[]): Promise<PartitionSet> {
    const columns = columnIds.map((id) => {
      const column = snapshot.columns.find((candidate) => candidate.id === id)
      if (column !== undefined) return column
      const ids = snapshot.columns.map((candidate) => String(candidate.id))
      throw nameNotFound('column', String(id), ids)
    })
    const { version } = snapshot
    const known = this.#table.newest
    const head = known.version >= version ? known : await this.#newest()
    try {
      return withDefaults(await readPartitions(this.#table, head, { version, columns }), columns)
    } catch (error) {
      // Objects of the log may have been joined, or vacuumed, since the head was read.
      const now = await this.#newest()
      if (now.revision === head.revision) throw error
      return withDefaults(await readPartitions(this.#table, now, { version, columns }), columns)
    }
  }

  /** Every version that the log still tells of, newest first. */
  async history(): Promise<HistoryEntry[]> {
    const head = await this.#newest()
    const last = head.segments.at(-1)
    const folded =
      last === undefined
        ? []
        : await this.#table.log.records(
            head,
            { from: head.segments[0]!.from, to: last.to },
            new Map(),
          )
    const entries = [...folded, ...head.tail].map(
      ({ version, timestamp, operation, rows, bytes, txid }): HistoryEntry => {
        return { version, timestamp: new Date(timestamp), operation, rows, bytes, txid }
      },
    )
    const created: HistoryEntry = {
      version: 0,
      timestamp: new Date(head.created),
      operation: 'create',
      rows: 0,
      bytes: 0,
      txid: head.creationTxid,
    }
    return [created, ...entries].reverse()
  }

  /** The contents that count as loaded into the newest version known: bytes by SHA-256. */
  async loadedContents(): Promise<LoadedContents> {
    return this.#table.ledger.at(this.#table.newest)
  }

  /** Whether versions after `from` up to `to` gave rows other partitions without changing them. */
  async movesRows({ from, to }: { readonly from: number; readonly to: number }): Promise<boolean> {
    const head = await this.#newest()
    // What a trimmed log is left with tells no actions.
    assertRetained(head, from)
    const records = await this.#table.log.records(head, { from: from + 1, to }, new Map())
    return records.some(({ operation, actions }) => {
      const removes = actions.some(({ kind }) => kind === 'removePartition')
      return operation === 'optimize' || (operation === 'append' && removes)
    })
  }

  /** Begins to stage rows for the columns that the table has in `snapshot`. */
  stageWriter(options: WriterOptions = {}): StagedWriter {
    const writer = new TableWriter(this.#table, this.#snapshot, options)
    return {
      write: (batch) => writer.write(batch),
      guardedBy: (guard) => writer.guardedBy(guard),
      endPartition: () => writer.endPartition(),
      remove: (partition) => writer.remove(partition),
      rewrite: (of) => writer.rewrite(of),
      abort: () => writer.abort(),
      prepare: (how) => writer.prepare(how),
      doubted: () => writer.doubted(),
      ended: (version) => {
        this.#seeNewest()
        return writer.ended(version)
      },
      commit: async (how) => {
        const result = await writer.commit(how)
        this.#seeNewest()
        return result
      },
    }
  }

  /** Throws EXPIRED when the version of `snapshot` has been vacuumed meanwhile. */
  async assertKept({ version }: TableSnapshot): Promise<void> {
    assertRetained(await this.#newest(), version)
  }

  /**
   * Keeps a constraint from the next version on. Throws CONFLICT when the table is no longer at
   * `validated`, whose rows are known to keep it, INVALID when its name is taken.
   */
  async addConstraint(constraint: NewConstraint, validated: TableSnapshot): Promise<number> {
    return this.#commitAlone(addConstraintChange(this.#table.name, constraint, validated))
  }

  /** Keeps a constraint no longer. Throws NOT_FOUND with the nearest name. */
  async dropConstraint(name: string): Promise<number> {
    return this.#commitAlone(dropConstraintChange(name))
  }

  async #commitAlone(change: Change): Promise<number> {
    const { version } = await this.#table.queue.commit(change)
    this.#seeNewest()
    return version
  }

  /** The first of `count` values that nobody else is given for a column. */
  identityValues(column: number, count: number): Promise<number> {
    return this.#table.identities.take(column, count)
  }

  /**
   * Makes a new version with the rows of an older one. Throws NOT_FOUND, EXPIRED, and CONFLICT when
   * the table keeps others than `constraints` by then.
   *
   * @param constraints All that it keeps now, and those rows too.
   */
  async restore(moment: Moment, constraints: readonly Constraint[]): Promise<CommitResult> {
    const { version } = await this.snapshotAt(moment)
    const before = this.#table.newest.rows
    const change = restoreChange(this.#table, version, constraints)
    const committed = await this.#table.queue.commit(change)
    this.#seeNewest()
    const rows = Math.max(0, this.#table.newest.rows - before)
    return { version: committed.version, rows, bytes: 0, partitions: 0 }
  }

  /** Names a version, which is kept from then on. Throws INVALID when the name is another's. */
  async tag(name: string, moment: Moment): Promise<number> {
    const { version } = await this.snapshotAt(moment)
    await tagTable(this.#table, name, version)
    return version
  }

  /** Takes a tag away. Throws NOT_FOUND with the nearest name. */
  untag(name: string): Promise<void> {
    return untagTable(this.#table, name)
  }

  /** The tags, oldest first. */
  async tags(): Promise<TagEntry[]> {
    const { tags } = await this.#newest()
    return tags.map(({ name, version, created }) => {
      return { name, version, created: new Date(created) }
    })
  }

  /** Gives up old versions and removes what only they had: see `vacuumTable`. */
  async vacuum(options: VacuumOptions): Promise<VacuumResult> {
    const { vacuumTable } = await import('./vacuum-table.ts')
    return vacuumTable(this.#table, options)
  }

  /** Reads everything that the table has and compares it: see `verifyTable`. */
  async verify(options: VerifyOptions = {}): Promise<Problem[]> {
    const { verifyTable } = await import('./verify-table.ts')
    return verifyTable(this.#table, options)
  }

  /** What became of a commit that ended with COMMIT_UNKNOWN: see `resolveTransaction`. */
  async resolve(txid: string): Promise<TransactionOutcome> {
    const outcome = await resolveTransaction(this.#table, txid)
    this.#seeNewest()
    return outcome
  }

  /** Answers once checkpoints begun by commits of this database's tables are written. */
  settled(): Promise<void> {
    return this.#table.work.settled()
  }

  /** Moves `snapshot` on to the newest version known. */
  #seeNewest(): void {
    const { newest } = this.#table
    if (newest.version > this.#snapshot.version) this.#snapshot = snapshotOf(newest, this.#names())
  }

  async #newest(): Promise<Head> {
    await this.#table.read()
    return this.#table.newest
  }

  async #versionOf(head: Head, wanted: ReturnType<typeof momentOf>): Promise<number> {
    if ('version' in wanted) return wanted.version
    if ('tag' in wanted) return taggedVersion(head, wanted.tag)
    if (wanted.instant < head.created) {
      throw noSuchVersion(head, this.#table.name, instantText(wanted.instant))
    }
    return versionAt(this.#table.log, head, wanted.instant)
  }

  #names() {
    const { name, store, folder } = this.#table
    return { name, storeUrl: store.url, folder }
  }
}
