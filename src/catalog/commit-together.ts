import { corrupt, GraupelError, throwIfAborted } from '../error.ts'
import { newTxid, nowMs } from '../io/clock-and-ids.ts'
import type { Change, Committed } from './commit-queue.ts'
import { printHead } from './head-json.ts'
import type { Head, Pending } from './model/head.ts'
import { type NextCommit, nextCommit } from './next-commit.ts'
import { dropPending, noAnswer, withPending, withPrepared } from './pending.ts'
import { backOff } from './settle-swap.ts'
import type { SharedTable } from './shared-table.ts'
import { assertWritable } from './stored-json.ts'
import { assertLive, type ReadHead } from './table-head.ts'

const ATTEMPTS_MAX = 50
const TAIL_MAX = 64

/** A table of a transaction, and the one change that is to be made to it. */
export interface Part {
  readonly table: SharedTable
  readonly change: Change
}

/** A table whose head has the mark of this transaction. */
interface Held {
  readonly table: SharedTable
  readonly next: NextCommit
  readonly read: ReadHead
}

/** Why an attempt committed nothing: others were faster, or its instant is past for a table. */
interface Lost {
  readonly least: number
}

/**
 * Commits changes to several tables, all of them or none: each head gets a mark, in the order of
 * the tables' folders; then one swap of the first table's head decides for all. What lost a race
 * is done again on top of what won. Answers in the order of `parts`; when one of them is in its
 * table already, none is committed.
 *
 * Throws CONFLICT when a change cannot be made any more or too many races were lost, UNAVAILABLE
 * when the store stopped answering before the decision, COMMIT_UNKNOWN with the `txid`, for any of the
 * tables to resolve, when it did so during it.
 */
export async function commitTogether(parts: readonly Part[]): Promise<readonly Committed[]> {
  const [first] = parts
  if (first === undefined) return []
  if (parts.length === 1) return [await first.table.queue.commit(first.change)]
  const ordered = [...parts].sort((a, b) => (a.table.folder < b.table.folder ? -1 : 1))
  let least = 0
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (attempt > 0) await backOff(Math.min(attempt, 6))
    const instant = Math.max(nowMs(), least)
    const ended = await new Attempt(instant, attempt).run(ordered)
    if (!('least' in ended)) return parts.map(({ table }) => ended.get(table)!)
    least = ended.least
  }
  throw ordered[0]!.table.tooManyRaces(ATTEMPTS_MAX)
}

/** One try at a transaction, which can be committed once at most, by its one decision. */
class Attempt {
  readonly #txid = newTxid()
  /** Of all its versions, so that an instant shows all of them or none. */
  readonly #instant: number
  readonly #lostRaces: number
  readonly #held: Held[] = []

  constructor(instant: number, lostRaces: number) {
    this.#instant = instant
    this.#lostRaces = lostRaces
  }

