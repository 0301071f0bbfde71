import { clip, GraupelError, invalid, nameNotFound } from '../error.ts'
import { newTxid, nowMs } from '../io/clock-and-ids.ts'
import type { DatabaseHead, ReadDatabase } from './database-head.ts'
import { hasView, nameOfView } from './database-views.ts'
import type { DatabaseCell, TableEntry } from './model/database.ts'
import type { Head } from './model/head.ts'
import { backOff } from './settle-swap.ts'
import type { SharedTable } from './shared-table.ts'
import { assertWritable } from './stored-json.ts'
import { unknownOutcome, withWayOut } from './unknown-outcome.ts'

const ATTEMPTS_MAX = 100

/** A database, and what it shares of its tables. */
export interface TablesOfDatabase {
  readonly head: DatabaseHead
  shared(entry: TableEntry): SharedTable
}

/*
 * Two cells change, the table's head and the database's. A drop swaps the head between reading the
 * database and swapping it; whoever brings a table back reads the head, swaps the database, then
 * swaps the very head it read. So when both are at it one of them loses a swap and looks again, and
 * no table is live that the database lists as dropped.
 */

/**
 * Drops the table of that name, or ends a drop that was broken off. Throws NOT_FOUND when there is
 * none, COMMIT_UNKNOWN when it may have been dropped: dropping it again ends it.
 */
export async function dropNamed(of: TablesOfDatabase, name: string): Promise<void> {
  const read = await of.head.read()
  assertWritable(read.cell, of.head.key)
  const entry = read.cell.tables.find((candidate) => candidate.name === name)
  if (entry === undefined) throw nameNotFound('table', name, namesOf(read.cell.tables))
  await dropListed(of, read, entry)
}

/** Whether a table that the database lists is being dropped, or was when somebody broke off. */
export async function isHalfDropped(of: TablesOfDatabase, entry: TableEntry): Promise<boolean> {
  return isGone((await of.shared(entry).read()).head)
}

const isGone = ({ state }: Head) => state === 'dropped' || state === 'purged'

/** Drops a table that `read` lists; throws as `dropNamed`. */
export async function dropListed(
  of: TablesOfDatabase,
  read: ReadDatabase,
  { id, name }: TableEntry,
): Promise<void> {
  let begun = false
  let base = read
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const { tables, dropped } = base.cell
      const entry = tables.find((candidate) => candidate.id === id)
      if (entry === undefined) return
      // No head is ever made from one that was purged.
      await of
        .shared(entry)
        .edit(({ state }) => (state === 'purged' ? undefined : { state: 'dropped' }))
      begun = true
      const swapped = await of.head.swap(base, {
        ...base.cell,
        tables: tables.filter((candidate) => candidate !== entry),
        dropped: [...dropped, { ...entry, droppedAt: nowMs() }],
      })
      if (swapped === 'won') return
      base = swapped
      await backOff(Math.min(attempt, 5))
    }
    throw tooManyRaces(of.head)
  } catch (error) {
    throw (begun ? unknownOutcome : withWayOut)(error, dropDoubt(name))
  }
}

/**
 * Brings back the table of that name which was dropped last; one that is back already is answered.
 * Throws NOT_FOUND when none was dropped, EXPIRED when its rows have been vacuumed since, INVALID when
 * another table has the name now,
 * COMMIT_UNKNOWN when it may be back: bringing it back again ends it.
 */
export async function undropNamed(of: TablesOfDatabase, name: string): Promise<SharedTable> {
  let begun: string | undefined
  try {
    let read = await of.head.read()
    assertWritable(read.cell, of.head.key)
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const { entry, isListed, hasOlder } = lastOf(read.cell, name)
      const table = of.shared(entry)
      const before = await table.base(await table.head.read())
      if (before.head.state === 'purged') {
        if (isListed) await dropListed(of, read, entry)
        throw purged(name)
      }
      const isBack = isListed && before.head.state !== 'dropped'
      if (isBack && (begun === entry.id || !hasOlder)) return table
      if (isBack) throw nameTaken(name)
      if (!isListed && hasView(read.cell, name)) throw nameOfView(name)
      assertWritable(before.head, table.head.key)
      const swapped = await of.head.swap(read, withListed(read.cell, entry), () => false)
      if (swapped === 'won') {
        begun = entry.id
        if (await revived(table, before)) return table
        read = await of.head.read()
        continue
      }
      read = swapped
      await backOff(Math.min(attempt, 5))
    }
    throw tooManyRaces(of.head)
  } catch (error) {
    throw (begun === undefined ? withWayOut : unknownOutcome)(error, undropDoubt(name))
  }
}

interface Found {
  readonly entry: TableEntry
  readonly isListed: boolean
  /** Whether another one of the name was dropped. */
  readonly hasOlder: boolean
}

function lastOf({ tables, dropped }: DatabaseCell, name: string): Found {
  const listed = tables.find((candidate) => candidate.name === name)
  const older = dropped.filter((candidate) => candidate.name === name)
  const entry = listed ?? older.at(-1)
  if (entry === undefined) throw nameNotFound('dropped table', name, namesOf(dropped))
  return { entry, isListed: listed !== undefined, hasOlder: older.length > 0 }
}

/** The database with `entry` among its tables; swapped in also where it is so already. */
function withListed(cell: DatabaseCell, { id, name, folder, extra }: TableEntry): DatabaseCell {
  const isListed = cell.tables.some((candidate) => candidate.id === id)
  return {
    ...cell,
    tables: isListed ? cell.tables : [...cell.tables, { id, name, folder, extra }],
    dropped: cell.dropped.filter((candidate) => candidate.id !== id),
  }
}

/** Makes the table live if its head is still the one that was read. */
async function revived(
  table: SharedTable,
  before: Awaited<ReturnType<SharedTable['read']>>,
): Promise<boolean> {
  const revision = before.head.revision + 1
  const next = { ...before.head, state: 'live', revision, txid: newTxid() } as const
  const swapped = await table.head.swap(before, next)
  if (swapped.won) table.committed(next, { token: swapped.token, lostRaces: 0 })
  else table.note(swapped.found)
  return swapped.won
}

const namesOf = (entries: readonly TableEntry[]) => entries.map(({ name }) => name)

function nameTaken(name: string): GraupelError {
  return invalid(`table "${clip(name)}" exists: drop it before you bring another back`, {
    table: name,
  })
}

function purged(name: string): GraupelError {
  const message = `table "${clip(name)}" was dropped so long ago that its rows have been vacuumed`
  return new GraupelError('EXPIRED', message, { table: name })
}

function tooManyRaces({ path }: DatabaseHead): GraupelError {
  return new GraupelError(
    'CONFLICT',
    `database "${clip(path)}": ${ATTEMPTS_MAX} other changes came first`,
    { database: path },
  )
}

const dropDoubt = (name: string) => ({
  what: `table "${clip(name)}"`,
  outcome: 'may or may not have been dropped',
  again: 'dropTable',
})

const undropDoubt = (name: string) => ({
  what: `table "${clip(name)}"`,
  outcome: 'may or may not be back',
  again: 'undropTable',
})
