import { throwIfAborted } from '../error.ts'
import { bytesSource } from './bytes-source.ts'
import type {
  ByteSource,
  Cell,
  ObjectStore,
  StoredObject,
  StoreOptions,
  SwapOutcome,
} from './object-store.ts'
import { assertCellKey, assertKey, assertPrefix } from './store-key.ts'
import { Turns } from './turns.ts'

/** A store in memory: the reference of what a store does. It lives as long as the object. */
export function memoryStore(): ObjectStore {
  return new MemoryStore()
}

class MemoryStore implements ObjectStore {
  readonly url = 'memory:'
  readonly #objects = new Map<string, Uint8Array>()
  readonly #cells = new Map<string, Cell>()
  readonly #turns = new Turns()
  #swaps = 0

  async get(key: string, options?: StoreOptions): Promise<Uint8Array | null> {
    check(key, options)
    const body = this.#objects.get(key)
    return body === undefined ? null : new Uint8Array(body)
  }

  async open(key: string, options?: StoreOptions): Promise<ByteSource | null> {
    check(key, options)
    const body = this.#objects.get(key)
    return body === undefined ? null : bytesSource(body)
  }

  async create(
    key: string,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<'created' | 'exists'> {
    check(key, options)
    if (this.#objects.has(key)) return 'exists'
    this.#objects.set(key, new Uint8Array(body))
    return 'created'
  }

  async replace(key: string, body: Uint8Array, options?: StoreOptions): Promise<void> {
    check(key, options)
    this.#objects.set(key, new Uint8Array(body))
  }

  async readCell(key: string, options?: StoreOptions): Promise<Cell | null> {
    assertCellKey(key)
    await this.#turns.next()
    throwIfAborted(options?.signal)
    const cell = this.#cells.get(key)
    return cell === undefined ? null : { body: new Uint8Array(cell.body), token: cell.token }
  }

  async swapCell(
    key: string,
    token: string | null,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<SwapOutcome> {
    assertCellKey(key)
    throwIfAborted(options?.signal)
    if ((this.#cells.get(key)?.token ?? null) !== token) return { outcome: 'lost' }
    this.#swaps++
    const cell = { body: new Uint8Array(body), token: String(this.#swaps) }
    this.#cells.set(key, cell)
    return { outcome: 'swapped', token: cell.token }
  }

  async delete(key: string, options?: StoreOptions): Promise<void> {
    check(key, options)
    this.#objects.delete(key)
  }

  async *list(prefix: string, options?: StoreOptions): AsyncGenerator<StoredObject> {
    assertPrefix(prefix)
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix))
    const ordered = keys
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    for (const { key } of ordered) {
      throwIfAborted(options?.signal)
      const body = this.#objects.get(key)
      if (body !== undefined) yield { key, byteLength: body.length }
    }
  }

  async *folders(prefix: string, options?: StoreOptions): AsyncGenerator<string> {
    assertPrefix(prefix)
    throwIfAborted(options?.signal)
    const keys = [...this.#objects.keys(), ...this.#cells.keys()]
    const names = new Set(keys.map((key) => nextSegment(key, prefix)))
    names.delete(undefined)
    yield* names as Set<string>
  }
}

function nextSegment(key: string, prefix: string): string | undefined {
  const end = key.startsWith(prefix) ? key.indexOf('/', prefix.length) : -1
  return end < 0 ? undefined : key.slice(prefix.length, end)
}

function check(key: string, options: StoreOptions | undefined): void {
  assertKey(key)
  throwIfAborted(options?.signal)
}
