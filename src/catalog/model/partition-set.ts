import type { Scalar } from '../../arrow/scalar.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { FileReference, Partition } from './table.ts'

/** Statistics of one column in one partition, and the number of the file that holds it. */
export interface ColumnPartition extends ColumnStatistics {
  readonly file: FileReference
  /** The value of all rows where there is no file: the column's default. Then `file` is 0. */
  readonly constant?: Scalar
}

/**
 * The live partitions of a snapshot, ascending by id, with the statistics of the columns that
 * were asked for: column id -> partition id -> statistics. A partition without an entry for a
 * column was written before that column was added: every value there is null, or its default where the
 * column has one (see `withDefaults`).
 */
export interface PartitionSet {
  readonly partitions: readonly Partition[]
  readonly statistics: ReadonlyMap<number, ReadonlyMap<number, ColumnPartition>>
}
