import type { Field } from '../arrow/schema.ts'
import { clip, corrupt, GraupelError, invalid, nameNotFound } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { BackgroundWork } from './background-work.ts'
import { cloneHead, fillClone, giveUp } from './clone-table.ts'
import { DatabaseHead } from './database-head.ts'
import {
  createView,
  dropView,
  hasView,
  nameOfView,
  requireFreeName,
  viewNamed,
} from './database-views.ts'
import {
  dropListed,
  dropNamed,
  isHalfDropped,
  type TablesOfDatabase,
  undropNamed,
} from './drop-table.ts'
import { firstHead, hasColumns, missingConstraint, type TableOptions } from './first-head.ts'
import { folderName, foldFolder, freeFolderName } from './folder-name.ts'
import type { DatabaseCell, TableEntry, ViewEntry } from './model/database.ts'
import type { Head } from './model/head.ts'
import type { Moment } from './model/moment.ts'
import type { DatabaseVacuumOptions, DatabaseVacuumResult } from './purge-tables.ts'
import { backOff } from './settle-swap.ts'
import { SharedTable } from './shared-table.ts'
import { assertWritable } from './stored-json.ts'
import { TableCatalog } from './table-catalog.ts'
import { withWayOut } from './unknown-outcome.ts'

const ATTEMPTS_MAX = 100
/** Looks at a folder that is taken but has no name yet before another is chosen. */
const PATIENCE = 4
/** Tables of which something is remembered. */
const TABLES_MAX = 1000

export interface CreateOptions extends TableOptions {
  /** Open the table when there is one of that name with the same columns. */
  readonly ifNotExists?: boolean | undefined
}

interface MadeTable {
  readonly table: TableCatalog
  readonly entry: TableEntry
}

/** What is done besides making a table's head and naming it. */
interface Creation {
  /** Answers, or throws, when there is a table of the name. */
  existing(entry: TableEntry): Promise<TableCatalog>
  /** Before the table has its name. */
  readonly fill?: (table: TableCatalog) => Promise<void>
  /** What was filled gets no name. */
  readonly discard?: (table: TableCatalog) => Promise<void>
}

interface Making {
  readonly name: string
  readonly head: Head
  readonly before: MadeTable | undefined
  readonly patient: boolean
}

/** The tables of one database by name. */
export class DatabaseCatalog {
  /** `namespace/database`. */
  readonly path: string
  readonly #store: ObjectStore
  readonly #head: DatabaseHead
  readonly #work = new BackgroundWork()
  /** By folder, least recently opened first. */
  readonly #tables = new Map<string, SharedTable>()
  /** Those of them that the database was seen to list, by name. */
  readonly #listed = new Map<string, SharedTable>()

  constructor(store: ObjectStore, path: string) {
    this.#store = store
    this.#head = new DatabaseHead(store, path)
    this.path = path
  }

