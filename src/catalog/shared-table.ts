import { GraupelError } from '../error.ts'
import { newTxid } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { BackgroundWork } from './background-work.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'
import { CommitLog } from './commit-log.ts'
import { CommitQueue, type QueueTarget } from './commit-queue.ts'
import { IdentityValues } from './identity-values.ts'
import { InlineKeeper } from './inline-keeper.ts'
import { LoadLedger } from './load-ledger.ts'
import type { Head } from './model/head.ts'
import { PartitionCache } from './partition-cache.ts'
import { abortPending, resolvePending, withoutPending } from './pending.ts'
import { backOff } from './settle-swap.ts'
import { assertWritable } from './stored-json.ts'
import { type ReadHead, TableHead } from './table-head.ts'
import type { TablePlace } from './table-partitions.ts'

const ATTEMPTS_MAX = 100
/** Times that a transaction over several tables is looked at again before it is ended: about 1 s. */
const PATIENCE = 8

/** Where a table is, and by what name people know it. */
export interface TableAddress {
  readonly store: ObjectStore
  /** Key of the table's folder, without a trailing slash. */
  readonly folder: string
  /** `namespace/database.Table`. */
  readonly name: string
  readonly work: BackgroundWork
}

/** What all handles of one table share: the newest head known, what was read, commits that wait. */
export class SharedTable implements TablePlace, QueueTarget {
  readonly store: ObjectStore
  readonly folder: string
  readonly name: string
  readonly work: BackgroundWork
  readonly log: CommitLog
  readonly head: TableHead
  readonly cache = new PartitionCache()
  readonly queue: CommitQueue
  readonly inline: InlineKeeper
  readonly ledger: LoadLedger
  readonly identities: IdentityValues
  readonly #keeper: CheckpointKeeper
  #known: ReadHead | undefined
  #newest: Head | undefined
  #nextId = 1

  constructor({ store, folder, name, work }: TableAddress) {
    this.store = store
    this.folder = folder
    this.name = name
    this.work = work
    this.log = new CommitLog(store, folder)
    this.head = new TableHead(store, folder, this.log)
    this.queue = new CommitQueue(this)
    this.inline = new InlineKeeper(this, work)
    this.ledger = new LoadLedger(this)
    this.identities = new IdentityValues(this)
    this.#keeper = new CheckpointKeeper(this, this.head, work)
  }

  /** The newest head known, to be swapped; undefined when its token is not known. */
  get known(): ReadHead | undefined {
    return this.#known
  }

  /** The newest head known; of a table that was read once. */
  get newest(): Head {
    if (this.#newest !== undefined) return this.#newest
    throw new Error(`the head of "${this.folder}" has not been read`)
  }

  /** Reads the head, with what is committed in several tables. Throws DATA when there is none. */
  async read(signal?: AbortSignal): Promise<ReadHead> {
    return this.#resolved(await this.head.read(signal), signal)
  }

  /**
   * A head to make the next one from: `found`, or the newest known, or read. A transaction over
   * several tables that others have begun there has a while to end, then it is aborted.
   */
  async base(found?: ReadHead): Promise<ReadHead> {
    let read = found === undefined ? this.#known : await this.#resolved(found)
    read ??= await this.read()
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const { head, token } = read
      if (head.pending === null) return read
      if (attempt < PATIENCE) await backOff(attempt)
      else if (head.pending.prepared === null) return { head: withoutPending(head), token }
      else await abortPending(this.store, head.pending)
      read = await this.read()
    }
    throw this.tooManyRaces(ATTEMPTS_MAX)
  }

  async #resolved(found: ReadHead, signal?: AbortSignal): Promise<ReadHead> {
    const read = await resolvePending(this.store, found, signal)
    this.note(read)
    return read
  }

  /** Takes note of a head that was read. */
  note(read: ReadHead): void {
    const { revision, version } = this.#newest ?? { revision: 0, version: 0 }
    if (read.head.revision < revision) return
    // The same stored head, before it was known that what is pending is committed.
    if (read.head.revision === revision && read.head.version < version) return
    this.#newest = read.head
    this.#known = read
  }

  /** Takes note that a swap to `head` was won. */
  committed(head: Head, { token, lostRaces }: { token: string | null; lostRaces: number }): void {
    if (this.#newest === undefined || head.revision >= this.#newest.revision) {
      this.#newest = head
      this.#known = token === null ? undefined : { head, token }
    }
    this.inline.note(head)
    this.#keeper.schedule(head, { contended: lostRaces > 0 })
  }

  /** Ends what small appends have put off: the checkpoint is written, files that wait go again. */
  settle(): void {
    const fold = this.inline.take()
    if (fold !== undefined) this.inline.end(fold)
    if (this.#newest !== undefined) this.#keeper.finish(this.#newest)
  }

  /** Stores the ledger of loaded files, off the path of the load, when it has fallen behind. */
  noteLoads(): void {
    this.work.add(this.ledger.checkpoint(this.newest))
  }

  /** The next swap is to read the head first. */
  forget(): void {
    this.#known = undefined
  }

  /** A partition number that nobody in this process has taken, above `least` and `nextId`. */
  claimId(least: number): number {
    const id = Math.max(this.#nextId, least, this.#newest?.nextId ?? 1)
    this.#nextId = id + 1
    return id
  }

  /**
   * Swaps the head for what `change` makes of it, on top of whatever others did; it makes no
   * version. Answers the head; nothing is done when `change` answers undefined. The change must do
   * no harm when it is made twice.
   *
   * @param from A head that was just read, so that it need not be read again.
   */
  async edit(change: (head: Head) => Partial<Head> | undefined, from?: ReadHead): Promise<Head> {
    let base = await this.base(from ?? (await this.head.read()))
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const changed = change(base.head)
      if (changed === undefined) return base.head
      assertWritable(base.head, this.head.key)
      const revision = base.head.revision + 1
      const next = { ...base.head, ...changed, revision, txid: newTxid() }
      const swapped = await this.head.swap(base, next).catch((error: unknown) => {
        this.forget()
        throw error
      })
      if (swapped.won) {
        this.committed(next, { token: swapped.token, lostRaces: attempt })
        return next
      }
      await backOff(Math.min(attempt, 5))
      base = await this.base(swapped.found)
    }
    throw this.tooManyRaces(ATTEMPTS_MAX)
  }

  tooManyRaces(attempts: number): GraupelError {
    return new GraupelError(
      'CONFLICT',
      `table "${this.name}": ${attempts} other commits came first; nothing was committed`,
      { table: this.name, attempts },
    )
  }
}
