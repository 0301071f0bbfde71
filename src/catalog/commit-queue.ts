import { corrupt, GraupelError, throwIfAborted } from '../error.ts'
import type { CommitLog } from './commit-log.ts'
import type { Head } from './model/head.ts'
import { type Draft, type NextCommit, nextCommit } from './next-commit.ts'
import { backOff } from './settle-swap.ts'
import { assertWritable } from './stored-json.ts'
import { assertLive, type ReadHead, type TableHead } from './table-head.ts'

const ATTEMPTS_MAX = 100
const TAIL_MAX = 64
const BATCH_MAX = 32

/** The table that a queue commits to, and what is known of its head. */
export interface QueueTarget {
  readonly name: string
  readonly log: CommitLog
  readonly head: TableHead
  readonly known: ReadHead | undefined
  base(found?: ReadHead): Promise<ReadHead>
  read(): Promise<ReadHead>
  forget(): void
  committed(head: Head, how: { readonly token: string | null; readonly lostRaces: number }): void
  tooManyRaces(attempts: number): GraupelError
}

/** What somebody wants to commit. */
export interface Change {
  /** Whether it depends on what is live, so that it cannot share a swap with others. */
  readonly alone: boolean
  readonly signal?: AbortSignal | undefined
  /** What it is on top of `base`; undefined when it is in the table already. May be asked again. */
  draft(base: Head): Promise<Draft | undefined>
}

/** The version that a change was committed as; `isNew` is false when it was in the table before. */
export interface Committed {
  readonly version: number
  readonly isNew: boolean
}

interface Prewritten {
  readonly base: ReadHead
  readonly next: NextCommit
}

interface Member {
  readonly change: Change
  readonly prewritten: Prewritten | undefined
  resolve(committed: Committed): void
  reject(error: unknown): void
}

interface Placed {
  readonly member: Member
  readonly next: NextCommit
}

/**
 * Commits changes to one table, those that wait at the same time by one swap of the head: each has
 * a version and a record of its own. What lost a race is put on top of what won.
 */
export class CommitQueue {
  readonly #table: QueueTarget
  #waiting: Member[] = []
  #running = false

  constructor(table: QueueTarget) {
    this.#table = table
  }

  /**
   * Commits `change` once `ready`. Where nothing else waits, its record is written meanwhile.
   *
   * Throws CONFLICT when too many races were lost, COMMIT_UNKNOWN with the `txid` when the store
   * stopped answering, NOT_FOUND when the table was dropped, and what `ready` and `draft` throw.
   *
   * @param ready True when the change is still what `draft` said before.
   */
  async commit(
    change: Change,
    ready: Promise<boolean> = Promise.resolve(true),
  ): Promise<Committed> {
    const writes = this.#running || change.alone ? undefined : this.#prewrite(change)
    const [written, whether] = await Promise.allSettled([writes, ready])
    if (whether.status === 'rejected') throw whether.reason
    // A failure here is met again, and told, when the change's turn comes.
    const usable = written.status === 'fulfilled' && whether.value
    const prewritten = usable ? written.value : undefined
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, prewritten, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #prewrite(change: Change): Promise<Prewritten | undefined> {
    const base = this.#table.known
    if (base === undefined || base.head.pending !== null) return undefined
    if (base.head.tail.length >= TAIL_MAX) return undefined
    const next = await this.#place(change, base.head)
    if (next === undefined) return undefined
    await this.#write([next])
    return { base, next }
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const batch = this.#take()
      const left = new Set(batch)
      try {
        await this.#commitBatch(left)
      } catch (error) {
        for (const member of left) member.reject(error)
      }
    }
    this.#running = false
  }

  #take(): Member[] {
    const alone = this.#waiting.findIndex(({ change }) => change.alone)
    const count = alone < 0 ? BATCH_MAX : Math.min(BATCH_MAX, Math.max(1, alone))
    return this.#waiting.splice(0, count)
  }

  /** Takes those out of `left` that have been answered. */
  async #commitBatch(left: Set<Member>): Promise<void> {
    let base = await this.#table.base()
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const placed = await this.#placeAll(base, left)
      const last = placed.at(-1)
      if (last === undefined) return
      const next = await this.#written(base, placed).catch(async (error: unknown) => {
        // Records that a stale head names may have been joined and vacuumed since.
        const now = await this.#table.read()
        if (now.token === base.token) throw error
        base = await this.#table.base(now)
      })
      if (next === undefined) continue
      const swapped = await this.#swap(base, next, placed, left)
      if (swapped.won) {
        this.#table.committed(next, { token: swapped.token, lostRaces: attempt })
        for (const { member, next: of } of placed) {
          left.delete(member)
          member.resolve({ version: of.version, isNew: true })
        }
        return
      }
      await backOff(Math.min(attempt, 5))
      base = await this.#table.base(swapped.found)
    }
    throw this.#table.tooManyRaces(ATTEMPTS_MAX)
  }

  async #placeAll(base: ReadHead, left: Set<Member>): Promise<Placed[]> {
    const placed: Placed[] = []
    let head = base.head
    for (const member of left) {
      const { change, prewritten } = member
      try {
        throwIfAborted(change.signal)
        const ready = prewritten?.base.token === base.token && head === base.head
        const next = ready ? prewritten.next : await this.#place(change, head)
        if (next === undefined) member.resolve({ version: base.head.version, isNew: false })
        else placed.push({ member, next })
        if (next === undefined) left.delete(member)
        head = next?.head ?? head
      } catch (error) {
        left.delete(member)
        member.reject(error)
      }
    }
    return placed
  }

  async #place(change: Change, base: Head): Promise<NextCommit | undefined> {
    assertLive(base, this.#table.name)
    assertWritable(base, this.#table.head.key)
    const draft = await change.draft(base)
    return draft === undefined ? undefined : nextCommit(base, draft)
  }

  /** The head that names all of `placed`, whose records are then in the store. */
  async #written(base: ReadHead, placed: readonly Placed[]): Promise<Head> {
    const fresh = placed.map(({ next }) => next)
    const missing = fresh.filter((next, index) => placed[index]!.member.prewritten?.next !== next)
    const { head } = fresh.at(-1)!
    const folds = base.head.tail.length >= TAIL_MAX
    const [segments] = await Promise.all([
      folds ? this.#table.log.fold(base.head) : base.head.segments,
      this.#write(missing),
    ])
    const tail = folds ? head.tail.slice(base.head.tail.length) : head.tail
    return { ...head, segments, tail, revision: base.head.revision + 1 }
  }

  async #write(commits: readonly NextCommit[]): Promise<void> {
    const { log, head } = this.#table
    const answers = await Promise.all(
      commits.map(({ record }) => log.write(record.file, record.bytes)),
    )
    for (const [index, answer] of answers.entries()) {
      if (answer === 'exists') {
        throw corrupt(`"${commits[index]!.record.file}" is taken`, { key: head.key })
      }
    }
  }

  async #swap(base: ReadHead, next: Head, placed: readonly Placed[], left: Set<Member>) {
    try {
      return await this.#table.head.swap(base, next)
    } catch (error) {
      this.#table.forget()
      if (error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN') {
        for (const { member, next: of } of placed) {
          left.delete(member)
          member.reject(unknownOutcome(this.#table.name, of, error))
        }
      }
      throw error
    }
  }
}

function unknownOutcome(table: string, { txid, version }: NextCommit, cause: GraupelError) {
  return new GraupelError(
    'COMMIT_UNKNOWN',
    `table "${table}": the store stopped answering; transaction "${txid}" may or may not have been committed: ask resolve("${txid}")`,
    { table, txid, version },
    { cause },
  )
}
