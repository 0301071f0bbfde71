import type { Column } from '../../catalog/model/table.ts'
import type { PartitionReader } from './partition-reader.ts'

const PARTITIONS_MAX = 8
const FILES_MAX = 16
const BYTES_MAX = 64 << 20

/** A partition that is to be read, and the columns that its first rows need. */
export interface Upcoming {
  readonly reader: PartitionReader
  readonly firstColumns: readonly Column[]
}

/** A partition of which some files are on their way. */
interface Begun<T extends Upcoming> {
  readonly upcoming: T
  /** Of `firstColumns`: how many have been asked for. */
  asked: number
  /** Files that have been asked for, and their bytes. */
  files: number
  bytes: number
}

/**
 * Fetches files of the next partitions while one is read: only those that will be read whatever
 * their rows are, in the order of reading, bounded in files and bytes. Each is fetched once.
 */
export class ReadAhead<T extends Upcoming> {
  readonly #partitions: Iterator<T>
  readonly #bytesMax: number
  readonly #begun: Begun<T>[] = []

  /** @param options `bytesMax` bounds the files ahead; 64 MiB at most. */
  constructor(partitions: Iterable<T>, options: { readonly bytesMax: number }) {
    this.#partitions = partitions[Symbol.iterator]()
    this.#bytesMax = Math.min(BYTES_MAX, options.bytesMax)
  }

  /**
   * The next partition, undefined after the last; whoever takes it closes it. `fetch` begins to
   * fetch its first files and those of the partitions after it.
   */
  take({ fetch }: { readonly fetch: boolean }): T | undefined {
    if (fetch) this.#fetch()
    const first = this.#begun.shift()?.upcoming ?? this.#next()
    if (fetch) this.#fetch()
    return first
  }

  /** Gives up what has been fetched for partitions that nobody took. */
  async close(): Promise<void> {
    await Promise.all(this.#begun.splice(0).map(({ upcoming }) => upcoming.reader.close()))
  }

  #next(): T | undefined {
    const next = this.#partitions.next()
    return next.done === true ? undefined : next.value
  }

  #fetch(): void {
    let files = 0
    let bytes = 0
    for (const begun of this.#begun) {
      files += begun.files
      bytes += begun.bytes
    }
    for (let position = 0; position < PARTITIONS_MAX; position++) {
      const begun = this.#begun[position] ?? this.#begin()
      if (begun === undefined) return
      const { reader, firstColumns } = begun.upcoming
      for (; begun.asked < firstColumns.length; begun.asked++) {
        const column = firstColumns[begun.asked]!
        const size = reader.statisticsOf(column)?.bytes
        if (size === undefined) continue
        if (files >= FILES_MAX || bytes + size > this.#bytesMax) return
        reader.openAhead(column)
        begun.files++
        begun.bytes += size
        files++
        bytes += size
      }
    }
  }

  #begin(): Begun<T> | undefined {
    const upcoming = this.#next()
    if (upcoming === undefined) return undefined
    const begun = { upcoming, asked: 0, files: 0, bytes: 0 }
    this.#begun.push(begun)
    return begun
  }
}
