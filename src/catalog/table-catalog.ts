import { nameNotFound } from '../error.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { BackgroundWork } from './background-work.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'
import { CommitLog } from './commit-log.ts'
import { instantText } from './head-json.ts'
import type { HistoryEntry } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { Moment } from './model/moment.ts'
import type { PartitionSet } from './model/partition-set.ts'
import type { TableSnapshot } from './model/table.ts'
import { assertVersion, momentOf, noSuchVersion } from './moment-version.ts'
import { type Change, type Committed, commitChange } from './table-commit.ts'
import { assertLive, snapshotOf, TableHead } from './table-head.ts'
import { assertRetained, readPartitions, type TablePlace } from './table-partitions.ts'
import { TableWriter, type WriterOptions } from './table-writer.ts'

/** Where a table is, and by what name people know it. */
export interface TableAddress {
  readonly store: ObjectStore
  /** Key of the table's folder, without a trailing slash. */
  readonly folder: string
  /** `namespace/database.Table`. */
  readonly name: string
  readonly work: BackgroundWork
}

/** One table: its versions, their partitions, and writers that add versions. */
export class TableCatalog {
  readonly #address: TableAddress
  readonly #place: TablePlace
  readonly #tableHead: TableHead
  readonly #keeper: CheckpointKeeper
  #head: Head
  #snapshot: TableSnapshot

  private constructor(address: TableAddress, place: TablePlace, tableHead: TableHead, head: Head) {
    this.#address = address
    this.#place = place
    this.#tableHead = tableHead
    this.#head = head
    this.#snapshot = snapshotOf(head, this.#names())
    this.#keeper = new CheckpointKeeper(place, tableHead, address.work)
  }

  /** Reads the table's head. Throws DATA when there is none, NOT_FOUND when it was dropped. */
  static async open(address: TableAddress): Promise<TableCatalog> {
    const { place, tableHead } = parts(address)
    const { head } = await tableHead.read()
    assertLive(head, address.name)
    return new TableCatalog(address, place, tableHead, head)
  }

  /** Makes a table with `first` as its head; undefined when the folder is taken. */
  static async create(address: TableAddress, first: Head): Promise<TableCatalog | undefined> {
    const { place, tableHead } = parts(address)
    if (!(await tableHead.create(first))) return undefined
    const table = new TableCatalog(address, place, tableHead, first)
    table.#keeper.schedule(first, { contended: false })
    return table
  }

  /** The table as opened, as refreshed last, or as left by the last commit made through this. */
  get snapshot(): TableSnapshot {
    return this.#snapshot
  }

  /** Reads the newest version and makes it `snapshot`. */
  async refresh(): Promise<TableSnapshot> {
    const head = await this.#newest()
    assertLive(head, this.#address.name)
    this.#snapshot = snapshotOf(head, this.#names())
    return this.#snapshot
  }

  /**
   * The table as it was: at a version, or at the last one not after an instant. It has the columns
   * of today. Throws NOT_FOUND saying what there is, EXPIRED for what was vacuumed.
   */
  async snapshotAt(moment: Moment): Promise<TableSnapshot> {
    const wanted = momentOf(moment, nowMs())
    const head = await this.#newest()
    const { name } = this.#address
    const version = 'version' in wanted ? wanted.version : await this.#at(head, wanted.instant)
    assertVersion(head, name, version)
    assertRetained(head, version)
    return snapshotOf(head, this.#names(), version)
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
    const head = this.#head.version >= version ? this.#head : await this.#newest()
    return readPartitions(this.#place, head, { version, columns })
  }

  /** Every version that the log still tells of, newest first. */
  async history(): Promise<HistoryEntry[]> {
    const head = await this.#newest()
    const last = head.segments.at(-1)
    const folded =
      last === undefined
        ? []
        : await this.#place.log.records(
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

  /** Begins to stage rows for the columns that the table has in `snapshot`. */
  stageWriter(options: WriterOptions = {}): TableWriter {
    const { store, folder, name } = this.#address
    const { columns, version } = this.#snapshot
    return new TableWriter(
      {
        store,
        folder,
        name,
        columns,
        version,
        partitionRows: this.#head.partitionRows,
        read: () => this.#tableHead.read(options.signal),
        commit: (from, change) => this.#commit(from, change),
      },
      options,
    )
  }

  /** Answers once checkpoints begun by commits of this database's tables are written. */
  settled(): Promise<void> {
    return this.#address.work.settled()
  }

  async #commit(from: Parameters<typeof commitChange>[2], change: Change): Promise<Committed> {
    const committed = await commitChange(this.#place, this.#tableHead, from, change)
    const { head, lostRaces } = committed
    if (head.version > this.#head.version) this.#head = head
    this.#snapshot = snapshotOf(this.#head, this.#names())
    this.#keeper.schedule(head, { contended: lostRaces > 0 })
    return committed
  }

  async #newest(): Promise<Head> {
    const { head } = await this.#tableHead.read()
    if (head.revision >= this.#head.revision) this.#head = head
    return this.#head
  }

  /** The newest version that is not younger than `instant`. */
  async #at(head: Head, instant: number): Promise<number> {
    if (instant < head.created) {
      throw noSuchVersion(head, this.#address.name, instantText(instant))
    }
    const inTail = head.tail.filter(({ timestamp }) => timestamp <= instant).at(-1)
    if (inTail !== undefined) return inTail.version
    const segment = head.segments.filter(({ timestampFrom }) => timestampFrom <= instant).at(-1)
    if (segment === undefined) return 0
    const records = await this.#place.log.records(head, segment, new Map())
    return records.filter(({ timestamp }) => timestamp <= instant).at(-1)!.version
  }

  #names() {
    const { name, store, folder } = this.#address
    return { name, storeUrl: store.url, folder }
  }
}

function parts({ store, folder }: TableAddress) {
  const log = new CommitLog(store, folder)
  return { place: { store, folder, log }, tableHead: new TableHead(store, folder, log) }
}
