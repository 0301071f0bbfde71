import { type Batch, batch } from '../../arrow/batch.ts'
import { nullVector } from '../../arrow/constant-vector.ts'
import type { Vector } from '../../arrow/vector.ts'
import { columnFile, type PartitionSet } from '../../catalog/model/partition-set.ts'
import {
  type Column,
  type Partition,
  type TableSnapshot,
  tableSchema,
} from '../../catalog/model/table.ts'
import type { ColumnReader } from '../../io/csv/column-reader.ts'
import { openColumn } from '../../io/csv/open-column.ts'
import type { ObjectStore } from '../../io/object-store.ts'
import { pooled } from '../../io/pooled.ts'
import { constantReader } from '../constant-reader.ts'

const FILES_MAX = 8

/** Where columns are read from, and who hears of it. */
export interface ColumnSource {
  readonly store: ObjectStore
  readonly table: TableSnapshot
  /** With the statistics of the columns that are read. */
  readonly partitions: PartitionSet
  readonly signal?: AbortSignal | undefined
  readonly onRead: (rows: number, bytes: number) => void
}

/**
 * Columns of a partition, whole. The checksum of every file is compared each time, since what is
 * read here is written again. Throws DATA.
 */
export async function readColumns(
  source: ColumnSource,
  partition: Partition,
  columns: readonly Column[],
): Promise<Batch> {
  const vectors = await pooled(columns, FILES_MAX, (column) =>
    readColumn(source, partition, column),
  )
  return batch(tableSchema(columns), vectors, partition.rows)
}

/** Opens a column of a partition, to be read and closed; undefined where the partition has none. */
export async function columnReader(
  { store, table, partitions, signal }: ColumnSource,
  { id }: Partition,
  column: Column,
): Promise<ColumnReader | undefined> {
  const statistics = partitions.statistics.get(column.id)?.get(id)
  if (statistics === undefined) return undefined
  const constant = constantReader(statistics, column)
  if (constant !== undefined) return constant
  const file = columnFile(table.folder, column, statistics)
  return openColumn(store, file, { signal, verify: 'always' })
}

async function readColumn(
  source: ColumnSource,
  partition: Partition,
  column: Column,
): Promise<Vector> {
  const reader = await columnReader(source, partition, column)
  if (reader === undefined) return nullVector(column.type, partition.rows)
  try {
    const vector = await reader.read(partition.rows)
    source.onRead(partition.rows, reader.bytesRead)
    return vector
  } finally {
    reader.close()
  }
}
