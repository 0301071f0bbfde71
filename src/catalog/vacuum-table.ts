import { GraupelError, invalid, throwIfAborted } from '../error.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import type { StoredObject } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import type { OnProgress } from '../io/progress.ts'
import { above } from './burned-ids.ts'
import {
  advance,
  type Checkpoint,
  type CheckpointFile,
  metadataFile,
  partitionsFile,
  readCheckpoint,
  usable,
} from './checkpoint.ts'
import { releasePins } from './clone-table.ts'
import {
  type Head,
  type HeadColumn,
  isTrimmed,
  type Segment,
  type StreamOffset,
} from './model/head.ts'
import { momentOf } from './moment-version.ts'
import { neededSchemas, storedColumns } from './schema-at.ts'
import type { SharedTable } from './shared-table.ts'
import { assertLive } from './table-head.ts'
import { columnTypes } from './table-partitions.ts'
import { trimLog } from './trim-log.ts'
import { versionAt } from './version-at.ts'

const DELETES_MAX = 8
const READS_MAX = 16

/** What is to be kept. */
export interface VacuumOptions {
  /**
   * How far back versions stay readable: a time such as `'7d'` (units: ms, s, m, h, d, w), or so
   * many versions, the newest included. Versions that tags or clones need stay in any case.
   */
  readonly retain: string | { readonly versions: number }
  /** True removes nothing and tells in `keys` what would be. */
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** What a vacuum removed, or would. */
export interface VacuumResult {
  /** The oldest version that can be read from now on. */
  readonly retainedFrom: number
  readonly files: number
  readonly bytes: number
  /** Keys of the objects, oldest first; only of a dry run. */
  readonly keys: readonly string[]
}

/** Objects that no version from `retainedFrom` on needs, and that nobody will commit any more. */
interface Plan {
  readonly retainedFrom: number
  readonly fence: number
}

/**
 * Gives up old versions and removes the files that only they had, files that were staged and never
 * committed, and what of the log only they need. First the head is swapped for one that
 * says so; only then files go, so that it is safe beside readers and writers of any age. Throws
 * INVALID for a `retain` that is none.
 */
export async function vacuumTable(
  table: SharedTable,
  options: VacuumOptions,
): Promise<VacuumResult> {
  for (;;) {
    try {
      return await vacuumOnce(table, options)
    } catch (error) {
      if (!(error instanceof GraupelError) || error.code !== 'DATA') throw error
      // What a head names may have been trimmed, and removed, since it was read.
      const { revision } = table.newest
      if ((await table.read(options.signal)).head.revision === revision) throw error
    }
  }
}

async function vacuumOnce(
  table: SharedTable,
  { retain, dryRun, signal, onProgress }: VacuumOptions,
): Promise<VacuumResult> {
  if (dryRun !== true) await releasePins(table)
  const { head: found } = await table.read(signal)
  assertLive(found, table.name)
  const wanted = await retainedVersion(table, found, retain)
  const fence = await fenceAt(table, found, wanted)
  const planned = (head: Head): Plan => ({
    retainedFrom: Math.max(head.retainedFrom, neededVersion(head, wanted)),
    fence: Math.max(head.fence, Math.min(head.nextId, fence)),
  })
  throwIfAborted(signal)
  let head = { ...found, ...planned(found) }
  if (dryRun !== true) {
    await table.edit((now) => raised(now, planned(now)))
    head = await trimLog(table, signal)
  }
  const { garbage, forgotten } = await findGarbage(table, head, signal)
  const sum = garbage.reduce((bytes, { byteLength }) => bytes + byteLength, 0)
  const result = { retainedFrom: head.retainedFrom, files: garbage.length, bytes: sum }
  let bytes = 0
  const tell = (phase: string) => onProgress?.({ phase, rows: 0, bytes, totalBytes: sum })
  if (dryRun === true) {
    tell('done')
    return { ...result, keys: garbage.map(({ key }) => key) }
  }
  await pooled(garbage, DELETES_MAX, async ({ key, byteLength }) => {
    throwIfAborted(signal)
    await table.store.delete(key, { signal })
    bytes += byteLength
    tell('delete')
  })
  await table.edit((now) => without(now, forgotten))
  tell('done')
  return { ...result, keys: [] }
}

function raised(head: Head, { retainedFrom, fence }: Plan): Partial<Head> | undefined {
  if (retainedFrom === head.retainedFrom && fence === head.fence) return undefined
  return { retainedFrom, fence, burned: above(fence, head.burned) }
}

/** `head` without the former schemas that no version has any more, and the columns `gone`. */
function without(head: Head, gone: readonly HeadColumn[]): Partial<Head> | undefined {
  const { formerSchemas, forgotten } = neededSchemas(head)
  const ids = new Set(
    forgotten.filter((of) => gone.some(({ id }) => id === of.id)).map(({ id }) => id),
  )
  if (ids.size === 0 && formerSchemas.length === head.formerSchemas.length) return undefined
  return { formerSchemas, dropped: head.dropped.filter(({ id }) => !ids.has(id)) }
}

/** `wanted`, or an older version that a tag, a clone or a stream needs. */
function neededVersion({ tags, pins, streams }: Head, wanted: number): number {
  return [...tags, ...pins, ...streams.flatMap(neededByStream)].reduce(
    (least, { version }) => Math.min(least, version),
    wanted,
  )
}

/** A stream from the empty version 0 on needs nothing before the version that it is being read to. */
function neededByStream({ version, next }: StreamOffset): { readonly version: number }[] {
  if (version > 0) return [{ version }]
  return next === null ? [] : [{ version: next }]
}

async function retainedVersion(
  table: SharedTable,
  head: Head,
  retain: VacuumOptions['retain'],
): Promise<number> {
  if (typeof retain === 'string') {
    const now = nowMs()
    const asked = momentOf({ offset: `-${retain}` }, now)
    const instant = 'instant' in asked ? asked.instant : now
    return instant < head.created ? 0 : versionAt(table.log, head, instant)
  }
  const { versions } = (retain ?? {}) as { versions?: unknown }
  if (Number.isSafeInteger(versions) && (versions as number) >= 1) {
    return Math.max(0, head.version - (versions as number) + 1)
  }
  throw invalid(
    'vacuum: retain has to be a time such as "7d", or { versions: n } with n from 1 on',
    { retain },
  )
}

/** The number after those of partitions and files that commits up to `version` brought. */
async function fenceAt(table: SharedTable, head: Head, version: number): Promise<number> {
  const list = partitionsFile(table.folder)
  const listed = usable(await readCheckpoint(table.store, list), head)
  const files = await readMetadata(table, head)
  const oldest = files.reduce((upto, of) => Math.min(upto, of.checkpoint.upto), listed.upto)
  const span = { from: oldest + 1, to: version }
  const records = await table.log.changes(head, span, columnTypes(storedColumns(head)))
  let fence = 1
  const rowsOf = <T>(file: CheckpointFile<T>, checkpoint: Checkpoint<T>) => {
    const upto = Math.max(version, checkpoint.upto)
    const { rows } = advance(file, checkpoint, records, { upto, retainedFrom: 0 })
    return rows.filter(({ added }) => added <= version)
  }
  for (const { id } of rowsOf(list, listed)) fence = Math.max(fence, id + 1)
  for (const { file, checkpoint } of files) {
    for (const { value } of rowsOf(file, checkpoint)) {
      if (typeof value.file === 'number') fence = Math.max(fence, value.file + 1)
    }
  }
  return fence
}

/** The stored metadata of all columns. */
function readMetadata(table: SharedTable, head: Head) {
  return pooled(storedColumns(head), READS_MAX, async (column) => {
    const file = metadataFile(table.folder, column)
    return { column, file, checkpoint: usable(await readCheckpoint(table.store, file), head) }
  })
}

/** What is to go, and the columns of which nothing is left then. */
interface Garbage {
  /** Oldest first: by partition number, then what is left of the log. */
  readonly garbage: readonly StoredObject[]
  readonly forgotten: readonly HeadColumn[]
}

async function findGarbage(
  table: SharedTable,
  head: Head,
  signal: AbortSignal | undefined,
): Promise<Garbage> {
  const files = await referencedFiles(table, head)
  const folders = new Set(storedColumns(head).map(({ folder }) => folder))
  const { forgotten } = neededSchemas(head)
  const unlisted = new Map(forgotten.map((column) => [column.folder, column]))
  const checkpoints: StoredObject[] = []
  const named = new Set([
    ...head.segments.map(({ file }) => file),
    ...(head.trimmed?.files ?? []).map(({ file }) => file),
    ...head.tail.map(({ version, txid }) => `${String(version).padStart(20, '0')}-${txid}.json`),
  ])
  const garbage: (StoredObject & { readonly order: number })[] = []
  for await (const object of table.store.list(`${table.folder}/`, { signal })) {
    const path = object.key.slice(table.folder.length + 1)
    const [, folder = '', digits] = /^([^/]+)\/partition([1-9]\d{0,15})\.csv$/.exec(path) ?? []
    const number = Number(digits)
    if (digits !== undefined && folders.has(folder)) {
      if (number < head.fence && !files.has(path)) garbage.push({ ...object, order: number })
      else unlisted.delete(folder)
    } else if (path.endsWith('/metadata.csv')) {
      checkpoints.push(object)
    } else if (isDeadLog(path, head, named)) {
      garbage.push({ ...object, order: Number.POSITIVE_INFINITY })
    }
  }
  garbage.sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1))
  const left = new Set(
    Array.from(unlisted.keys(), (folder) => `${table.folder}/${folder}/metadata.csv`),
  )
  const derived = checkpoints.filter(({ key }) => left.has(key))
  return { garbage: [...garbage, ...derived], forgotten: [...unlisted.values()] }
}

