import { type Batch, batch } from '../../arrow/batch.ts'
import { nullVector } from '../../arrow/constant-vector.ts'
import type { Schema } from '../../arrow/schema.ts'
import { type Column, type Partition, tableSchema } from '../../catalog/model/table.ts'
import type { ColumnReader } from '../../io/csv/column-reader.ts'
import type { SortKey } from '../../plan/expr.ts'
import type { ExecContext } from '../context.ts'
import { SortOperator } from '../operator/sort.ts'
import type { Operator } from '../operator.ts'
import { type ColumnSource, columnReader } from './read-columns.ts'

/**
 * All rows of `partitions`, which `source` knows with the statistics of all columns, stably ordered
 * by `keys`. What the memory of `context` has no room for goes through files. The checksum of every
 * file is compared each time, since what is read here is written again. Throws DATA.
 */
export function sortedPartitions(
  source: ColumnSource,
  partitions: readonly Partition[],
  keys: readonly SortKey[],
  context: ExecContext,
): AsyncGenerator<Batch, void, undefined> {
  const input = new PartitionRows(source, partitions)
  return new SortOperator({ schema: input.schema, keys }, input).execute(context)
}

/** The rows of partitions, one partition after the other. */
class PartitionRows implements Operator {
  readonly name = 'partitions'
  readonly inputs = []
  readonly schema: Schema
  readonly #source: ColumnSource
  readonly #partitions: readonly Partition[]

  constructor(source: ColumnSource, partitions: readonly Partition[]) {
    this.schema = tableSchema(source.table.columns)
    this.#source = source
    this.#partitions = partitions
  }

  async *execute({ batchRowsMax }: ExecContext): AsyncGenerator<Batch, void, undefined> {
    for (const partition of this.#partitions) yield* this.#rowsOf(partition, batchRowsMax)
  }

  async *#rowsOf(partition: Partition, rowsMax: number): AsyncGenerator<Batch, void, undefined> {
    const { table, onRead } = this.#source
    const readers = new Map<Column, ColumnReader>()
    try {
      for (const column of table.columns) {
        const reader = await columnReader(this.#source, partition, column)
        if (reader !== undefined) readers.set(column, reader)
      }
      for (let row = 0; row < partition.rows; row += rowsMax) {
        const length = Math.min(rowsMax, partition.rows - row)
        const vectors = table.columns.map((column) => {
          return readers.get(column)?.read(length) ?? nullVector(column.type, length)
        })
        yield batch(this.schema, await Promise.all(vectors), length)
      }
      let bytes = 0
      for (const { bytesRead } of readers.values()) bytes += bytesRead
      onRead(partition.rows, bytes)
    } finally {
      for (const reader of readers.values()) reader.close()
    }
  }
}
