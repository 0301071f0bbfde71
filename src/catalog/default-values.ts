import { constantVector } from '../arrow/constant-vector.ts'
import type { Scalar } from '../arrow/scalar.ts'
import type { ColumnStatistics } from '../arrow/statistics.ts'
import { encodeColumn } from '../io/csv/encode-column.ts'
import type { ColumnPartition, PartitionSet } from './model/partition-set.ts'
import type { Column } from './model/table.ts'

/** `set` with what a partition holds of a column of `columns` that it has no file of: its default. */
export function withDefaults(set: PartitionSet, columns: readonly Column[]): PartitionSet {
  const younger = columns.filter(
    ({ id, default: value }) =>
      value !== undefined && (set.statistics.get(id)?.size ?? 0) < set.partitions.length,
  )
  if (younger.length === 0) return set
  const statistics = new Map(set.statistics)
  for (const { id, type, default: value } of younger) {
    const one = encodeColumn('', constantVector(value!, type)).statistics
    const known = new Map(set.statistics.get(id))
    for (const { id: partition, rows } of set.partitions) {
      if (!known.has(partition)) known.set(partition, constantPartition(one, value!, rows))
    }
    statistics.set(id, known)
  }
  return { partitions: set.partitions, statistics }
}

/** What is known of `rows` rows that hold `value`, of one of which `one` is known. */
function constantPartition(one: ColumnStatistics, value: Scalar, rows: number): ColumnPartition {
  return {
    ...one,
    rows,
    nans: one.nans * rows,
    sum: one.sum === null ? null : one.sum * BigInt(rows),
    bytes: 0,
    crc32: 0,
    file: 0,
    constant: value,
  }
}