  /**
   * Makes an empty table. Throws INVALID when the name is taken (with `ifNotExists`: by a table of
   * other columns), and for columns that are none; COMMIT_UNKNOWN when it may have been made.
   */
  async createTable(
    name: string,
    fields: readonly Field[],
    options: CreateOptions = {},
  ): Promise<TableCatalog> {
    return this.#createNamed(name, firstHead(fields, options), {
      existing: (entry) => this.#openExisting(entry, fields, options),
    })
  }

  /**
   * Makes a table that has the rows which `source`, of any database of the store, has at a moment.
   * No file is copied: both go their own ways from there. Throws INVALID when the name is taken,
   * NOT_FOUND and EXPIRED as `snapshotAt` does.
   */
  async cloneTable(source: TableCatalog, name: string, moment: Moment): Promise<TableCatalog> {
    const { version } = await source.snapshotAt(moment)
    const { shared } = source
    const fill = (clone: TableCatalog) => fillClone(shared, clone.shared, version)
    const discard = (clone: TableCatalog) => giveUp(shared, clone.shared)
    const existing = (entry: TableEntry) => this.#openExisting(entry, [], {})
    return this.#createNamed(name, cloneHead(shared.newest, version), { existing, fill, discard })
  }

  async #createNamed(name: string, head: Head, making: Creation): Promise<TableCatalog> {
    let read = await this.#head.read()
    assertWritable(read.cell, this.#head.key)
    let made: MadeTable | undefined
    let filled: MadeTable | undefined
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const existing = read.cell.tables.find((entry) => entry.name === name)
      if (existing !== undefined && (await isHalfDropped(this.#tablesOf, existing))) {
        await dropListed(this.#tablesOf, read, existing)
        read = await this.#head.read()
        continue
      }
      if (existing !== undefined) {
        if (filled !== undefined) await making.discard?.(filled.table)
        return making.existing(existing)
      }
      if (hasView(read.cell, name)) {
        if (filled !== undefined) await making.discard?.(filled.table)
        throw nameOfView(name)
      }
      const patient = attempt < PATIENCE
      made = await this.#makeTable(read.cell, { name, head, before: made, patient })
      if (made === undefined) {
        await backOff(attempt + 2)
        read = await this.#head.read()
        continue
      }
      if (filled !== made) await making.fill?.(made.table)
      filled = made
      const tables = [...read.cell.tables, made.entry]
      const swapped = await this.#head
        .swap(read, { ...read.cell, tables })
        .catch((error: unknown) => {
          throw withWayOut(error, nameDoubt(name))
        })
      // Nothing is read from here on: what could fail would fail after the table was made.
      if (swapped === 'won') return TableCatalog.of(made.table.shared)
      read = swapped
      await backOff(Math.min(attempt, 5))
    }
    throw this.#tooManyRaces()
  }

  /** Opens a table. Throws NOT_FOUND with the nearest name, DATA when its folder holds no table. */
  async openTable(name: string): Promise<TableCatalog> {
    // No live table changes its name, so that one read tells whether it is still there.
    const known = this.#listed.get(name)
    if (known !== undefined && (await known.read()).head.state === 'live') {
      return TableCatalog.of(known)
    }
    this.#listed.delete(name)
    const { cell } = await this.#head.read()
    return this.#open(entryOf(cell, name))
  }

  /** Names of the tables, in the order of creation. */
  async tableNames(): Promise<string[]> {
    const { cell } = await this.#head.read()
    return cell.tables.map(({ name }) => name)
  }

  /** Names of the views, in the order of creation. */
  async viewNames(): Promise<string[]> {
    const { cell } = await this.#head.read()
    return cell.views.map(({ name }) => name)
  }

  /** The view of that name as it is now. Throws NOT_FOUND. */
  view(name: string): Promise<ViewEntry> {
    return viewNamed(this.#head, name)
  }

  /** Throws INVALID when a table or a view has the name. */
  async requireFree(name: string): Promise<void> {
    requireFreeName((await this.#head.read()).cell, name, { orReplace: false })
  }

  /** Makes a view: see `createView`. */
  createView(
    view: Pick<ViewEntry, 'name' | 'sources' | 'plan'>,
    options: { readonly orReplace: boolean },
  ): Promise<void> {
    return createView(this.#head, view, options)
  }

  /** Removes a view: see `dropView`. */
  dropView(name: string): Promise<void> {
    return dropView(this.#head, name)
  }

  /**
   * Drops a table: it takes no more commits and its name is free. Its files stay. Throws NOT_FOUND,
   * and COMMIT_UNKNOWN when it may have been dropped: dropping it again ends it.
   */
  dropTable(name: string): Promise<void> {
    return dropNamed(this.#tablesOf, name)
  }

  /**
   * Brings back the table of that name which was dropped last, with all its versions; one that is
   * back already is answered. Throws NOT_FOUND when none was dropped, EXPIRED when its rows have
   * been vacuumed since, INVALID when another table has the name now, COMMIT_UNKNOWN when it may be back: bringing it back again ends it.
   */
  async undropTable(name: string): Promise<TableCatalog> {
    const shared = await undropNamed(this.#tablesOf, name)
    this.#listed.set(name, shared)
    return TableCatalog.of(shared)
  }

  /** Removes what tables that were dropped long ago have left: see `purgeTables`. */
  async vacuum(options: DatabaseVacuumOptions): Promise<DatabaseVacuumResult> {
    const { purgeTables } = await import('./purge-tables.ts')
    return purgeTables(this.#tablesOf, options)
  }

  /** Answers once what goes on after commits (checkpoints) has ended. Call it before leaving. */
  async settled(): Promise<void> {
    // What is being staged is put off only once it is.
    await this.#work.settled()
    for (const table of this.#tables.values()) table.settle()
    await this.#work.settled()
  }

  /** Reads the database, or makes it; throws COMMIT_UNKNOWN when it may have been made. */
  async open({ create }: { readonly create: boolean }): Promise<void> {
    if (await this.#head.exists()) return
    if (create) return this.#head.create()
    throw new GraupelError(
      'NOT_FOUND',
      `database "${clip(this.path)}" not found in "${this.#store.url}"; { create: true } makes it`,
      { database: this.path, store: this.#store.url },
    )
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
      const table = await TableCatalog.create(this.#shared(name, folder), head)
      const entry = { id: head.tableId, name, folder, extra: [] }
      if (table !== undefined) return { table, entry }
    }
    if (patient) return undefined
    throw corrupt(`no folder is free for table "${clip(name)}"`, { table: clip(name) })
  }

  async #openExisting(
    entry: TableEntry,
    fields: readonly Field[],
    { ifNotExists, constraints = [] }: CreateOptions,
  ): Promise<TableCatalog> {
    if (ifNotExists !== true) {
      throw invalid(`table "${clip(entry.name)}" exists; { ifNotExists: true } opens it`, {
        table: entry.name,
      })
    }
    const table = await this.#open(entry)
    const { columns } = table.snapshot
    const other = missingConstraint(table.snapshot, constraints)
    if (other !== undefined) {
      throw invalid(
        `table "${clip(entry.name)}" exists without the constraint "${clip(other)}", or has another of that name`,
        { table: entry.name, constraint: other },
      )
    }
    if (hasColumns({ columns: columns.map((column) => ({ ...column, extra: [] })) }, fields)) {
      return table
    }
    throw invalid(`table "${clip(entry.name)}" exists with other columns`, { table: entry.name })
  }

  async #open({ name, folder }: TableEntry): Promise<TableCatalog> {
    const shared = this.#shared(name, folder)
    const table = await TableCatalog.open(shared)
    this.#listed.set(name, shared)
    return table
  }

  /** What all handles of the table in `folder` share. */
  #shared(name: string, folder: string): SharedTable {
    const known = this.#tables.get(folder)
    this.#tables.delete(folder)
    const address = {
      store: this.#store,
      folder: `${this.#head.folder}/${folder}`,
      name: `${this.path}.${name}`,
      work: this.#work,
    }
    const table = known?.name === address.name ? known : new SharedTable(address)
    this.#tables.set(folder, table)
    const oldest = this.#tables.keys().next()
    if (this.#tables.size > TABLES_MAX && oldest.done !== true) {
      this.#tables.delete(oldest.value)
      this.#listed.clear()
    }
    return table
  }

  get #tablesOf(): TablesOfDatabase {
    return { head: this.#head, shared: ({ name, folder }) => this.#shared(name, folder) }
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

const nameDoubt = (name: string) => ({
  what: `table "${clip(name)}"`,
  outcome: 'may or may not have been made',
  again: 'making it with { ifNotExists: true }',
})

function entryOf(cell: DatabaseCell, name: string): TableEntry {
  const entry = cell.tables.find((candidate) => candidate.name === name)
  if (entry !== undefined) return entry
  throw nameNotFound(
    'table',
    name,
    cell.tables.map((candidate) => candidate.name),
  )
}
