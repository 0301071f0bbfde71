import { GraupelError } from '../error.ts'
import { pause, randomBelow } from '../io/clock-and-ids.ts'
import { pooled } from '../io/pooled.ts'
import type { BackgroundWork } from './background-work.ts'
import {
  advance,
  type Checkpoint,
  type CheckpointFile,
  metadataFile,
  NO_CHECKPOINT,
  partitionsFile,
  readCheckpoint,
  usable,
} from './checkpoint.ts'
import { isInlineEntry } from './inline-partition.ts'
import type { CommitRecord } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import { storedColumns } from './schema-at.ts'
import { INLINE_FEATURE } from './stored-json.ts'
import type { TableHead } from './table-head.ts'
import { columnTypes, type TablePlace } from './table-partitions.ts'

/** Rows of all checkpoints of a table up to which they are written after every commit. */
const EAGER_ROWS_MAX = 200
/** Those up to which no least number of commits is waited for. */
const PROMPT_ROWS_MAX = 2000
const COMMITS_MIN = 64
const PARTITION_SHARE = 0.05
const REQUESTS_MAX = 8
const CONTENDED_MS = 20

/**
 * Writes a table's checkpoints after commits, off their path: after each while they are small,
 * otherwise when commits have brought a share of what they hold, so that a commit costs as much in
 * a large table as in a small one. What it leaves undone costs readers time and nothing else.
 */
export class CheckpointKeeper {
  readonly #place: TablePlace
  readonly #head: TableHead
  readonly #work: BackgroundWork
  #wanted: Head | undefined
  #running = false
  #isLast = false
  /** What the last look at `partitions.csv` showed; -1 before the first. */
  #upto = -1
  #rows = 0

  constructor(place: TablePlace, head: TableHead, work: BackgroundWork) {
    this.#place = place
    this.#head = head
    this.#work = work
  }

  /** Asks for a checkpoint of `head`. `contended`: others commit too, so one will do for many. */
  schedule(head: Head, { contended }: { contended: boolean }): void {
    if (!this.#isDue(head)) return
    this.#wanted = head
    if (this.#running) return
    this.#running = true
    this.#work.add(this.#run(contended))
  }

  /** Asks for what is put off while rows of the metadata come one after the other. */
  finish(head: Head): void {
    const last = head.tail.at(-1)
    if (last === undefined || !isInlineEntry(last) || head.version <= this.#upto) return
    this.#isLast = true
    this.schedule(head, { contended: false })
  }

  async #run(contended: boolean): Promise<void> {
    try {
      if (contended) {
        await pause(CONTENDED_MS + randomBelow(4 * CONTENDED_MS))
        this.#wanted = (await this.#head.read()).head
      }
      while (this.#wanted !== undefined) {
        const head = this.#wanted
        this.#wanted = undefined
        await this.#write(head)
      }
    } finally {
      this.#running = false
      this.#isLast = false
    }
  }

  #isDue(head: Head): boolean {
    const last = head.tail.at(-1)
    const commits = head.version - this.#upto
    const partitions = Math.max(head.partitions, this.#rows)
    const rows = partitions * (head.columns.length + 1)
    if (last !== undefined && isInlineEntry(last)) {
      // Rows of the metadata wait until they get files, or nobody is left to give them any.
      if (this.#isLast && (rows <= PROMPT_ROWS_MAX || this.#upto < 0)) return true
      return commits >= Math.max(COMMITS_MIN, partitions * PARTITION_SHARE)
    }
    if (this.#upto < 0) return true
    // Whoever optimizes wants to read what few rows have left behind.
    const isFolded = last?.operation === 'optimize' && head.readerFeatures.includes(INLINE_FEATURE)
    if (isFolded || rows <= EAGER_ROWS_MAX) return commits > 0
    return (
      commits >= Math.max(rows <= PROMPT_ROWS_MAX ? 1 : COMMITS_MIN, partitions * PARTITION_SHARE)
    )
  }

  async #write(head: Head): Promise<void> {
    const { folder } = this.#place
    const list = partitionsFile(folder)
    const listed = await this.#readOrNone(list, head)
    this.#upto = listed?.upto ?? -1
    this.#rows = listed?.rows.length ?? 0
    const done = listed !== undefined && listed.upto >= head.version
    if (head.state !== 'live' || done || !this.#isDue(head)) return
    const columns = storedColumns(head)
    const files = columns.map((column) => metadataFile(folder, column))
    const found = await pooled(files, REQUESTS_MAX, (file) => this.#readOrNone(file, head))
    const uptos = [listed, ...found].map((checkpoint) => checkpoint?.upto ?? 0)
    const span = { from: Math.min(...uptos) + 1, to: head.version }
    const records = await this.#place.log.changes(head, span, columnTypes(columns))
    const work = files.map((file, index) => ({ file, checkpoint: found[index] }))
    await pooled(work, REQUESTS_MAX, ({ file, checkpoint }) =>
      this.#advance(file, checkpoint, records, head),
    )
    await this.#advance(list, listed, records, head)
    this.#upto = head.version
  }

  async #advance<T>(
    file: CheckpointFile<T>,
    checkpoint: Checkpoint<T> | undefined,
    records: readonly CommitRecord[],
    { version, retainedFrom }: Head,
  ): Promise<void> {
    if (checkpoint !== undefined && checkpoint.upto >= version) return
    const next = advance(file, checkpoint ?? NO_CHECKPOINT, records, {
      upto: version,
      retainedFrom,
    })
    await this.#place.store.replace(file.key, file.print(next))
  }

  /** Undefined when there is none, or a spoilt one: it is written anew from the log. */
  async #readOrNone<T>(file: CheckpointFile<T>, head: Head): Promise<Checkpoint<T> | undefined> {
    try {
      const checkpoint = usable(await readCheckpoint(this.#place.store, file), head)
      return checkpoint === NO_CHECKPOINT ? undefined : checkpoint
    } catch (error) {
      if (error instanceof GraupelError && error.code === 'DATA') return undefined
      throw error
    }
  }
}