  async run(parts: readonly Part[]): Promise<ReadonlyMap<SharedTable, Committed> | Lost> {
    let ended: Awaited<ReturnType<Attempt['run']>> | undefined
    try {
      for (const part of parts) {
        const held = await this.#hold(part)
        if (held === 'held') continue
        ended = held === 'there' ? allThere(parts) : held
        break
      }
      ended ??= await this.#decide()
    } catch (error) {
      const unknown = error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN'
      if (!unknown) await this.#release()
      throw error
    }
    if ('least' in ended || this.#held.length < parts.length) await this.#release()
    return ended
  }

  async #hold({ table, change }: Part): Promise<'held' | 'there' | Lost> {
    throwIfAborted(change.signal)
    const base = await foldedBase(table)
    if (base === undefined) return { least: 0 }
    const { head } = base
    assertLive(head, table.name)
    assertWritable(head, table.head.key)
    if (head.timestamp >= this.#instant) return { least: head.timestamp + 1 }
    const draft = await change.draft(head)
    if (draft === undefined) return 'there'
    const next = nextCommit(head, draft, { txid: this.#txid, timestamp: this.#instant })
    const written = await table.log.write(next.record.file, next.record.bytes)
    if (written === 'exists') throw corrupt(`"${next.record.file}" is taken`, { key: table.folder })
    const pending = this.#pendingOf(table, next)
    const marked = { ...withPending(head, pending), revision: head.revision + 1, txid: newTxid() }
    if (pending.prepared !== null) assertSame(withPrepared(marked, pending.prepared), next.head)
    const read = await this.#mark(table, base, marked)
    if (read === undefined) return { least: 0 }
    this.#held.push({ table, next, read })
    return 'held'
  }

  #pendingOf({ folder }: SharedTable, { head, version }: NextCommit): Pending {
    const [first] = this.#held
    if (first === undefined) {
      const primary = { folder, tableId: head.tableId, version }
      return { txid: this.#txid, primary, prepared: null }
    }
    const { nextId, partitions, rows, fence, burned, apps, lastLoad } = head
    const entry = head.tail.at(-1)!
    const prepared = { entry, nextId, partitions, rows, fence, burned, apps, lastLoad }
    return { txid: this.#txid, primary: first.read.head.pending!.primary, prepared }
  }

  /** The head with the mark in it; undefined when another's swap came first. */
  async #mark(table: SharedTable, base: ReadHead, marked: Head): Promise<ReadHead | undefined> {
    try {
      const swapped = await table.head.swap(base, marked)
      if (!swapped.won) {
        table.forget()
        return undefined
      }
      const found =
        swapped.token === null ? await table.head.read() : { head: marked, token: swapped.token }
      if (found.head.txid !== marked.txid) return undefined
      table.note(found)
      return found
    } catch (error) {
      table.forget()
      if (!(error instanceof GraupelError) || error.code !== 'COMMIT_UNKNOWN') throw error
      // Without a decision a mark that is on its way means nothing.
      throw noAnswer(table.head.key, error)
    }
  }

  /** The one swap that commits: it takes the mark from the first table for the new version. */
  async #decide(): Promise<ReadonlyMap<SharedTable, Committed> | Lost> {
    const { table, next, read } = this.#held[0]!
    const head = { ...next.head, revision: read.head.revision + 1 }
    const swapped = await table.head.swap(read, head).catch((error: unknown) => {
      for (const held of this.#held) held.table.forget()
      if (!(error instanceof GraupelError) || error.code !== 'COMMIT_UNKNOWN') throw error
      throw this.#unknownOutcome(error)
    })
    if (!swapped.won) {
      table.forget()
      return { least: 0 }
    }
    table.committed(head, { token: swapped.token, lostRaces: this.#lostRaces })
    await Promise.all(this.#held.slice(1).map((held) => this.#finish(held)))
    return new Map(
      this.#held.map((of) => [of.table, { version: of.next.version, isNew: true }] as const),
    )
  }

  /** Applies what has been decided; whoever comes next does so otherwise. */
  async #finish({ table, next, read }: Held): Promise<void> {
    const head = { ...next.head, revision: read.head.revision + 1, txid: newTxid() }
    try {
      const swapped = await table.head.swap(read, head)
      if (!swapped.won) table.forget()
      else table.committed(head, { token: swapped.token, lostRaces: this.#lostRaces })
    } catch (error) {
      table.forget()
      if (!(error instanceof GraupelError)) throw error
    }
  }

  /** Takes the marks away again, as anybody may: they would only make others wait. */
  async #release(): Promise<void> {
    for (const { table, read } of this.#held) {
      table.forget()
      try {
        await dropPending(table.head, read)
      } catch (error) {
        if (!(error instanceof GraupelError)) throw error
      }
    }
  }

  #unknownOutcome(cause: GraupelError): GraupelError {
    const txid = this.#txid
    const tables = this.#held.map(({ table }) => table.name)
    return new GraupelError(
      'COMMIT_UNKNOWN',
      `the store stopped answering; the transaction "${txid}" over ${tables.join(', ')} may or may not have been committed: ask resolve("${txid}") of one of the tables`,
      { txid, tables },
      { cause },
    )
  }
}

function allThere(parts: readonly Part[]): ReadonlyMap<SharedTable, Committed> {
  return new Map(
    parts.map(({ table }) => [table, { version: table.newest.version, isNew: false }] as const),
  )
}

/**
 * The head to commit on, its log in segments but for the last commit where it is long. Undefined
 * when records were joined by others since the head was read.
 */
async function foldedBase(table: SharedTable): Promise<ReadHead | undefined> {
  const base = await table.base()
  const { head, token } = base
  if (head.tail.length <= TAIL_MAX) return base
  try {
    const segments = await table.log.fold({ ...head, tail: head.tail.slice(0, -1) })
    return { head: { ...head, segments, tail: head.tail.slice(-1) }, token }
  } catch (error) {
    const now = await table.read()
    if (now.token === token) throw error
    return undefined
  }
}

/** What is pending has to hold all that a commit changes. */
function assertSame(applied: Head, next: Head): void {
  const { revision, txid } = applied
  const same = Buffer.compare(printHead(applied), printHead({ ...next, revision, txid })) === 0
  if (!same) throw new Error('a change of several tables changes more of a head than can be marked')
}
