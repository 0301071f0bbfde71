import { corrupt, GraupelError } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { CommitLog } from './commit-log.ts'
import { parseHead, printHead } from './head-json.ts'
import type { Head } from './model/head.ts'
import type { TableSnapshot } from './model/table.ts'
import { columnsAt } from './schema-at.ts'
import { type Settled, settleSwap } from './settle-swap.ts'

/** A head as read, with what is needed to swap it. */
export interface ReadHead {
  readonly head: Head
  readonly token: string
}

/** The head of one table in a store: the one place where the table changes. */
export class TableHead {
  readonly key: string
  readonly #store: ObjectStore
  readonly #log: CommitLog

  constructor(store: ObjectStore, tableFolder: string, log: CommitLog) {
    this.#store = store
    this.#log = log
    this.key = `${tableFolder}/_table/head.json`
  }

  /** Throws DATA when the folder holds no table, or holds something else. */
  async read(signal?: AbortSignal): Promise<ReadHead> {
    const cell = await this.#store.readCell(this.key, { signal })
    if (cell !== null) return { head: parseHead(cell.body, this.key), token: cell.token }
    throw corrupt(`"${this.key}" is missing: the folder holds no table`, { key: this.key })
  }

  /**
   * Swaps the head to `next`, to a definite end; a loser gets the head that is there instead. A swap
   * that makes no version may be told lost although it won, if others followed at once: such
   * changes are made so that doing them again does no harm.
   */
  async swap(
    from: ReadHead,
    next: Head,
  ): Promise<
    | { readonly won: true; readonly token: string | null }
    | { readonly won: false; readonly found: ReadHead }
  > {
    const isCommit = next.version > from.head.version
    const settled = await this.#settle(from.token, next, (found) =>
      isCommit ? this.#descends(found, next) : found.txid === next.txid,
    )
    if (settled.won) return settled
    const { body, token } = settled.cell
    return { won: false, found: { head: parseHead(body, this.key), token } }
  }

  /**
   * Makes the head of a new table. Answers its token, null when it is not known; undefined when
   * the folder has been taken.
   */
  async create(first: Head): Promise<string | null | undefined> {
    const settled = await this.#settle(null, first, ({ tableId }) => tableId === first.tableId)
    return settled.won ? settled.token : undefined
  }

  #settle(
    token: string | null,
    next: Head,
    isMine: (found: Head) => boolean | Promise<boolean>,
  ): Promise<Settled> {
    return settleSwap({
      store: this.#store,
      key: this.key,
      token,
      body: printHead(next),
      txid: next.txid,
      isMine: (body) => isMine(parseHead(body, this.key)),
    })
  }

  /** Whether `found` is `next`, or what later commits made of it. */
  async #descends(found: Head, next: Head): Promise<boolean> {
    if (found.tableId !== next.tableId || found.version < next.version) return false
    if (found.revision === next.revision) return found.txid === next.txid
    const entry = found.tail.find(({ version }) => version === next.version)
    if (entry !== undefined) return entry.txid === next.tail.at(-1)?.txid
    const span = { from: next.version, to: next.version }
    const [record] = await this.#log.records(found, span, new Map())
    return record?.txid === next.tail.at(-1)?.txid
  }
}

const STATES = new Map([
  ['dropped', 'has been dropped'],
  ['initializing', 'is a clone that is still being made'],
  ['aborted', 'is a clone that was given up'],
  ['purged', 'has been dropped, and its rows are gone'],
])

/** Throws NOT_FOUND unless the table is live. */
export function assertLive(head: Head, name: string): void {
  if (head.state === 'live') return
  const why = STATES.get(head.state)!
  throw new GraupelError('NOT_FOUND', `table "${name}" ${why}`, { table: name, state: head.state })
}

/** What a plan needs to know of a table at `version`. */
export function snapshotOf(
  head: Head,
  of: { name: string; storeUrl: string; folder: string },
  version = head.version,
): TableSnapshot {
  const columns = columnsAt(head, version).map(({ extra: _, ...column }) => Object.freeze(column))
  const names = new Map(columns.map(({ id, name }) => [id, name]))
  return Object.freeze({
    name: of.name,
    tableId: head.tableId,
    storeUrl: of.storeUrl,
    folder: of.folder,
    version,
    columns: Object.freeze(columns),
    clusterBy: Object.freeze(head.clusterBy.flatMap((id) => names.get(id) ?? [])),
    ...(head.clusterKeys === undefined ? {} : { clusterKeys: head.clusterKeys }),
    constraints: Object.freeze(
      head.constraints.filter(
        ({ since, columns }) => since <= version && columns.every((id) => names.has(id)),
      ),
    ),
    identities: Object.freeze(
      head.identities.flatMap(({ column }) => (names.has(column) ? [column] : [])),
    ),
  })
}
