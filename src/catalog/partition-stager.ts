import { randomBelow } from '../io/clock-and-ids.ts'
import { encodeColumn } from '../io/csv/encode-column.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import { type Column, partitionKey } from './model/table.ts'
import type { PartitionBuffer } from './partition-buffer.ts'

const UPLOADS_MAX = 16
const UPLOAD_BYTES_MAX = 128 << 20
const STRIDE_MAX = 1024

/** Where staged files go. */
export interface Staging {
  readonly store: ObjectStore
  readonly folder: string
  readonly columns: readonly Column[]
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes partitions as column files that nothing names yet. All files of a partition are created,
 * never overwritten, by one stager; where another was faster the number is given up.
 */
export class PartitionStager {
  readonly #staging: Staging
  readonly #created: string[] = []
  #nextId = 1
  #collisions = 0

  constructor(staging: Staging) {
    this.#staging = staging
  }

  /** Keys of the files that this stager created, in order. */
  get created(): readonly string[] {
    return this.#created
  }

  /** No id below `nextId` is free. */
  atLeast(nextId: number): void {
    this.#nextId = Math.max(this.#nextId, nextId)
  }

  /** Writes the rows of `buffer`, which must be some, as the next free partition. */
  async stage(buffer: PartitionBuffer): Promise<AddPartition> {
    for (;;) {
      const id = this.#nextId
      const columns = await this.#stageAs(id, buffer)
      if (columns !== undefined) {
        this.#nextId = id + 1
        return { kind: 'addPartition', id, rows: buffer.rows, columns }
      }
      this.#collisions++
      const stride = Math.min(STRIDE_MAX, 2 ** this.#collisions)
      this.#nextId = id + 1 + randomBelow(stride)
    }
  }

  /** Undefined when another writer has a file of that number. */
  async #stageAs(
    id: number,
    buffer: PartitionBuffer,
  ): Promise<ReadonlyMap<number, ColumnPartition> | undefined> {
    const statistics = new Map<number, ColumnPartition>()
    const uploads = new Uploads()
    for (const [position, column] of this.#staging.columns.entries()) {
      const encoded = encodeColumn(column.name, buffer.column(position))
      statistics.set(column.id, { file: id, ...encoded.statistics })
      await uploads.add(encoded.bytes.length, this.#create(column, id, encoded.bytes))
      // Who has met others claims a number by its first file before writing the rest.
      if (this.#collisions > 0 && position === 0) await uploads.done()
      if (uploads.isTaken) break
    }
    await uploads.done()
    return uploads.isTaken ? undefined : statistics
  }

  async #create(column: Column, id: number, bytes: Uint8Array): Promise<boolean> {
    const { store, folder, signal } = this.#staging
    const key = partitionKey(folder, column, id)
    const answer = await store.create(key, bytes, { signal })
    if (answer === 'created') this.#created.push(key)
    return answer === 'created'
  }
}

/** Uploads under way, bounded in number and bytes. */
class Uploads {
  readonly #running = new Set<Promise<void>>()
  #bytes = 0
  #failure: { readonly error: unknown } | undefined
  isTaken = false

  /** Waits until there is room for the next one. */
  async add(bytes: number, upload: Promise<boolean>): Promise<void> {
    this.#bytes += bytes
    const tracked = upload
      .then(
        (created) => {
          if (!created) this.isTaken = true
        },
        (error: unknown) => {
          this.#failure ??= { error }
        },
      )
      .finally(() => {
        this.#bytes -= bytes
        this.#running.delete(tracked)
      })
    this.#running.add(tracked)
    while (this.#running.size >= UPLOADS_MAX || this.#bytes > UPLOAD_BYTES_MAX) {
      await Promise.race(this.#running)
    }
    this.#rethrow()
  }

  async done(): Promise<void> {
    await Promise.all(this.#running)
    this.#rethrow()
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
