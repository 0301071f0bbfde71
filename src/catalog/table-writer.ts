import type { Batch } from '../arrow/batch.ts'
import type { Vector } from '../arrow/vector.ts'
import { GraupelError, invalid, throwIfAborted } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { Column } from './model/table.ts'
import { PartitionBuffer } from './partition-buffer.ts'
import { PartitionStager } from './partition-stager.ts'
import { type Change, type Committed, stagedBytes } from './table-commit.ts'
import type { ReadHead } from './table-head.ts'

export interface WriterOptions {
  readonly signal?: AbortSignal | undefined
  /** Rows per partition, at least 1; what the table says unless told. */
  readonly partitionRowsMax?: number | undefined
  /** Bytes of the widest column file of a partition, about; 64 MiB unless told. */
  readonly partitionBytesMax?: number | undefined
}

export interface CommitOptions {
  /** `overwrite` removes all that was live before. */
  readonly operation: 'append' | 'overwrite'
}

/** What a commit brought. */
export interface CommitResult {
  readonly version: number
  readonly rows: number
  /** Bytes of the new column files. */
  readonly bytes: number
  readonly partitions: number
}

/** The table that a writer writes to. */
export interface WriterTarget {
  readonly store: ObjectStore
  readonly folder: string
  readonly name: string
  readonly columns: readonly Column[]
  readonly partitionRows: number
  /** The version that the table is known to have. */
  readonly version: number
  read(): Promise<ReadHead>
  commit(from: ReadHead, change: Change): Promise<Committed>
}

const PARTITION_BYTES_MAX = 64 << 20

/**
 * Stages rows as partitions that nobody sees, then commits them at once or gives them up. Holds
 * about one partition in memory. Used by one caller at a time; ends with `commit` or `abort`.
 */
export class TableWriter {
  readonly #target: WriterTarget
  readonly #options: WriterOptions
  readonly #buffer: PartitionBuffer
  readonly #stager: PartitionStager
  readonly #staged: AddPartition[] = []
  #base: Promise<ReadHead> | undefined
  #state: 'open' | 'failed' | 'committed' | 'unknown' | 'aborted' = 'open'

  constructor(target: WriterTarget, options: WriterOptions) {
    this.#target = target
    this.#options = options
    const rowsMax = options.partitionRowsMax ?? target.partitionRows
    const bytesMax = options.partitionBytesMax ?? PARTITION_BYTES_MAX
    if (!Number.isSafeInteger(rowsMax) || rowsMax < 1 || !(bytesMax >= 1)) {
      throw invalid('partitionRowsMax and partitionBytesMax must be whole numbers from 1 on', {
        partitionRowsMax: rowsMax,
        partitionBytesMax: bytesMax,
      })
    }
    this.#buffer = new PartitionBuffer(target.columns, { rowsMax, bytesMax })
    this.#stager = new PartitionStager({
      store: target.store,
      folder: target.folder,
      columns: target.columns,
      signal: options.signal,
    })
  }

  /**
   * Takes rows; answers when there is room for more.
   *
   * @param batch The table's columns by name, in any order, of exactly their types.
   * Throws INVALID naming the column when it is not; then nothing of the batch was taken.
   */
  async write(batch: Batch): Promise<void> {
    this.#assertOpen()
    const vectors = this.#buffer.vectorsOf(batch)
    await this.#failing(() => this.#writeRows(vectors, batch.length))
  }

  /**
   * Makes all rows written visible, in one new version. An append of nothing makes none. Throws
   * CONFLICT when nothing was committed since others came first, COMMIT_UNKNOWN with the `txid` when
   * the store stopped answering: the staged files then stay.
   */
  async commit({ operation }: CommitOptions): Promise<CommitResult> {
    this.#assertOpen()
    return this.#failing(async () => {
      if (this.#buffer.rows > 0) await this.#flush()
      const added = this.#staged
      if (added.length === 0 && operation === 'append') {
        this.#state = 'committed'
        return { version: this.#target.version, rows: 0, bytes: 0, partitions: 0 }
      }
      const { columns, name } = this.#target
      const { signal } = this.#options
      const change = { operation, added, columns, name, signal }
      const { head } = await this.#target.commit(await this.#head(), change)
      this.#state = 'committed'
      const rows = added.reduce((sum, partition) => sum + partition.rows, 0)
      const bytes = stagedBytes(added)
      return { version: head.version, rows, bytes, partitions: added.length }
    })
  }

  /** Gives up what was staged and removes its files, unless it may have been committed. */
  async abort(): Promise<void> {
    if (this.#state !== 'open' && this.#state !== 'failed') return
    this.#state = 'aborted'
    this.#buffer.clear()
    // The first file of a partition holds its number, so it goes last.
    for (const key of [...this.#stager.created].reverse()) await this.#target.store.delete(key)
  }

  async #writeRows(vectors: readonly Vector[], length: number): Promise<void> {
    for (let row = 0; row < length; ) {
      throwIfAborted(this.#options.signal)
      const next = this.#buffer.take(vectors, row)
      if (next === row || this.#buffer.isFull()) await this.#flush()
      row = next
    }
  }

  async #flush(): Promise<void> {
    this.#stager.atLeast((await this.#head()).head.nextId)
    this.#staged.push(await this.#stager.stage(this.#buffer))
    this.#buffer.clear()
  }

  /** The head that the commit is to follow, read once, when the first rows are staged. */
  #head(): Promise<ReadHead> {
    this.#base ??= this.#target.read()
    return this.#base
  }

  async #failing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const unknown = error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN'
      this.#state = unknown ? 'unknown' : 'failed'
      throw error
    }
  }

  #assertOpen(): void {
    if (this.#state === 'open') return
    throw invalid(`this writer has ${STATES.get(this.#state)}: open another`, {
      state: this.#state,
    })
  }
}

const STATES = new Map([
  ['failed', 'failed'],
  ['committed', 'committed'],
  ['unknown', 'an unknown outcome'],
  ['aborted', 'been aborted'],
])
