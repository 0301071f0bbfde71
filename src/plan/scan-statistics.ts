import type { PartitionSet } from '../catalog/model/partition-set.ts'
import type { Partition, TableSnapshot } from '../catalog/model/table.ts'
import type { StatisticsOf } from './bounds.ts'

/**
 * What `set` knows of the columns of `table` in `partition`. Undefined for a column whose
 * statistics were not asked for; `all-null` for one that is younger than the partition.
 */
export function statisticsIn(
  table: TableSnapshot,
  set: PartitionSet,
): (partition: Partition) => StatisticsOf {
  const ids = new Map(table.columns.map(({ name, id }) => [name, id]))
  return (partition) => (columnName) => {
    const id = ids.get(columnName)
    const ofColumn = id === undefined ? undefined : set.statistics.get(id)
    if (ofColumn === undefined) return undefined
    const statistics = ofColumn.get(partition.id)
    return statistics === undefined ? 'all-null' : { statistics, rows: partition.rows }
  }
}

/** The partitions of `set` whose ids are among `kept`, in the order of the set. */
export function keptPartitions(set: PartitionSet, kept: readonly number[]): Partition[] {
  const ids = new Set(kept)
  return set.partitions.filter(({ id }) => ids.has(id))
}
