import { LRUCache } from 'lru-cache'
import { type Batch, batchBytes } from '../../arrow/batch.ts'
import { ownBatch } from '../../arrow/own-vector.ts'

/** An eighth of the cache, and never more than this, is what one result may take. */
const ENTRY_BYTES_MAX = 8 << 20
/** What an entry takes beside its rows. */
const ENTRY_BYTES = 512

/**
 * Whole results by the key of their plan (`plan/plan-key.ts`), the least recently used going first
 * when all of them together would take more than `bytesMax`. A key tells all that a result depends
 * on, so nothing here grows stale.
 */
export class ResultCache {
  readonly #entries: LRUCache<string, readonly Batch[]>
  readonly #entryBytesMax: number
  readonly #sizes = new WeakMap<readonly Batch[], number>()

  /** @param bytesMax Bytes that the rows may take, 1 and up. */
  constructor(bytesMax: number) {
    this.#entryBytesMax = Math.min(ENTRY_BYTES_MAX, Math.ceil(bytesMax / 8))
    this.#entries = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: (batches) => this.#sizes.get(batches)!,
    })
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#entries.calculatedSize
  }

  /** Whether there is a result for `key`; does not count as a use. */
  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** The result for `key`, if it is there. */
  find(key: string): readonly Batch[] | undefined {
    return this.#entries.get(key)
  }

  /** Takes the batches of a result as they come; it is kept when all are there and they are few. */
  recorder(key: string): ResultRecorder {
    return new ResultRecorder(this.#entryBytesMax, (batches, bytes) => {
      this.#sizes.set(batches, bytes)
      this.#entries.set(key, batches)
    })
  }

  clear(): void {
    this.#entries.clear()
  }
}

/** Gathers copies of a result's batches while they pass by. */
export class ResultRecorder {
  readonly #bytesMax: number
  readonly #keep: (batches: readonly Batch[], bytes: number) => void
  #batches: Batch[] | null = []
  #bytes = ENTRY_BYTES

  constructor(bytesMax: number, keep: (batches: readonly Batch[], bytes: number) => void) {
    this.#bytesMax = bytesMax
    this.#keep = keep
  }

  add(batch: Batch): void {
    if (this.#batches === null) return
    this.#bytes += batchBytes(batch) + ENTRY_BYTES
    if (this.#bytes > this.#bytesMax) this.#batches = null
    else this.#batches.push(ownBatch(batch))
  }

  /** There are no more batches. */
  finish(): void {
    if (this.#batches !== null) this.#keep(this.#batches, this.#bytes)
    this.#batches = null
  }
}
