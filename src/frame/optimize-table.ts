import { batch } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { concat, type Vector } from '../arrow/vector.ts'
import { type ChoiceLimits, chooseGroups, chooseRuns } from '../catalog/choose-partitions.ts'
import type { PartitionSet } from '../catalog/model/partition-set.ts'
import { type Partition, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import { PARTITION_BYTES_MAX } from '../catalog/partition-buffer.ts'
import type { ChangedColumn } from '../catalog/rewritten-partitions.ts'
import type { StagedWriter } from '../catalog/table-catalog.ts'
import { GraupelError, throwIfAborted } from '../error.ts'
import { type ColumnSource, readColumns, sortedPartitions } from '../exec/row-change.ts'
import { execContext } from '../exec/run.ts'
import { type OnProgress, progressOf } from '../io/progress.ts'
import { bytesOf } from './byte-size.ts'
import type { ChangePlace } from './change-table.ts'
import { type ClusterKey, clusterKeysFor, keyedSet, sortKeysOf } from './cluster-keys.ts'
import type { OptimizeOptions, OptimizeResult } from './optimize-type.ts'

/** Sorting goes through files from here on, also where a query may hold more. */
const MEMORY_MAX = 1 << 30

/**
 * Gives the rows of a table to better partitions, as one commit that leaves all rows as they are:
 * see `Table.optimize`. Throws CONFLICT when others changed rows of the same partitions meanwhile.
 */
export async function optimizeTable(
  place: ChangePlace,
  options: OptimizeOptions,
): Promise<OptimizeResult> {
  const { catalog } = place
  const { bytesMax, columns } = options
  const bytes =
    bytesMax === undefined ? Number.POSITIVE_INFINITY : bytesOf(bytesMax, 'optimize: bytesMax')
  const snapshot = await catalog.refresh()
  const keys = clusterKeysFor(snapshot, columns, 'optimize')
  const ids = snapshot.columns.map(({ id }) => id)
  const partitions = await catalog.partitions(snapshot, ids)
  const { partitionRows } = catalog.shared.newest
  const limits = {
    bytesMax: bytes,
    partitionRowsMax: partitionRows,
    partitionBytesMax: PARTITION_BYTES_MAX,
  }
  const writer = catalog.stageWriter({ signal: options.signal })
  const tell = progressOf('optimize', options.onProgress)
  const { signal } = options
  const optimizer = new TableOptimizer(place, { snapshot, partitions }, { writer, tell, signal })
  try {
    if (keys.length > 0) await optimizer.recluster(keys, limits)
    else await optimizer.compact(limits)
  } catch (error) {
    await writer.abort()
    if (error instanceof GraupelError && error.code === 'DATA') await catalog.assertKept(snapshot)
    throw error
  }
  const { removed, joined, rowsJoined } = optimizer
  const result = await writer.commit({
    operation: 'optimize',
    basedOn: snapshot.version,
    rowsUpdated: rowsJoined,
  })
  tell({ phase: 'done', ...optimizer.read })
  return {
    version: result.version,
    partitionsRemoved: removed,
    partitionsAdded: result.partitions + joined,
    rows: result.rows + rowsJoined,
    bytes: result.bytes,
  }
}

class TableOptimizer {
  readonly #place: ChangePlace
  readonly #snapshot: TableSnapshot
  readonly #schema: Schema
  readonly #partitions: PartitionSet
  readonly #writer: StagedWriter
  readonly #signal: AbortSignal | undefined
  readonly #tell: OnProgress
  /** What was read so far, and what is to be. */
  read = { rows: 0, bytes: 0, totalBytes: 0, partitions: 0, totalPartitions: 0 }
  /** Partitions that are gone. */
  removed = 0
  /** Partitions under the number of one that is gone, and their rows. */
  joined = 0
  rowsJoined = 0

  constructor(
    place: ChangePlace,
    of: { readonly snapshot: TableSnapshot; readonly partitions: PartitionSet },
    {
      writer,
      signal,
      tell,
    }: {
      readonly writer: StagedWriter
      readonly signal: AbortSignal | undefined
      readonly tell: OnProgress
    },
  ) {
    this.#place = place
    this.#snapshot = of.snapshot
    this.#schema = tableSchema(of.snapshot.columns)
    this.#partitions = of.partitions
    this.#writer = writer
    this.#signal = signal
    this.#tell = tell
  }

  /** Sorts groups of partitions, and cuts each anew. */
  async recluster(keys: readonly ClusterKey[], limits: ChoiceLimits): Promise<void> {
    const { columns } = this.#snapshot
    const keyed = keyedSet(this.#partitions, keys)
    const by = { columns, keys: keyed.columns }
    const sortKeys = sortKeysOf(keys)
    const { memoryBytesMax, spillFolder } = this.#place.settings
    for (const group of this.#counted(chooseGroups(keyed.set, by, limits))) {
      const context = execContext({
        signal: this.#signal,
        memoryLimit: Math.min(memoryBytesMax, MEMORY_MAX),
        spillFolder,
      })
      for await (const rows of sortedPartitions(this.#source(), group, sortKeys, context)) {
        await this.#writer.write(batch(this.#schema, rows.columns, rows.length))
      }
      await this.#writer.endPartition()
      for (const partition of group) this.#writer.remove(partition)
      this.removed += group.length
      this.#note({ partitions: group.length })
    }
  }

  /** Joins runs of small partitions, so that all rows keep their order. */
  async compact(limits: ChoiceLimits): Promise<void> {
    for (const run of this.#counted(chooseRuns(this.#partitions, this.#snapshot.columns, limits))) {
      throwIfAborted(this.#signal)
      const [first, ...rest] = run
      const rows = run.reduce((sum, partition) => sum + partition.rows, 0)
      const changed = this.#joinedColumns(run)
      await this.#writer.rewrite({ partition: first!, rows, files: new Map(), changed })
      for (const partition of rest) this.#writer.remove(partition)
      this.removed += run.length
      this.#note({ partitions: run.length })
      this.joined++
      this.rowsJoined += rows
    }
  }

  async *#joinedColumns(run: readonly Partition[]): AsyncGenerator<ChangedColumn> {
    const source = this.#source()
    for (const column of this.#snapshot.columns) {
      const files = this.#partitions.statistics.get(column.id)
      // A column younger than all of them stays one without files.
      if (run.every(({ id }) => (files?.get(id)?.file ?? 0) === 0)) continue
      const vectors: Vector[] = []
      for (const partition of run) {
        throwIfAborted(this.#signal)
        const { columns } = await readColumns(source, partition, [column])
        vectors.push(columns[0]!)
      }
      yield { column, vector: concat(column.type, vectors) }
    }
  }

  #source(): ColumnSource {
    return {
      store: this.#place.store,
      table: this.#snapshot,
      partitions: this.#partitions,
      signal: this.#signal,
      onRead: (rows, bytes) => this.#note({ rows, bytes }),
    }
  }

  /** `groups`, after noting what they come to. */
  #counted(groups: Iterable<readonly Partition[]>): readonly (readonly Partition[])[] {
    const all = [...groups]
    for (const { id } of all.flat()) {
      this.read.totalPartitions++
      for (const column of this.#partitions.statistics.values()) {
        this.read.totalBytes += column.get(id)?.bytes ?? 0
      }
    }
    return all
  }

  #note({ rows = 0, bytes = 0, partitions = 0 }): void {
    this.read.rows += rows
    this.read.bytes += bytes
    this.read.partitions += partitions
    this.#tell({ phase: 'scan', ...this.read })
  }
}
