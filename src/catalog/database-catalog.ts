import type { Field } from '../arrow/schema.ts'
import { clip, corrupt, GraupelError, invalid, nameNotFound } from '../error.ts'
import { newTxid, newUuid, nowMs } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { BackgroundWork } from './background-work.ts'
import { CommitLog } from './commit-log.ts'
import { parseDatabase, printDatabase } from './database-json.ts'
import { firstHead, hasColumns, type TableOptions } from './first-head.ts'
import { folderName, foldFolder, freeFolderName } from './folder-name.ts'
import type { DatabaseCell, TableEntry } from './model/database.ts'
import type { Head } from './model/head.ts'
import { backOff, settleSwap } from './settle-swap.ts'
import { assertWritable, PROTOCOL } from './stored-json.ts'
import { TableCatalog } from './table-catalog.ts'
import { TableHead } from './table-head.ts'

const ATTEMPTS_MAX = 100
/** Looks at a folder that is taken but has no name yet before another is chosen. */
const PATIENCE = 4

export interface CreateOptions extends TableOptions {
  /** Open the table when there is one of that name with the same columns. */
  readonly ifNotExists?: boolean | undefined
}

interface MadeTable {
  readonly table: TableCatalog
  readonly entry: TableEntry
}

interface Making {
  readonly name: string
  readonly head: Head
  readonly before: MadeTable | undefined
  readonly patient: boolean
}

interface ReadDatabase {
  readonly cell: DatabaseCell
  readonly token: string
}

/** The tables of one database by name. */
export class DatabaseCatalog {
  /** `namespace/database`. */
  readonly path: string
  readonly #store: ObjectStore
  readonly #folder: string
  readonly #work = new BackgroundWork()

  constructor(store: ObjectStore, path: string) {
    const [namespace, name] = splitPath(path)
    this.#store = store
    this.path = path
    this.#folder = `${folderName(namespace)}/${folderName(name)}`
  }

  /**
   * Makes an empty table. Throws INVALID when the name is taken (with `ifNotExists`: by a table of
   * other columns), and for columns that are none.
   */
  async createTable(
    name: string,
    fields: readonly Field[],
    options: CreateOptions = {},
  ): Promise<TableCatalog> {
    const head = firstHead(fields, options)
    let read = await this.#read()
    assertWritable(read.cell, this.#key)
    let made: MadeTable | undefined
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const existing = read.cell.tables.find((entry) => entry.name === name)
      if (existing !== undefined) return this.#openExisting(existing, fields, options)
      const patient = attempt < PATIENCE
      made = await this.#makeTable(read.cell, { name, head, before: made, patient })
      if (made === undefined) {
        await backOff(attempt + 2)
        read = await this.#read()
        continue
      }
      const tables = [...read.cell.tables, made.entry]
      const swapped = await this.#swap(read, { ...read.cell, tables })
      if (swapped === 'won') return made.table
      read = swapped
      await backOff(Math.min(attempt, 5))
    }
    throw this.#tooManyRaces()
  }

  /** Opens a table. Throws NOT_FOUND with the nearest name, DATA when its folder holds no table. */
  async openTable(name: string): Promise<TableCatalog> {
    const { cell } = await this.#read()
    return this.#open(entryOf(cell, name))
  }

  /** Names of the tables, in the order of creation. */
  async tableNames(): Promise<string[]> {
    const { cell } = await this.#read()
    return cell.tables.map(({ name }) => name)
  }

  /** Drops a table: it takes no more commits and its name is free. Its files stay. */
  async dropTable(name: string): Promise<void> {
    let read = await this.#read()
    assertWritable(read.cell, this.#key)
    const { id, folder } = entryOf(read.cell, name)
    await this.#markDropped(folder)
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const entry = read.cell.tables.find((candidate) => candidate.id === id)
      if (entry === undefined) return
      const tables = read.cell.tables.filter((candidate) => candidate !== entry)
      const dropped = [...read.cell.dropped, { ...entry, droppedAt: nowMs() }]
      const swapped = await this.#swap(read, { ...read.cell, tables, dropped })
      if (swapped === 'won') return
      read = swapped
      await backOff(Math.min(attempt, 5))
    }
    throw this.#tooManyRaces()
  }

  /** Answers once what goes on after commits (checkpoints) has ended. Call it before leaving. */
  settled(): Promise<void> {
    return this.#work.settled()
  }

  /** Reads the database, or makes it. */
  async open({ create }: { readonly create: boolean }): Promise<void> {
    const found = await this.#store.readCell(this.#key)
    if (found === null && create) await this.#create()
    else if (found === null) {
      throw new GraupelError(
        'NOT_FOUND',
        `database "${clip(this.path)}" not found in "${this.#store.url}"; { create: true } makes it`,
        { database: this.path, store: this.#store.url },
      )
    }
    await this.#read()
  }

  get #key(): string {
    return `${this.#folder}/_catalog.json`
  }

  async #create(): Promise<void> {
    const [namespace, name] = splitPath(this.path)
    const cell: DatabaseCell = {
      ...PROTOCOL,
      databaseId: newUuid(),
      namespace,
      name,
      revision: 1,
      txid: newTxid(),
      tables: [],
      dropped: [],
      extra: [],
    }
    await settleSwap({
      store: this.#store,
      key: this.#key,
      token: null,
      body: printDatabase(cell),
      txid: cell.txid,
      isMine: (body) => parseDatabase(body, this.#key).databaseId === cell.databaseId,
    })
  }

