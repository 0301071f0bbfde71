import { throwIfAborted } from '../error.ts'
import { bytesSource } from './bytes-source.ts'
import type { ObjectCache, ObjectIdentity } from './object-cache.ts'
import type {
  ByteSource,
  Cell,
  CreateOptions,
  ObjectStore,
  OpenOptions,
  StoredObject,
  StoreOptions,
  SwapOutcome,
} from './object-store.ts'

/**
 * `store`, whose immutable objects are read from copies in `cache` where there are any, and copied
 * there when they were read whole. All else goes to the store.
 */
export function cachedStore(store: ObjectStore, cache: ObjectCache): ObjectStore {
  return new CachedStore(store, cache)
}

class CachedStore implements ObjectStore {
  readonly url: string
  /** Copies take their time too. */
  readonly fetchesOnOpen = true
  readonly #store: ObjectStore
  readonly #cache: ObjectCache

  constructor(store: ObjectStore, cache: ObjectCache) {
    this.url = store.url
    this.#store = store
    this.#cache = cache
  }

  async open(key: string, options?: OpenOptions): Promise<ByteSource | null> {
    const content = options?.content
    if (content === undefined || !this.#cache.takes(content.bytes)) {
      return this.#store.open(key, options)
    }
    throwIfAborted(options?.signal)
    const identity = { store: this.url, key, ...content }
    const copy = await this.#cache.find(identity)
    throwIfAborted(options?.signal)
    if (copy !== undefined) return bytesSource(copy)
    const source = await this.#store.open(key, options)
    if (source === null || source.byteLength !== content.bytes) return source
    return new CopiedSource(source, identity, this.#cache)
  }

  get(key: string, options?: StoreOptions): Promise<Uint8Array | null> {
    return this.#store.get(key, options)
  }

  create(key: string, body: Uint8Array, options?: CreateOptions): Promise<'created' | 'exists'> {
    return this.#store.create(key, body, options)
  }

  replace(key: string, body: Uint8Array, options?: StoreOptions): Promise<void> {
    return this.#store.replace(key, body, options)
  }

  readCell(key: string, options?: StoreOptions): Promise<Cell | null> {
    return this.#store.readCell(key, options)
  }

  swapCell(
    key: string,
    token: string | null,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<SwapOutcome> {
    return this.#store.swapCell(key, token, body, options)
  }

  delete(key: string, options?: StoreOptions): Promise<void> {
    return this.#store.delete(key, options)
  }

  list(prefix: string, options?: StoreOptions): AsyncIterable<StoredObject> {
    return this.#store.list(prefix, options)
  }

  folders(prefix: string, options?: StoreOptions): AsyncIterable<string> {
    return this.#store.folders(prefix, options)
  }
}

/** A source whose bytes are kept when they are read from first to last. */
class CopiedSource implements ByteSource {
  readonly byteLength: number
  readonly #source: ByteSource
  readonly #identity: ObjectIdentity
  readonly #cache: ObjectCache
  #copy: Uint8Array | undefined
  #copied = 0

  constructor(source: ByteSource, identity: ObjectIdentity, cache: ObjectCache) {
    this.byteLength = source.byteLength
    this.#source = source
    this.#identity = identity
    this.#cache = cache
  }

  read(target: Uint8Array, position: number): number | Promise<number> {
    const count = this.#source.read(target, position)
    if (typeof count === 'number') return this.#note(target, position, count)
    return count.then((known) => this.#note(target, position, known))
  }

  close(): void {
    this.#copied = Number.NaN
    this.#copy = undefined
    this.#source.close()
  }

  /** What leaves a gap is not kept. */
  #note(target: Uint8Array, position: number, count: number): number {
    if (position !== this.#copied || count === 0) return count
    this.#copy ??= new Uint8Array(this.byteLength)
    this.#copy.set(target.subarray(0, count), position)
    this.#copied += count
    if (this.#copied < this.byteLength) return count
    this.#cache.keep(this.#identity, this.#copy)
    this.#copy = undefined
    return count
  }
}
