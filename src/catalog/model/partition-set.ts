import type { DataType } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import { type Column, type FileReference, headerOf, type Partition, partitionKey } from './table.ts'

/** Statistics of one column in one partition, and the number of the file that holds it. */
export interface ColumnPartition extends ColumnStatistics {
  readonly file: FileReference
  /** The file's whole text, where the metadata hold it and the store has no such file. */
  readonly text?: string
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

/** What is needed to open `column` of a partition, whose statistics are `statistics`. */
export function columnFile(
  tableFolder: string,
  column: Column,
  statistics: ColumnPartition,
): {
  readonly key: string
  readonly name: string
  readonly type: DataType
  readonly statistics: ColumnPartition
} {
  const key = partitionKey(tableFolder, column, statistics.file)
  return { key, name: headerOf(column), type: column.type, statistics }
}

/** Whether the metadata hold the rows of partition `id`, so that it has no files. */
export function isInline({ statistics }: PartitionSet, id: number): boolean {
  for (const column of statistics.values()) if (column.get(id)?.text !== undefined) return true
  return false
}
