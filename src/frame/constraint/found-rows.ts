import type { Batch } from '../../arrow/batch.ts'
import type { AddPartition } from '../../catalog/model/commit-record.ts'
import type { PartitionSet } from '../../catalog/model/partition-set.ts'
import {
  type Column,
  fileText,
  type Partition,
  type TableSnapshot,
} from '../../catalog/model/table.ts'
import type { TableCatalog } from '../../catalog/table-catalog.ts'
import { readColumns } from '../../exec/row-change.ts'
import type { Expr } from '../../plan/expr.ts'
import { mightMatch } from '../../plan/prune.ts'
import { statisticsIn } from '../../plan/scan-statistics.ts'

/** Where the rows of a table are. */
export interface RowsPlace {
  readonly catalog: TableCatalog
  readonly signal?: AbortSignal | undefined
}

/** The rows of a table at one version, looked at by partitions. */
export class FoundRows {
  readonly snapshot: TableSnapshot
  readonly #place: RowsPlace
  readonly #sets = new Map<string, Promise<PartitionSet>>()

  constructor(place: RowsPlace, snapshot: TableSnapshot) {
    this.#place = place
    this.snapshot = snapshot
  }

  /** The partitions that may have a row for which `range` is true, with the statistics of `columns`. */
  async partitions(columns: readonly Column[], range: Expr): Promise<Partition[]> {
    const set = await this.#set(columns)
    const statisticsOf = statisticsIn(this.snapshot, set)
    return set.partitions.filter((partition) => mightMatch(range, statisticsOf(partition)))
  }

  /** `columns` of a partition. The checksums of the files are compared. */
  async read(partition: Partition, columns: readonly Column[]): Promise<Batch> {
    return this.#read(partition, columns, await this.#set(columns))
  }

  /** Whether a partition that came later has files in `columns` that were not there. */
  async isNew(added: AddPartition, columns: readonly Column[]): Promise<boolean> {
    const { statistics } = await this.#set(columns)
    return columns.some(({ id }) => {
      const before = statistics.get(id)?.get(added.id)
      const after = added.columns.get(id)
      if (before === undefined || after === undefined) return true
      return fileText(before.file) !== fileText(after.file)
    })
  }

  /** `columns` of a partition that came later; null when its statistics rule `range` out. */
  async readAdded(
    added: AddPartition,
    columns: readonly Column[],
    range: Expr,
  ): Promise<Batch | null> {
    const statistics = new Map(
      [...added.columns].map(([id, of]) => [id, new Map([[added.id, of]])] as const),
    )
    for (const { id } of columns) if (!statistics.has(id)) statistics.set(id, new Map())
    const set: PartitionSet = { partitions: [added], statistics }
    if (!mightMatch(range, statisticsIn(this.snapshot, set)(added))) return null
    return this.#read(added, columns, set)
  }

  #read(partition: Partition, columns: readonly Column[], partitions: PartitionSet) {
    const { catalog, signal } = this.#place
    const { store } = catalog.shared
    const onRead = () => {}
    return readColumns(
      { store, table: this.snapshot, partitions, signal, onRead },
      partition,
      columns,
    )
  }

  #set(columns: readonly Column[]): Promise<PartitionSet> {
    const ids = columns.map(({ id }) => id)
    const key = ids.join()
    const known = this.#sets.get(key) ?? this.#place.catalog.partitions(this.snapshot, ids)
    this.#sets.set(key, known)
    return known
  }
}
