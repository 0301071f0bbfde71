import { batchesFrom } from '../arrow/batches-from.ts'
import { int64, utf8 } from '../arrow/data-type.ts'
import { field, schema } from '../arrow/schema.ts'
import type { AppMark } from '../catalog/model/head.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import type { GraupelError } from '../error.ts'
import { loadCrew } from '../exec/load-crew.ts'
import type { ImportSource } from '../io/import/import-file.ts'
import { progressOf, stepProgress } from '../io/progress.ts'
import { values } from '../plan/logical-plan.ts'
import type { WriteResult } from './action-options.ts'
import { markOf } from './app-mark.ts'
import { WriteGuard } from './constraint/write-guard.ts'
import type { AnyFrame } from './data-frame.ts'
import type { FileLoad, LoadMeans } from './file-load.ts'
import type { QuerySettings } from './frame-state.ts'
import { LazyFrame } from './lazy-frame.ts'
import type { FileOptions, LoadOptions, LoadReport, LoadResult, RejectedRow } from './load-type.ts'
import { stage } from './stage.ts'

interface LoadPlace {
  readonly catalog: TableCatalog
  readonly settings: QuerySettings
  readonly signal: AbortSignal | undefined
  readonly mark: AppMark | undefined
}

/** The rows of files for a table; see `FileLoad.open`. */
export async function openLoad(
  source: ImportSource,
  table: TableSnapshot,
  options: FileOptions & LoadMeans,
): Promise<FileLoad> {
  const { FileLoad } = await import('./file-load.ts')
  return FileLoad.open(source, tableSchema(inputColumns(table)), options)
}

export function meansOf({ bucket, threads }: QuerySettings): LoadMeans {
  return { bucket, crew: loadCrew(threads) }
}

/** Loads files into a table, or only looks whether that would go. */
export async function loadTable(
  {
    catalog,
    settings,
    snapshot,
  }: Pick<LoadPlace, 'catalog' | 'settings'> & {
    readonly snapshot: TableSnapshot
  },
  source: ImportSource,
  options: LoadOptions,
): Promise<LoadResult> {
  const { signal, validate, app: _, sequence: __, ...rest } = options
  const mark = markOf(options, 'load')
  const tell = progressOf('load', options.onProgress)
  const isTrial = validate === true
  const how = { ...rest, onError: rest.onError ?? (isTrial ? 'continue' : 'abort') }
  const onProgress = stepProgress(tell)
  const load = await openLoad(source, snapshot, {
    ...how,
    onProgress,
    signal,
    ...meansOf(settings),
  })
  const place = { catalog, settings, signal, mark }
  if (isTrial) {
    const rows = await validateFiles(load, place)
    tell({ phase: 'done', rows, bytes: 0 })
    const none = { version: snapshot.version, rows, bytes: 0, partitions: 0 }
    return { ...none, ...loadReport(load, settings) }
  }
  const written = await loadFiles(load, place)
  const { rows, bytes, partitions } = written
  tell({ phase: 'done', rows, bytes, partitions })
  return { ...written, ...loadReport(load, settings) }
}

/**
 * Commits the rows of a load at once. Files that others load meanwhile are left out, and what is left is
 * read again.
 */
export async function loadFiles(
  load: FileLoad,
  { catalog, settings, signal, mark }: LoadPlace,
): Promise<WriteResult> {
  for (;;) {
    const known = await catalog.loadedContents()
    const loads = () => load.loads
    const how = { operation: 'append', mark, signal, settings, loads } as const
    try {
      const written = await stage(catalog, (guard) => load.batches(known, guard), how)
      if (written.rows === 0 && mark !== undefined) load.repeated()
      return written
    } catch (error) {
      if (!load.without(error)) throw error
    }
  }
}

/** Reads all files and loads nothing; answers how many rows would be loaded. */
export async function validateFiles(
  load: FileLoad,
  { catalog, signal }: LoadPlace,
): Promise<number> {
  for (;;) {
    const known = await catalog.loadedContents()
    const { snapshot } = catalog
    const guard = await WriteGuard.of({ guardedBy() {} }, { catalog, signal }, { snapshot })
    let rows = 0
    try {
      for await (const part of load.batches(known, guard)) rows += part.length
      return rows
    } catch (error) {
      if (!load.without(error)) throw error
    }
  }
}

const REJECTED = schema([
  field('file', utf8, false),
  field('line', int64, false),
  field('column', utf8, true),
  field('value', utf8, true),
  field('reason', utf8, false),
])

/** What became of the files and rows of a load. */
export function loadReport(load: FileLoad, settings: QuerySettings): LoadReport {
  const { rejected, reports: files } = load
  const rejects = rejected.errors.map(rejectedRow)
  return {
    rowsRejected: rejected.count,
    rejects,
    rejected: rejectedFrame(rejects, settings) as unknown as LoadReport['rejected'],
    files,
  }
}

function rejectedFrame(rejects: readonly RejectedRow[], settings: QuerySettings): AnyFrame {
  const rows = rejects.map(({ value, line, ...row }) => {
    return { ...row, line: BigInt(line), value: valueText(value) }
  })
  const plan = values(REJECTED, batchesFrom(rows, REJECTED).batches, 'rejected rows')
  return new LazyFrame({ plan, origins: new Map(), settings, home: null })
}

function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const isPlain = typeof value !== 'object' || value instanceof Date
  return (isPlain ? String(value) : (JSON.stringify(value) ?? '')).toWellFormed()
}

function rejectedRow({ message: reason, facts }: GraupelError): RejectedRow {
  const { file, line, column = null, value = null } = facts
  return {
    file: file as string,
    line: line as number,
    column: column as string | null,
    value,
    reason,
  }
}
