import type { Checkpoint } from './checkpoint.ts'

const ENTRIES_MAX = 500_000
const VERSIONS_MAX = 4

interface Known {
  readonly version: number
  readonly live: ReadonlyMap<number, unknown>
}

/**
 * What was live at versions that were asked for, by checkpoint file: 4 versions of a file and
 * 500,000 entries at most, the least recently used going first. Versions never change, so nothing
 * here grows stale.
 */
export class PartitionCache {
  /** Least recently used first. */
  readonly #files = new Map<string, readonly Known[]>()
  #entries = 0

  /** What is known of the file at `version`, or of the last version before it. */
  find<T>(key: string, version: number): Checkpoint<T> | undefined {
    const versions = this.#files.get(key)
    const found = versions
      ?.filter((known) => known.version <= version)
      .reduce<Known | undefined>(
        (best, known) => (best === undefined || known.version > best.version ? known : best),
        undefined,
      )
    if (versions === undefined || found === undefined) return undefined
    this.#files.delete(key)
    this.#files.set(key, versions)
    const live = found.live as ReadonlyMap<number, T>
    const isExact = found.version === version
    const rows = Array.from(isExact ? [] : live, ([id, value]) => ({
      id,
      value,
      added: 0,
      removed: null,
    }))
    return { upto: found.version, rows, prunedTo: 0 }
  }

  /** The very map that was kept for `version`. */
  exactly<T>(key: string, version: number): ReadonlyMap<number, T> | undefined {
    const found = this.#files.get(key)?.find((known) => known.version === version)
    return found?.live as ReadonlyMap<number, T> | undefined
  }

  keep<T>(key: string, version: number, live: ReadonlyMap<number, T>): void {
    const before = this.#files.get(key) ?? []
    if (live.size > ENTRIES_MAX || before.some((known) => known.version === version)) return
    const after = [...before, { version, live }].slice(-VERSIONS_MAX)
    this.#entries += count(after) - count(before)
    this.#files.delete(key)
    this.#files.set(key, after)
    for (const [oldest, versions] of this.#files) {
      if (this.#entries <= ENTRIES_MAX) return
      this.#files.delete(oldest)
      this.#entries -= count(versions)
    }
  }
}

function count(versions: readonly Known[]): number {
  return versions.reduce((sum, { live }) => sum + live.size + 1, 0)
}
