import { invalid } from '../error.ts'
import { newUuid } from '../io/clock-and-ids.ts'
import type { ObjectStore, StoredObject } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import type { S3Options } from '../io/s3/s3-options.ts'
import { openStore } from '../io/store-url.ts'

/** Where all queries have their folders. */
const ROOT = '_tmp/'
const DELETES_AT_ONCE = 16

/** The folder in which one query keeps the buckets of its joins, and which it removes. */
export class ShuffleFolder {
  readonly #store: ObjectStore
  readonly #path: string
  #count = 0

  private constructor(store: ObjectStore, path: string) {
    this.#store = store
    this.#path = path
  }

  /** Nothing is written by others unless it is known that it can be removed from here. */
  static async open(store: ObjectStore): Promise<ShuffleFolder> {
    const path = `${ROOT}${newUuid()}`
    const probe = `${path}/probe`
    await store.replace(probe, new Uint8Array())
    await store.delete(probe)
    return new ShuffleFolder(store, path)
  }

  get storeUrl(): string {
    return this.#store.url
  }

  /** A folder in it that nobody has written to. */
  fresh(): string {
    return `${this.#path}/${this.#count++}`
  }

  async objects(folder: string, signal: AbortSignal): Promise<StoredObject[]> {
    const found: StoredObject[] = []
    for await (const object of this.#store.list(`${folder}/`, { signal })) found.push(object)
    return found
  }

  /** Removes all that was written. Nobody may write there any more. */
  async remove(): Promise<void> {
    await removeBelow(this.#store, `${this.#path}/`)
  }
}

async function removeBelow(store: ObjectStore, prefix: string): Promise<number> {
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  await pooled(keys, DELETES_AT_ONCE, (key) => store.delete(key))
  return keys.length
}

/**
 * Removes what shuffles of clients that died have left in the lake at `url`, and answers how many objects
 * that were. Run it when no query that shuffles is running there: one that is fails with DATA or UNAVAILABLE,
 * and never has fewer rows. Throws INVALID where there is no bucket, UNAVAILABLE when it cannot be reached.
 *
 * @param options How the bucket is reached, as in `connect`.
 */
export async function removeShuffles(url: string, options: S3Options = {}): Promise<number> {
  if (!url.startsWith('s3://'))
    throw invalid('shuffles are in buckets: "s3://bucket/prefix"', { url })
  return removeBelow(await openStore(url, options), ROOT)
}
