import type { Vector } from '../arrow/vector.ts'
import { GraupelError } from '../error.ts'
import { crc32 } from '../io/checksum.ts'
import { randomBelow } from '../io/clock-and-ids.ts'
import { encodeColumn } from '../io/csv/encode-column.ts'
import { type EncodeColumns, encodeColumns } from '../io/csv/encode-columns.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { Compression } from './model/head.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import { type Column, headerOf, partitionKey } from './model/table.ts'
import type { PartitionBuffer } from './partition-buffer.ts'
import { Uploads } from './uploads.ts'

const COPIES_MAX = 8
const STRIDE_MAX = 1024

/** Where staged files go. */
export interface Staging {
  readonly store: ObjectStore
  readonly folder: string
  readonly columns: readonly Column[]
  /** How the store is asked to keep the files. */
  readonly compression: Compression
  readonly signal?: AbortSignal | undefined
  /** Who encodes the columns of a partition: the calling thread unless told. */
  readonly encode?: EncodeColumns | undefined
  /** A number from `least` on that nobody in this process has taken. */
  claimId(least: number): number
  /** Finds out which numbers others have used meanwhile. */
  refresh(): Promise<unknown>
}

/** A partition whose files are on their way: `settled` gives it with the number that it got. */
export interface PendingPartition {
  readonly partition: AddPartition
  readonly settled: Promise<AddPartition>
}

/**
 * Writes partitions as column files that nothing names yet. All files of a partition are created,
 * never overwritten, by one stager; where another was faster the number is given up.
 */
export class PartitionStager {
  readonly #staging: Staging
  readonly #created: { readonly id: number; readonly key: string }[] = []
  #collisions = 0

  constructor(staging: Staging) {
    this.#staging = staging
  }

  /** The files that this stager created, in order, with their partitions' numbers. */
  get created(): readonly { readonly id: number; readonly key: string }[] {
    return this.#created
  }

  /**
   * Encodes the rows of `buffer`, which must be some, and begins to write them as the next free
   * partition. Await `settled` before `buffer` changes.
   */
  async begin(buffer: PartitionBuffer): Promise<PendingPartition> {
    const id = this.#staging.claimId(1)
    const { columns, uploads } = await this.#stageAs(id, buffer)
    const partition: AddPartition = { kind: 'addPartition', id, rows: buffer.rows, columns }
    const settle = async () => {
      await uploads.done()
      return uploads.isTaken ? this.#again(id, buffer) : partition
    }
    return { partition, settled: settle() }
  }

  /**
   * A copy of a staged partition under a number from `from` on. Throws CONFLICT when its files are gone.
   */
  async copy(partition: AddPartition, from: number): Promise<AddPartition> {
    for (let least = from; ; ) {
      const id = this.#staging.claimId(least)
      const created = await pooled(this.#staging.columns, COPIES_MAX, async (column) => {
        const bytes = await this.#stagedBytes(column, partition.columns.get(column.id)!)
        return this.#create(column, id, bytes)
      })
      if (created.every((answer) => answer)) return renumbered(partition, id)
      least = this.#afterCollision(id)
    }
  }

  /** A number for files that are to take the place of a partition's. */
  claimFile(): number {
    return this.#staging.claimId(1)
  }

  /**
   * Writes `vector` as a file of `column` under `number`, or, where another was faster, under a
   * higher one. Answers what is to be said of it.
   */
  async stageFile(column: Column, number: number, vector: Vector): Promise<ColumnPartition> {
    const { bytes, statistics } = encodeColumn(headerOf(column), vector)
    return { ...statistics, file: await this.#createFrom(column, number, bytes) }
  }

  /** A copy of a staged file under a number from `from` on. Throws CONFLICT when it is gone. */
  async copyFile(column: Column, of: ColumnPartition, from: number): Promise<ColumnPartition> {
    const bytes = await this.#stagedBytes(column, of)
    return { ...of, file: await this.#createFrom(column, this.#staging.claimId(from), bytes) }
  }

  async #createFrom(column: Column, number: number, bytes: Uint8Array): Promise<number> {
    for (let id = number; ; ) {
      if (await this.#create(column, id, bytes)) return id
      await this.#staging.refresh()
      id = this.#staging.claimId(this.#afterCollision(id))
    }
  }

  async #again(taken: number, buffer: PartitionBuffer): Promise<AddPartition> {
    await this.#staging.refresh()
    for (let least = this.#afterCollision(taken); ; ) {
      const id = this.#staging.claimId(least)
      const { columns, uploads } = await this.#stageAs(id, buffer)
      await uploads.done()
      if (!uploads.isTaken) return { kind: 'addPartition', id, rows: buffer.rows, columns }
      least = this.#afterCollision(id)
    }
  }

  #afterCollision(id: number): number {
    this.#collisions++
    return id + 1 + randomBelow(Math.min(STRIDE_MAX, 2 ** this.#collisions))
  }

  /** `uploads.isTaken` tells when another writer has a file of that number. */
  async #stageAs(id: number, buffer: PartitionBuffer) {
    const { columns, encode = encodeColumns } = this.#staging
    const files: ColumnPartition[] = []
    const uploads = new Uploads()
    const headed = columns.map((column, position) => {
      return { header: headerOf(column), vector: buffer.column(position) }
    })
    let isFirst = true
    for await (const { position, encoded } of encode(headed)) {
      files[position] = { file: id, ...encoded.statistics }
      const { bytes } = encoded
      await uploads.add(bytes.length, this.#create(columns[position]!, id, bytes))
      // Who has met others claims a number by its first file before writing the rest.
      if (this.#collisions > 0 && isFirst) await uploads.done()
      isFirst = false
      if (uploads.isTaken) break
    }
    // Without those that were left out since the number is taken.
    const entries = columns.flatMap(({ id: of }, position): [number, ColumnPartition][] => {
      const file = files[position]
      return file === undefined ? [] : [[of, file]]
    })
    return { columns: new Map(entries), uploads }
  }

  async #create(column: Column, id: number, bytes: Uint8Array): Promise<boolean> {
    const { store, folder, signal, compression } = this.#staging
    const key = partitionKey(folder, column, id)
    const answer = await store.create(key, bytes, { signal, compression })
    if (answer === 'created') this.#created.push({ id, key })
    return answer === 'created'
  }

  async #stagedBytes(column: Column, expected: ColumnPartition): Promise<Uint8Array> {
    const { store, folder, signal } = this.#staging
    const key = partitionKey(folder, column, expected.file)
    const bytes = await store.get(key, { signal })
    if (bytes !== null && bytes.length === expected.bytes && crc32(bytes) === expected.crc32) {
      return bytes
    }
    throw new GraupelError(
      'CONFLICT',
      `"${key}" was vacuumed before it could be committed; nothing was committed: write the rows again`,
      { key },
    )
  }
}

/** `partition` with another number, which is that of its files, too. */
export function renumbered(partition: AddPartition, id: number): AddPartition {
  const columns = new Map<number, ColumnPartition>()
  for (const [column, of] of partition.columns) columns.set(column, { ...of, file: id })
  return { ...partition, id, columns }
}
