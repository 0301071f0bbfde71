import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { FileReference, Partition } from './table.ts'

/** Statistics of one column in one partition, and the number of the file that holds it. */
export interface ColumnPartition extends ColumnStatistics {
  readonly file: FileReference
}

/**
 * The live partitions of a snapshot, ascending by id, with the statistics of the columns that
 * were asked for: column id -> partition id -> statistics. A partition without an entry for a
 * column was written before that column was added: every value there is null.
 */
export interface PartitionSet {
  readonly partitions: readonly Partition[]
  readonly statistics: ReadonlyMap<number, ReadonlyMap<number, ColumnPartition>>
}
