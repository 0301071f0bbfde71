import type { ObjectStore } from '../object-store.ts'
import type { ColumnFile } from './column-reader.ts'

const LIMIT = 100_000

/** Files that this process has read whole and found as their statistics say; oldest first. */
const verified = new Set<string>()

const memoryStores = new WeakMap<ObjectStore, number>()
let memoryStoreCount = 0

/** Names a file together with all that a reader relies on once it is verified. */
export function verificationKey(store: ObjectStore, file: ColumnFile): string {
  const { rows, bytes, crc32, hints } = file.statistics
  const facts = [file.key, rows, bytes, crc32, hints.width, hints.plain]
  return JSON.stringify([storeName(store), ...facts])
}

/** Two stores in memory may share a URL. */
function storeName(store: ObjectStore): string {
  if (!store.url.startsWith('memory:')) return store.url
  let id = memoryStores.get(store)
  if (id === undefined) {
    id = ++memoryStoreCount
    memoryStores.set(store, id)
  }
  return `memory:${id}`
}

export function isVerified(key: string): boolean {
  return verified.has(key)
}

export function noteVerified(key: string): void {
  verified.delete(key)
  verified.add(key)
  if (verified.size <= LIMIT) return
  for (const oldest of verified) {
    verified.delete(oldest)
    return
  }
}
