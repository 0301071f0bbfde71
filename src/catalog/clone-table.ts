import { GraupelError } from '../error.ts'
import { newTxid, newUuid, nowMs } from '../io/clock-and-ids.ts'
import { BackgroundWork } from './background-work.ts'
import { constraintFeatures } from './constraints-json.ts'
import type { AddPartition, LoadedFile } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import { nextCommit, stagedBytes } from './next-commit.ts'
import { withoutPending } from './pending.ts'
import { SharedTable } from './shared-table.ts'
import { CLONE_FEATURE } from './stored-json.ts'
import { assertLive } from './table-head.ts'
import { assertRetained, readPartitions } from './table-partitions.ts'

/** Statistics in one record: about 16 MiB of them. */
const STATISTICS_MAX = 128 * 1024
/** Characters of rows without files that take the room of one. */
const TEXT_PER_STATISTICS = 64
const COMMITS_MAX = 64
const STALE_MS = 24 * 3_600_000

/**
 * The head of a clone of `version` that has no rows yet, and that nobody can open. It keeps the
 * constraints that the version kept; its rows do from the first on.
 */
export function cloneHead(source: Head, version: number): Head {
  const whole = withoutPending(source)
  const created = nowMs()
  const txid = newTxid()
  const features = (known: readonly string[]) => [...new Set([...known, CLONE_FEATURE])]
  const constraints = whole.constraints
    .filter(({ since }) => since <= version)
    .map((constraint) => ({ ...constraint, since: 0 }))
  const { identities } = whole
  const writerFeatures = constraintFeatures(whole.writerFeatures, { constraints, identities })
  return {
    ...whole,
    readerFeatures: features(whole.readerFeatures),
    writerFeatures: features(writerFeatures),
    constraints,
    tableId: newUuid(),
    state: 'initializing',
    version: 0,
    revision: 1,
    txid,
    timestamp: created,
    created,
    creationTxid: txid,
    nextId: 1,
    partitions: 0,
    rows: 0,
    dropped: [],
    formerSchemas: [],
    retainedFrom: 0,
    fence: 1,
    burned: [],
    tags: [],
    pins: [],
    streams: [],
    apps: [],
    lastLoad: 0,
    trimmed: null,
    segments: [],
    tail: [],
  }
}

/**
 * Gives a clone the rows that `source` has at `version`, as the very files of the source, and makes
 * it live. First the version is pinned in the source, so that no vacuum takes the files. When that
 * or anything after it fails the clone is given up, and only then the pin is taken away. Throws
 * EXPIRED when the version is gone, CONFLICT when a cleaner gave the clone up.
 */
export async function fillClone(
  source: SharedTable,
  clone: SharedTable,
  version: number,
): Promise<void> {
  const { tableId } = clone.newest
  const { folder } = clone
  try {
    await source.edit((head) => {
      assertLive(head, source.name)
      assertRetained(head, version)
      if (head.pins.some((pin) => pin.clone === tableId && pin.folder === folder)) return undefined
      return { pins: [...head.pins, { clone: tableId, folder, version, created: nowMs() }] }
    })
    const filled = await writeRows(source, clone, version)
    await clone.edit((head) => {
      if (head.state === 'live') return undefined
      if (head.state !== 'initializing' || head.version !== 0) throw givenUp(clone.name)
      return { ...filled, state: 'live' }
    })
  } catch (error) {
    await giveUp(source, clone).catch(() => {})
    throw error
  }
}

/** Gives up a clone that has no name yet, then takes its pin away. */
export async function giveUp(source: SharedTable, clone: SharedTable): Promise<void> {
  const { tableId } = (await clone.read()).head
  await clone.edit((head) => (head.state === 'aborted' ? undefined : { state: 'aborted' }))
  await unpin(source, tableId, clone.folder)
}

/**
 * Takes away the pins of clones that were given up or purged, and gives up those that have been in the making
 * for more than a day: they are fenced off first, so that a creator that wakes up fails.
 */
