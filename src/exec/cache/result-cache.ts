import { LRUCache } from 'lru-cache'
import { type Batch, batchBytes, columnBytes } from '../../arrow/batch.ts'
import { ownBatch, ownVector } from '../../arrow/own-vector.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { ResultFolder } from '../../io/result-folder.ts'
import type { GroupParts } from '../aggregate/grouping.ts'

/** An eighth of the cache, and never more than this, is what one result may take. */
const ENTRY_BYTES_MAX = 8 << 20
/** What an entry takes beside its rows. */
const ENTRY_BYTES = 512
/** Keys begin so that mean the same in every process. */
export const LASTING = 'lasting '

type Entry =
  | { readonly batches: readonly Batch[]; readonly bytes: number }
  | { readonly groups: GroupParts; readonly bytes: number }

/**
 * Whole results by the key of their plan (`plan/plan-key.ts`), and groups of one partition by that
 * of theirs, the least recently used going first when all of them together would take more than
 * `bytesMax`. A key tells all that a result depends on, so nothing here grows stale. What has a
 * lasting key is kept in the folder, too, where there is one.
 */
export class ResultCache {
  readonly #entries: LRUCache<string, Entry>
  /** Bytes that all entries may take. */
  readonly bytesMax: number

  readonly #folder: ResultFolder | null

  /** @param bytesMax Bytes that the rows may take, 1 and up. */
  constructor(bytesMax: number, folder: ResultFolder | null = null) {
    this.bytesMax = bytesMax
    this.#folder = folder
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

  /** As `has`, also in the folder. */
  async holds(key: string): Promise<boolean> {
    return this.has(key) || (await this.#folderOf(key)?.has(key)) === true
  }

  /** As `find`, also in the folder; `schema` is that of the result. */
  async fetch(key: string, schema: Schema): Promise<readonly Batch[] | undefined> {
    const known = this.find(key)
    const stored = known === undefined ? await this.#folderOf(key)?.find(key) : undefined
    if (stored === undefined) return known
    const batches = (stored as StoredBatch[]).map((of) => ownBatch({ ...of, schema }))
    this.#keepBatches(key, batches)
    return batches
  }

  /** As `findGroups`, also in the folder. */
  async fetchGroups(key: string): Promise<GroupParts | undefined> {
    const known = this.findGroups(key)
    const stored = known === undefined ? await this.#folderOf(key)?.find(key) : undefined
    if (stored === undefined) return known
    const groups = ownGroups(stored as GroupParts)
    this.#entries.set(key, { groups, bytes: groupBytes(groups) })
    return groups
  }

  /** Keeps a copy of `groups`, if they are few; answers the bytes that they take. */
  keepGroups(key: string, groups: GroupParts): number {
    const bytes = groupBytes(groups)
    if (bytes > this.entryBytesMax) return bytes
    const own = ownGroups(groups)
    this.#entries.set(key, { groups: own, bytes })
    this.#folderOf(key)?.keep(key, own)
    return bytes
  }

  /** Takes the batches of a result as they come; it is kept when all are there and they are few. */
  recorder(key: string): ResultRecorder {
    return new ResultRecorder(this.entryBytesMax, (batches) => {
      this.#keepBatches(key, batches)
      const stored = batches.map(({ columns, length }): StoredBatch => ({ columns, length }))
      this.#folderOf(key)?.keep(key, stored)
    })
  }

  /** Answers once all that was kept so far is in the folder. */
  async settled(): Promise<void> {
    await this.#folder?.settled()
  }

  /** Forgets what is in memory. */
  clear(): void {
    this.#entries.clear()
  }

  #folderOf(key: string): ResultFolder | null {
    return key.startsWith(LASTING) ? this.#folder : null
  }

  #keepBatches(key: string, batches: readonly Batch[]): void {
    const rows = batches.reduce((sum, batch) => sum + batchBytes(batch) + ENTRY_BYTES, 0)
    this.#entries.set(key, { batches, bytes: rows + ENTRY_BYTES })
  }
}

/** A batch without its schema, which the plan knows. */
type StoredBatch = Pick<Batch, 'columns' | 'length'>

function groupBytes({ keys, states }: GroupParts): number {
  const vectors = [keys, ...states].flat()
  return vectors.reduce((sum, vector) => sum + columnBytes(vector), ENTRY_BYTES)
}

function ownGroups({ count, keys, states }: GroupParts): GroupParts {
  const own = (of: readonly Vector[]) => of.map(ownVector)
  return { count, keys: own(keys), states: states.map(own) }
}

/** Gathers copies of a result's batches while they pass by. */
export class ResultRecorder {
  readonly #bytesMax: number
  readonly #keep: (batches: readonly Batch[]) => void
  #batches: Batch[] | null = []
  #bytes = ENTRY_BYTES

  constructor(bytesMax: number, keep: (batches: readonly Batch[]) => void) {
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
    if (this.#batches !== null) this.#keep(this.#batches)
    this.#batches = null
  }
}
