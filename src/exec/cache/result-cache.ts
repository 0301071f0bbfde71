import { LRUCache } from 'lru-cache'
import { type Batch, batchBytes, columnBytes } from '../../arrow/batch.ts'
import { ownBatch, ownVector } from '../../arrow/own-vector.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { GroupParts } from '../aggregate/grouping.ts'

/** An eighth of the cache, and never more than this, is what one result may take. */
const ENTRY_BYTES_MAX = 8 << 20
/** What an entry takes beside its rows. */
const ENTRY_BYTES = 512

type Entry =
  | { readonly batches: readonly Batch[]; readonly bytes: number }
  | { readonly groups: GroupParts; readonly bytes: number }

/**
 * Whole results by the key of their plan (`plan/plan-key.ts`), and groups of one partition by that
 * of theirs, the least recently used going first when all of them together would take more than
 * `bytesMax`. A key tells all that a result depends on, so nothing here grows stale.
 */
export class ResultCache {
  readonly #entries: LRUCache<string, Entry>
  /** Bytes that all entries may take. */
  readonly bytesMax: number

  /** @param bytesMax Bytes that the rows may take, 1 and up. */
  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
    this.#entries = new LRUCache({ maxSize: bytesMax, sizeCalculation: ({ bytes }) => bytes })
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#entries.calculatedSize
  }

  /** Bytes that one entry may take. */
  get entryBytesMax(): number {
    return Math.min(ENTRY_BYTES_MAX, Math.ceil(this.bytesMax / 8))
  }

  /** Whether there is something for `key`; does not count as a use. */
  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** The result for `key`, if it is there. */
  find(key: string): readonly Batch[] | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && 'batches' in entry ? entry.batches : undefined
  }

  /** The groups for `key`, if they are there. They are not to be changed. */
  findGroups(key: string): GroupParts | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && 'groups' in entry ? entry.groups : undefined
  }

  /** Keeps a copy of `groups`, if they are few; answers the bytes that they take. */
  keepGroups(key: string, { count, keys, states }: GroupParts): number {
    const vectors = [keys, ...states].flat()
    const bytes = vectors.reduce((sum, vector) => sum + columnBytes(vector), ENTRY_BYTES)
    if (bytes > this.entryBytesMax) return bytes
    const own = (of: readonly Vector[]) => of.map(ownVector)
    this.#entries.set(key, { groups: { count, keys: own(keys), states: states.map(own) }, bytes })
    return bytes
  }

  /** Takes the batches of a result as they come; it is kept when all are there and they are few. */
  recorder(key: string): ResultRecorder {
    return new ResultRecorder(this.entryBytesMax, (batches, bytes) => {
      this.#entries.set(key, { batches, bytes })
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