/**
 * A record of a version that is no longer kept, which no head names: it lost its race, or is in a
 * segment now. A segment that is part of a larger one, or of what was trimmed. What was made to be
 * named by the head of a revision that names it not. None of them can be named again.
 */
function isDeadLog(path: string, head: Head, named: ReadonlySet<string>): boolean {
  const [, left = '', revision] =
    /^_table\/log\/(trimmed-(\d{20})-[0-9a-f]{16}\.jsonl)$/.exec(path) ?? []
  if (revision !== undefined) return !named.has(left) && Number(revision) <= head.revision
  const [, file = '', from, to] =
    /^_table\/log\/((\d{20})-(?:(\d{20})-[0-9a-f]{16}\.jsonl|[0-9a-z-]{8,64}\.json))$/.exec(path) ??
    []
  if (from === undefined || named.has(file)) return false
  const [first, last] = [Number(from), Number(to ?? from)]
  if (last > head.retainedFrom) return false
  if (to === undefined) return true
  const trimmedTo = head.segments.filter(isTrimmed).at(-1)?.to ?? 0
  const isPart = (of: Segment) => of.from <= first && of.to >= last
  return last <= trimmedTo || head.segments.some(isPart)
}

/** `<Column>/partitionN.csv` of every version that is kept, of the columns that it has. */
async function referencedFiles(table: SharedTable, head: Head): Promise<Set<string>> {
  const found = new Set<string>()
  const forgotten = new Set(neededSchemas(head).forgotten.map(({ id }) => id))
  const checkpoints = await readMetadata(table, head)
  const upto = checkpoints.reduce((least, of) => Math.min(least, of.checkpoint.upto), head.version)
  const span = { from: upto + 1, to: head.version }
  const records = await table.log.changes(head, span, columnTypes(storedColumns(head)))
  for (const { column, file, checkpoint } of checkpoints) {
    if (checkpoint.prunedTo > head.retainedFrom) {
      throw new GraupelError('CONFLICT', `"${file.key}": another vacuum has just gone further`, {
        key: file.key,
      })
    }
    const { rows } = advance(file, checkpoint, records, {
      upto: head.version,
      retainedFrom: head.retainedFrom,
    })
    if (forgotten.has(column.id)) continue
    for (const { value } of rows) {
      // Of rows in the metadata there is no file, but what a writer that lost has left under their number.
      if (typeof value.file !== 'number' || value.text !== undefined) continue
      found.add(`${column.folder}/partition${value.file}.csv`)
    }
  }
  return found
}
