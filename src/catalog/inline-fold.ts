import type { Vector } from '../arrow/vector.ts'
import { concat } from '../arrow/vector.ts'
import { openColumn } from '../io/csv/open-column.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import { chooseFolds } from './choose-partitions.ts'
import { discardStaged } from './discard-staged.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import { type ColumnPartition, columnFile, type PartitionSet } from './model/partition-set.ts'
import type { Column, Partition } from './model/table.ts'
import { PARTITION_BYTES_MAX } from './partition-buffer.ts'
import { PartitionStager } from './partition-stager.ts'
import { type ChangedColumn, RewrittenPartitions } from './rewritten-partitions.ts'
import type { Removal } from './staged-change.ts'
import { readPartitions, type TablePlace } from './table-partitions.ts'

const FILES_MAX = 8

/** The table that rows are folded in. */
export interface FoldPlace extends TablePlace {
  readonly name: string
  claimId(least: number): number
  read(): Promise<unknown>
  edit(change: (head: Head) => Partial<Head> | undefined): Promise<Head>
}

/**
 * Partitions of the metadata as column files, which are staged: whoever commits next takes them
 * along, if nobody has changed these rows meanwhile. No row changes, nor its place.
 */
export class InlineFold {
  readonly columns: readonly Column[]
  readonly removal: Removal
  readonly bytes: number
  /** Whether the last commit that was drafted with it takes it along. */
  isTaken = false
  readonly #place: FoldPlace
  readonly #stager: PartitionStager
  readonly #rewritten: RewrittenPartitions

  private constructor(
    place: FoldPlace,
    { version, columns }: Head,
    staged: { readonly stager: PartitionStager; readonly rewritten: RewrittenPartitions },
  ) {
    this.#place = place
    this.#stager = staged.stager
    this.#rewritten = staged.rewritten
    this.columns = columns
    const { removed: partitions, rowsRemoved: rows, bytes } = staged.rewritten
    this.removal = { partitions, rows, basedOn: version }
    this.bytes = bytes
  }

  /** Stages what `head` has in its metadata; undefined when that is nothing. */
  static async stage(place: FoldPlace, head: Head): Promise<InlineFold | undefined> {
    const { columns, version, partitionRows, compression } = head
    const set = await readPartitions(place, head, { version, columns })
    const runs = chooseFolds(set, columns, {
      bytesMax: Number.POSITIVE_INFINITY,
      partitionRowsMax: partitionRows,
      partitionBytesMax: PARTITION_BYTES_MAX,
    })
    if (runs.length === 0) return undefined
    const stager = new PartitionStager({
      store: place.store,
      folder: place.folder,
      columns,
      compression,
      claimId: (least) => place.claimId(least),
      refresh: () => place.read(),
    })
    const rewritten = new RewrittenPartitions(stager, columns)
    try {
      for (const run of runs) {
        const [first, ...rest] = run
        const rows = run.reduce((sum, partition) => sum + partition.rows, 0)
        const changed = joinedColumns(place, set, { columns, run })
        await rewritten.rewrite({ partition: first!, rows, files: new Map(), changed })
        for (const partition of rest) rewritten.remove(partition)
      }
    } catch (error) {
      await discardStaged(place, stager.created)
      throw error
    }
    return new InlineFold(place, head, { stager, rewritten })
  }

  partitions(base: Head): Promise<readonly AddPartition[]> {
    return this.#rewritten.partitions(base)
  }

  /** Removes the files, which nobody will commit. */
  discard(): Promise<void> {
    return discardStaged(this.#place, this.#stager.created)
  }
}

/** The columns of partitions that have the same ones, one under the other. */
async function* joinedColumns(
  { store, folder }: { readonly store: ObjectStore; readonly folder: string },
  { statistics }: PartitionSet,
  of: { readonly columns: readonly Column[]; readonly run: readonly Partition[] },
): AsyncGenerator<ChangedColumn> {
  for (const column of of.columns) {
    const known = statistics.get(column.id)
    if (known?.has(of.run[0]!.id) !== true) continue
    const files = of.run.map(({ id }) => known.get(id)!)
    const vectors = await pooled(files, FILES_MAX, (file) =>
      readFile({ store, folder }, column, file),
    )
    yield { column, vector: concat(column.type, vectors) }
  }
}

async function readFile(
  { store, folder }: { readonly store: ObjectStore; readonly folder: string },
  column: Column,
  statistics: ColumnPartition,
): Promise<Vector> {
  const file = columnFile(folder, column, statistics)
  const reader = await openColumn(store, file, { verify: 'always' })
  try {
    return await reader.read(statistics.rows)
  } finally {
    reader.close()
  }
}
