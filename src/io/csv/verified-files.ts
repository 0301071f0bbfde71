import type { ObjectStore } from '../object-store.ts'
import type { ColumnFile } from './column-reader.ts'
import type { RowMarks } from './row-marks.ts'

const LIMIT = 100_000

/** The key of a file, and where its rows stand if that is known. */
export type VerifiedFile = readonly [string, RowMarks | null]

/**
 * Files that this thread, or another that told it, has read whole and found as their statistics say, with what is
 * known of where their rows stand; oldest first.
 */
const verified = new Map<string, RowMarks | null>()
/** What was noted here since it was last asked for; null until somebody asks. */
let news: VerifiedFile[] | null = null

const memoryStores = new WeakMap<ObjectStore, number>()
let memoryStoreCount = 0

/** Names a file together with all that a reader relies on once it is verified. */
export function verificationKey(store: ObjectStore, file: ColumnFile): string {
  const { rows, nulls, bytes, crc32, hints } = file.statistics
  const facts = [file.key, rows, nulls === 0, bytes, crc32, hints.width, hints.plain]
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

/** Where the rows of a verified file stand; null where that is not known. */
export function marksOf(key: string): RowMarks | null {
  return verified.get(key) ?? null
}

/** @param marks Null when they are not known. */
export function noteVerified(key: string, marks: RowMarks | null = null): void {
  takeVerified([[key, marks]])
  news?.push([key, marks])
}

/** Takes over what another thread has verified. */
export function takeVerified(files: readonly VerifiedFile[]): void {
  for (const [key, marks] of files) {
    const known = marksOf(key)
    verified.delete(key)
    verified.set(key, marks ?? known)
    if (verified.size <= LIMIT) continue
    for (const oldest of verified.keys()) {
      verified.delete(oldest)
      break
    }
  }
}

/** What was verified here since the last call, for other threads; nothing is kept before the first. */
export function newlyVerified(): readonly VerifiedFile[] {
  const found = news ?? []
  news = []
  return found
}
