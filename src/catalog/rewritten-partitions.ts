import type { Vector } from '../arrow/vector.ts'
import { mayCommit } from './burned-ids.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import type { Column, Partition } from './model/table.ts'
import type { PartitionStager } from './partition-stager.ts'
import { Uploads } from './uploads.ts'

/** A live partition with other rows or values: columns that `changed` lacks keep their files. */
export interface Rewrite {
  readonly partition: Partition
  /** Rows that it is to have; at least 1. */
  readonly rows: number
  /** Statistics of the files that it has, by column id. */
  readonly files: ReadonlyMap<number, ColumnPartition>
  /** Columns with all their values. All columns that have a file, when `rows` is another number. */
  readonly changed: Iterable<ChangedColumn> | AsyncIterable<ChangedColumn>
}

export interface ChangedColumn {
  readonly column: Column
  readonly vector: Vector
}

interface Rewritten {
  readonly partition: AddPartition
  /** Ids of the columns whose files were written now. */
  readonly fresh: ReadonlySet<number>
}

/** Live partitions that a commit takes away, and what it puts in their place. */
export class RewrittenPartitions {
  readonly #stager: PartitionStager
  readonly #columns: readonly Column[]
  readonly #removed = new Set<number>()
  readonly #rewritten: Rewritten[] = []
  #rowsRemoved = 0

  constructor(stager: PartitionStager, columns: readonly Column[]) {
    this.#stager = stager
    this.#columns = columns
  }

  /** Ids of the partitions that are no longer what they were. */
  get removed(): ReadonlySet<number> {
    return this.#removed
  }

  /** Rows that those partitions had. */
  get rowsRemoved(): number {
    return this.#rowsRemoved
  }

  /** Bytes of the files that were written. */
  get bytes(): number {
    let bytes = 0
    for (const { partition, fresh } of this.#rewritten) {
      for (const id of fresh) bytes += partition.columns.get(id)!.bytes
    }
    return bytes
  }

  remove({ id, rows }: Partition): void {
    this.#removed.add(id)
    this.#rowsRemoved += rows
  }

  /** Writes the changed columns. The partition keeps its number, so that rows keep their order. */
  async rewrite({ partition, rows, files, changed }: Rewrite): Promise<void> {
    const columns = new Map(files)
    const fresh = new Set<number>()
    const uploads = new Uploads()
    const number = this.#stager.claimFile()
    for await (const { column, vector } of changed) {
      fresh.add(column.id)
      const upload = this.#stager.stageFile(column, number, vector).then((statistics) => {
        columns.set(column.id, statistics)
        return true
      })
      await uploads.add(vector.length, upload)
    }
    await uploads.done()
    const { id } = partition
    this.#rewritten.push({ partition: { kind: 'addPartition', id, rows, columns }, fresh })
    this.remove(partition)
  }

  /** The partitions, with files copied to other numbers where `base` does not take those. */
  async partitions(base: Head): Promise<AddPartition[]> {
    for (const [position, { partition, fresh }] of this.#rewritten.entries()) {
      const columns = new Map(partition.columns)
      for (const column of this.#columns) {
        const of = columns.get(column.id)
        if (of === undefined || !fresh.has(column.id)) continue
        if (mayCommit(base, of.file as number)) continue
        columns.set(column.id, await this.#stager.copyFile(column, of, base.nextId))
      }
      this.#rewritten[position] = { partition: { ...partition, columns }, fresh }
    }
    return this.#rewritten.map(({ partition }) => partition)
  }
}
