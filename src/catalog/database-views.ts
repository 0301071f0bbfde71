import { clip, GraupelError, invalid, nameNotFound } from '../error.ts'
import { newUuid } from '../io/clock-and-ids.ts'
import { type DatabaseHead, RECENT_MAX } from './database-head.ts'
import { printView } from './database-json.ts'
import type { DatabaseCell, ViewEntry } from './model/database.ts'
import { backOff } from './settle-swap.ts'
import { assertWritable } from './stored-json.ts'
import { withWayOut } from './unknown-outcome.ts'

const ATTEMPTS_MAX = 100
/** Bytes of a view: whoever opens a table of the database reads them all. */
const VIEW_BYTES_MAX = 256 << 10

/** The view of that name. Throws NOT_FOUND with the nearest name. */
export async function viewNamed(head: DatabaseHead, name: string): Promise<ViewEntry> {
  const { views } = (await head.read()).cell
  return viewIn(views, name)
}

/**
 * Makes a view. Throws INVALID when a table, or without `orReplace` a view, has the name; LIMIT for
 * a plan of more than 256 KiB; COMMIT_UNKNOWN when it may have been made: making it again with
 * `orReplace` ends it.
 */
export function createView(
  head: DatabaseHead,
  view: Pick<ViewEntry, 'name' | 'sources' | 'plan'>,
  options: { readonly orReplace: boolean },
): Promise<void> {
  const entry = { id: newUuid(), ...view, extra: [] }
  const bytes = Buffer.byteLength(printView(entry))
  if (bytes > VIEW_BYTES_MAX) {
    const message = `view "${clip(view.name)}" has a plan of ${bytes} bytes, at most ${VIEW_BYTES_MAX} are kept`
    throw new GraupelError('LIMIT', message, { bytes, bytesMax: VIEW_BYTES_MAX })
  }
  const change = (cell: DatabaseCell) => {
    requireFreeName(cell, view.name, options)
    return [...cell.views.filter(({ name }) => name !== view.name), entry]
  }
  return changeViews(head, change, {
    what: `view "${clip(view.name)}"`,
    outcome: 'may or may not have been made',
    again: 'making it with { orReplace: true }',
  })
}

/** Throws INVALID when a table, or without `orReplace` a view, has the name. */
export function requireFreeName(
  { tables, views }: Pick<DatabaseCell, 'tables' | 'views'>,
  name: string,
  { orReplace }: { readonly orReplace: boolean },
): void {
  if (tables.some((of) => of.name === name)) {
    throw invalid(`table "${clip(name)}" exists, and a view needs another name`, { table: name })
  }
  if (orReplace || views.every((of) => of.name !== name)) return
  throw invalid(`view "${clip(name)}" exists; { orReplace: true } replaces it`, { view: name })
}

export function hasView({ views }: DatabaseCell, name: string): boolean {
  return views.some((view) => view.name === name)
}

export function nameOfView(name: string): GraupelError {
  return invalid(`view "${clip(name)}" exists, and a table needs another name`, { view: name })
}

/** Removes a view. Throws NOT_FOUND, and COMMIT_UNKNOWN when it may have been removed. */
export function dropView(head: DatabaseHead, name: string): Promise<void> {
  const change = ({ views }: DatabaseCell) => {
    const gone = viewIn(views, name)
    return views.filter((view) => view !== gone)
  }
  return changeViews(head, change, {
    what: `view "${clip(name)}"`,
    outcome: 'may or may not have been dropped',
    again: 'dropView',
  })
}

async function changeViews(
  head: DatabaseHead,
  change: (cell: DatabaseCell) => readonly ViewEntry[],
  doubt: Parameters<typeof withWayOut>[1],
): Promise<void> {
  let read = await head.read()
  assertWritable(read.cell, head.key)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const views = change(read.cell)
    const swapped = await head
      .swap(read, { ...read.cell, views }, (found, next) => requireSeen(head, found, next))
      .catch((error: unknown) => {
        throw withWayOut(error, doubt)
      })
    if (swapped === 'won') return
    read = swapped
    await backOff(Math.min(attempt, 5))
  }
  throw tooManyRaces(head)
}

/** A view leaves no trace once it is replaced, so that only the remembered swaps tell. */
function requireSeen(head: DatabaseHead, found: DatabaseCell, next: DatabaseCell): false {
  if (found.revision - next.revision <= RECENT_MAX) return false
  throw tooManyRaces(head)
}

function viewIn(views: readonly ViewEntry[], name: string): ViewEntry {
  const view = views.find((candidate) => candidate.name === name)
  if (view !== undefined) return view
  throw nameNotFound(
    'view',
    name,
    views.map((candidate) => candidate.name),
  )
}

function tooManyRaces({ path }: DatabaseHead): GraupelError {
  const message = `database "${clip(path)}": too many other changes came first`
  return new GraupelError('CONFLICT', message, { database: path })
}