  async #read(): Promise<ReadDatabase> {
    const cell = await this.#store.readCell(this.#key)
    if (cell === null) {
      throw new GraupelError('NOT_FOUND', `database "${clip(this.path)}" not found`, {
        database: this.path,
      })
    }
    return this.#parse(cell.body, cell.token)
  }

  #parse(body: Uint8Array, token: string): ReadDatabase {
    const cell = parseDatabase(body, this.#key)
    const path = `${cell.namespace}/${cell.name}`
    if (path === this.path) return { cell, token }
    throw invalid(`"${this.#key}" is the database "${clip(path)}", not "${clip(this.path)}"`, {
      found: path,
      database: this.path,
    })
  }

  /** Swaps the catalog; a loser gets what is there, unless its change is already in it. */
  async #swap(from: ReadDatabase, change: DatabaseCell): Promise<'won' | ReadDatabase> {
    const next = { ...change, revision: from.cell.revision + 1, txid: newTxid() }
    const settled = await settleSwap({
      store: this.#store,
      key: this.#key,
      token: from.token,
      body: printDatabase(next),
      txid: next.txid,
      isMine: (body) => {
        const found = parseDatabase(body, this.#key)
        const known = new Set([...found.tables, ...found.dropped].map(({ id }) => id))
        return found.txid === next.txid || isApplied(next, found, known)
      },
    })
    return settled.won ? 'won' : this.#parse(settled.cell.body, settled.cell.token)
  }

  /**
   * A table in a folder of its own; the one of the last attempt if its folder is still free.
   * Undefined when the folder is taken by one that has no name yet, and the caller is patient.
   */
  async #makeTable(
    cell: DatabaseCell,
    { name, head, before, patient }: Making,
  ): Promise<MadeTable | undefined> {
    const taken = new Set([...cell.tables, ...cell.dropped].map(({ folder }) => foldFolder(folder)))
    if (before !== undefined && !taken.has(foldFolder(before.entry.folder))) return before
    const suffix = head.tableId.slice(-12)
    const plain = freeFolderName(name, taken, suffix)
    const others = [`${folderName(name)}!-${suffix}`, `${folderName(name)}!-x${suffix}`]
    for (const folder of patient ? [plain] : [plain, ...others]) {
      const table = await TableCatalog.create(this.#address(name, folder), head)
      const entry = { id: head.tableId, name, folder, extra: [] }
      if (table !== undefined) return { table, entry }
    }
    if (patient) return undefined
    throw corrupt(`no folder is free for table "${clip(name)}"`, { table: clip(name) })
  }

  async #openExisting(
    entry: TableEntry,
    fields: readonly Field[],
    { ifNotExists }: CreateOptions,
  ): Promise<TableCatalog> {
    if (ifNotExists !== true) {
      throw invalid(`table "${clip(entry.name)}" exists; { ifNotExists: true } opens it`, {
        table: entry.name,
      })
    }
    const table = await this.#open(entry)
    const { columns } = table.snapshot
    if (hasColumns({ columns: columns.map((column) => ({ ...column, extra: [] })) }, fields)) {
      return table
    }
    throw invalid(`table "${clip(entry.name)}" exists with other columns`, { table: entry.name })
  }

  #open({ name, folder }: TableEntry): Promise<TableCatalog> {
    return TableCatalog.open(this.#address(name, folder))
  }

  #address(name: string, folder: string) {
    return {
      store: this.#store,
      folder: `${this.#folder}/${folder}`,
      name: `${this.path}.${name}`,
      work: this.#work,
    }
  }

  async #markDropped(folder: string): Promise<void> {
    const tableFolder = `${this.#folder}/${folder}`
    const tableHead = new TableHead(
      this.#store,
      tableFolder,
      new CommitLog(this.#store, tableFolder),
    )
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const read = await tableHead.read()
      const { head } = read
      if (head.state === 'dropped') return
      assertWritable(head, tableHead.key)
      const revision = head.revision + 1
      const next = { ...head, state: 'dropped' as const, revision, txid: newTxid() }
      if ((await tableHead.swap(read, next)).won) return
      await backOff(Math.min(attempt, 5))
    }
    throw this.#tooManyRaces()
  }

  #tooManyRaces(): GraupelError {
    return new GraupelError(
      'CONFLICT',
      `database "${clip(this.path)}": ${ATTEMPTS_MAX} other changes came first`,
      { database: this.path },
    )
  }
}

/**
 * Opens the database at `namespace/database`. Throws NOT_FOUND when there is none, INVALID for a
 * path that is none.
 *
 * @param options `create` makes it when it is missing.
 */
export async function openDatabase(
  store: ObjectStore,
  path: string,
  options: { readonly create?: boolean | undefined } = {},
): Promise<DatabaseCatalog> {
  const database = new DatabaseCatalog(store, path)
  await database.open({ create: options.create === true })
  return database
}

/** Whether the tables that `next` brought or dropped are so in `found`, which came after it. */
function isApplied(next: DatabaseCell, found: DatabaseCell, known: ReadonlySet<string>): boolean {
  if (found.revision <= next.revision) return false
  const dropped = new Set(found.dropped.map(({ id }) => id))
  const bringsAll = next.tables.every(({ id }) => known.has(id))
  return bringsAll && next.dropped.every(({ id }) => dropped.has(id))
}

function entryOf(cell: DatabaseCell, name: string): TableEntry {
  const entry = cell.tables.find((candidate) => candidate.name === name)
  if (entry !== undefined) return entry
  throw nameNotFound(
    'table',
    name,
    cell.tables.map((candidate) => candidate.name),
  )
}

function splitPath(path: string): readonly [namespace: string, name: string] {
  const parts = path.split('/')
  const [namespace, name] = parts
  if (parts.length === 2 && namespace && name) return [namespace, name]
  throw invalid(`"${clip(path)}" is no database: use "namespace/database"`, { database: path })
}