export async function releasePins(source: SharedTable): Promise<void> {
  for (const pin of (await source.read()).head.pins) {
    const { store } = source
    const address = { store, folder: pin.folder, name: pin.folder, work: new BackgroundWork() }
    const clone = new SharedTable(address)
    const { head } = await clone.read()
    if (head.tableId !== pin.clone) continue
    const isStale = head.state === 'initializing' && nowMs() - pin.created > STALE_MS
    if (isStale) {
      await clone.edit((now) => (now.state === 'initializing' ? { state: 'aborted' } : undefined))
    }
    const { state } = isStale ? (await clone.read()).head : head
    if (state === 'aborted' || state === 'purged') await unpin(source, pin.clone, pin.folder)
  }
}

async function unpin(source: SharedTable, clone: string, folder: string): Promise<void> {
  await source.edit((head) => {
    const pins = head.pins.filter((pin) => pin.clone !== clone || pin.folder !== folder)
    return pins.length === head.pins.length ? undefined : { pins }
  })
}

/** Writes the records of the clone's first versions; answers what its head is to say. */
async function writeRows(
  source: SharedTable,
  clone: SharedTable,
  version: number,
): Promise<Partial<Head>> {
  const parts = cutToRecords(await clonedPartitions(source, version), source.newest.columns.length)
  if (parts.length > COMMITS_MAX) {
    throw new GraupelError('LIMIT', `table "${source.name}" has too many partitions to clone`, {
      table: source.name,
    })
  }
  const loads = await clonedLoads(source, version)
  const first = clone.newest
  let head = first
  for (const [position, added] of parts.entries()) {
    const rows = added.reduce((sum, partition) => sum + partition.rows, 0)
    const next = nextCommit(head, {
      operation: 'clone',
      actions: added,
      rows,
      bytes: stagedBytes(added),
      loads: position === 0 ? loads : [],
      head: {
        partitions: head.partitions + added.length,
        rows: head.rows + rows,
        ...(position === 0 && loads.length > 0 ? { lastLoad: head.version + 1 } : {}),
      },
    })
    await clone.log.write(next.record.file, next.record.bytes)
    head = next.head
  }
  const { nextId, partitions, rows, timestamp, tail, lastLoad } = head
  return { version: head.version, nextId, partitions, rows, timestamp, tail, lastLoad }
}

/** The clone has the rows of the files that its source had loaded, so they are in its ledger too. */
async function clonedLoads(source: SharedTable, version: number): Promise<LoadedFile[]> {
  const { head } = await source.read()
  const loaded = await source.ledger.at(head, version)
  return [...loaded].map(([sha256, bytes]) => ({ sha256, bytes, rows: 0, url: source.name }))
}

async function clonedPartitions(source: SharedTable, version: number): Promise<AddPartition[]> {
  const { head } = await source.read()
  const { columns } = head
  const set = await readPartitions(source, head, { version, columns })
  return set.partitions.map(({ id, rows }, index) => {
    const files = new Map<number, ColumnPartition>()
    for (const column of columns) {
      const of = set.statistics.get(column.id)!.get(id)
      if (of === undefined) continue
      const { folder } = source
      const file = typeof of.file === 'number' ? { folder, number: of.file } : of.file
      files.set(column.id, { ...of, file })
    }
    return { kind: 'addPartition', id: index + 1, rows, columns: files }
  })
}

/** `partitions` of a table of so many columns in runs that fit in a record; one at least. */
export function cutToRecords(
  partitions: readonly AddPartition[],
  columns: number,
): AddPartition[][] {
  const runs: AddPartition[][] = [[]]
  let left = STATISTICS_MAX
  for (const partition of partitions) {
    const statistics = columns + textLength(partition) / TEXT_PER_STATISTICS
    left -= statistics
    if (left < 0 && runs.at(-1)!.length > 0) {
      runs.push([])
      left = STATISTICS_MAX - statistics
    }
    runs.at(-1)!.push(partition)
  }
  return runs
}

function textLength({ columns }: AddPartition): number {
  return [...columns.values()].reduce((sum, { text = '' }) => sum + text.length, 0)
}

function givenUp(name: string): GraupelError {
  return new GraupelError('CONFLICT', `the clone "${name}" was given up meanwhile: clone again`, {
    table: name,
  })
}
