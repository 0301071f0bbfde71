import { clip, GraupelError, invalid } from '../error.ts'
import { newTxid, newUuid } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { parseDatabase, printDatabase } from './database-json.ts'
import { folderName } from './folder-name.ts'
import type { DatabaseCell } from './model/database.ts'
import { settleSwap } from './settle-swap.ts'
import { PROTOCOL } from './stored-json.ts'
import { withWayOut } from './unknown-outcome.ts'

/** Swaps that a cell remembers. */
export const RECENT_MAX = 16

/** A database's cell as read, with what is needed to swap it. */
export interface ReadDatabase {
  readonly cell: DatabaseCell
  readonly token: string
}

/** The cell that lists the tables of one database. */
export class DatabaseHead {
  /** `namespace/database`. */
  readonly path: string
  /** Key of the database's folder in the store. */
  readonly folder: string
  readonly key: string
  readonly #store: ObjectStore

  /** Throws INVALID for a path that is none. */
  constructor(store: ObjectStore, path: string) {
    const [namespace, name] = splitPath(path)
    this.#store = store
    this.path = path
    this.folder = `${folderName(namespace)}/${folderName(name)}`
    this.key = `${this.folder}/_catalog.json`
  }

  /** Whether there is the cell. Throws DATA when it is damaged, INVALID when it is another's. */
  async exists(): Promise<boolean> {
    const cell = await this.#store.readCell(this.key)
    if (cell !== null) this.#parse(cell.body, cell.token)
    return cell !== null
  }

  /**
   * Makes the cell of a database without tables; no matter when another was faster. Nothing is read
   * once it is made. Throws COMMIT_UNKNOWN when it may have been made.
   */
  async create(): Promise<void> {
    const [namespace, name] = splitPath(this.path)
    const cell: DatabaseCell = {
      ...PROTOCOL,
      databaseId: newUuid(),
      namespace,
      name,
      revision: 1,
      txid: newTxid(),
      recent: [],
      tables: [],
      dropped: [],
      views: [],
      extra: [],
    }
    const settled = await settleSwap({
      store: this.#store,
      key: this.key,
      token: null,
      body: printDatabase(cell),
      txid: cell.txid,
      isMine: (body) => parseDatabase(body, this.key).databaseId === cell.databaseId,
    }).catch((error: unknown) => {
      throw withWayOut(error, {
        what: `database "${clip(this.path)}"`,
        outcome: 'may or may not have been made',
        again: 'opening it with { create: true }',
      })
    })
    if (!settled.won) this.#parse(settled.cell.body, settled.cell.token)
  }

  /** Throws NOT_FOUND, or INVALID when it is another database's. */
  async read(): Promise<ReadDatabase> {
    const cell = await this.#store.readCell(this.key)
    if (cell === null) {
      throw new GraupelError('NOT_FOUND', `database "${clip(this.path)}" not found`, {
        database: this.path,
      })
    }
    return this.#parse(cell.body, cell.token)
  }

  #parse(body: Uint8Array, token: string): ReadDatabase {
    const cell = parseDatabase(body, this.key)
    const path = `${cell.namespace}/${cell.name}`
    if (path === this.path) return { cell, token }
    throw invalid(`"${this.key}" is the database "${clip(path)}", not "${clip(this.path)}"`, {
      found: path,
      database: this.path,
    })
  }

  /** Swaps the catalog; a loser gets what is there, unless its change is already in it. */
  async swap(
    from: ReadDatabase,
    change: DatabaseCell,
    isDone: (found: DatabaseCell, next: DatabaseCell) => boolean = isApplied,
  ): Promise<'won' | ReadDatabase> {
    const { revision, txid, recent: before } = from.cell
    const recent = [...before, txid].slice(-RECENT_MAX)
    const next = { ...change, revision: revision + 1, txid: newTxid(), recent }
    const settled = await settleSwap({
      store: this.#store,
      key: this.key,
      token: from.token,
      body: printDatabase(next),
      txid: next.txid,
      isMine: (body) => {
        const found = parseDatabase(body, this.key)
        const isSeen = found.txid === next.txid || found.recent.includes(next.txid)
        return isSeen || isDone(found, next)
      },
    })
    return settled.won ? 'won' : this.#parse(settled.cell.body, settled.cell.token)
  }
}

/** Whether the tables that `next` brought or dropped are so in `found`, which came after it. */
function isApplied(found: DatabaseCell, next: DatabaseCell): boolean {
  if (found.revision <= next.revision) return false
  const known = new Set([...found.tables, ...found.dropped].map(({ id }) => id))
  const dropped = new Set(found.dropped.map(({ id }) => id))
  const bringsAll = next.tables.every(({ id }) => known.has(id))
  return bringsAll && next.dropped.every(({ id }) => dropped.has(id))
}

function splitPath(path: string): readonly [namespace: string, name: string] {
  const parts = path.split('/')
  const [namespace, name] = parts
  if (parts.length === 2 && namespace && name) return [namespace, name]
  throw invalid(`"${clip(path)}" is no database: use "namespace/database"`, { database: path })
}
