import { corrupt, GraupelError, throwIfAborted } from '../error.ts'
import { sha256Hex } from '../io/checksum.ts'
import { newTxid, nowMs } from '../io/clock-and-ids.ts'
import type { Action, AddPartition, CommitRecord } from './model/commit-record.ts'
import type { Head, TailEntry } from './model/head.ts'
import type { Column } from './model/table.ts'
import { printRecord, recordFile } from './record-json.ts'
import { backOff } from './settle-swap.ts'
import { assertWritable } from './stored-json.ts'
import { assertLive, type ReadHead, type TableHead } from './table-head.ts'
import { columnTypes, readPartitions, type TablePlace } from './table-partitions.ts'

const ATTEMPTS_MAX = 100
const TAIL_MAX = 64

/** Staged partitions, and what they are to do to the table. */
export interface Change {
  readonly operation: 'append' | 'overwrite'
  readonly added: readonly AddPartition[]
  /** The columns that the partitions were written for. */
  readonly columns: readonly Column[]
  readonly name: string
  readonly signal?: AbortSignal | undefined
}

/** The head that a change was committed with, and how often others came first. */
export interface Committed {
  readonly head: Head
  readonly lostRaces: number
}

/**
 * Commits a change: its record, then one swap of the head. An append that lost a race is put on
 * top of what won, since it does not depend on what was there; an overwrite replaces what is live
 * when it lands.
 *
 * Throws CONFLICT when the table's columns changed or too many races were lost, COMMIT_UNKNOWN when
 * the store stopped answering, NOT_FOUND when the table was dropped.
 */
export async function commitChange(
  place: TablePlace,
  tableHead: TableHead,
  from: ReadHead,
  change: Change,
): Promise<Committed> {
  let base = from
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    throwIfAborted(change.signal)
    const next = await writeNext(place, tableHead.key, base.head, change)
    throwIfAborted(change.signal)
    const swapped = await tableHead.swap(base, next)
    if (swapped.won) return { head: next, lostRaces: attempt }
    base = swapped.found
    await backOff(Math.min(attempt, 5), change.signal)
  }
  throw new GraupelError(
    'CONFLICT',
    `table "${change.name}": ${ATTEMPTS_MAX} other commits came first; nothing was committed`,
    { table: change.name, attempts: ATTEMPTS_MAX },
  )
}

/** Writes the record of `change` on top of `base` and answers the head that would name it. */
async function writeNext(
  place: TablePlace,
  key: string,
  base: Head,
  change: Change,
): Promise<Head> {
  assertLive(base, change.name)
  assertWritable(base, key)
  assertSameColumns(base, change)
  const overwrite = change.operation === 'overwrite'
  const removed = overwrite ? await removeAll(place, base) : []
  const rows = change.added.reduce((sum, partition) => sum + partition.rows, 0)
  const record: CommitRecord = {
    version: base.version + 1,
    txid: newTxid(),
    timestamp: Math.max(nowMs(), base.timestamp + 1),
    operation: change.operation,
    parent: {
      version: base.version,
      txid: base.tail.at(-1)?.txid ?? base.creationTxid,
      sha256: base.tail.at(-1)?.recordSha256 ?? '',
    },
    rows,
    bytes: stagedBytes(change.added),
    actions: [...removed, ...change.added],
  }
  const bytes = printRecord(record, columnTypes(change.columns))
  const folds = base.tail.length >= TAIL_MAX
  const [segments, written] = await Promise.all([
    folds ? place.log.fold(base) : base.segments,
    place.log.write(recordFile(record), bytes),
  ])
  if (written === 'exists') throw corrupt(`"${recordFile(record)}" is taken`, { key })
  const entry = tailEntry(record, bytes)
  return {
    ...base,
    version: record.version,
    revision: base.revision + 1,
    txid: record.txid,
    timestamp: record.timestamp,
    nextId: change.added.reduce((next, { id }) => Math.max(next, id + 1), base.nextId),
    partitions: (overwrite ? 0 : base.partitions) + change.added.length,
    rows: (overwrite ? 0 : base.rows) + rows,
    segments,
    tail: folds ? [entry] : [...base.tail, entry],
  }
}

/** Bytes of all column files of `added`. */
export function stagedBytes(added: readonly AddPartition[]): number {
  let bytes = 0
  for (const { columns } of added) for (const column of columns.values()) bytes += column.bytes
  return bytes
}

async function removeAll(place: TablePlace, base: Head): Promise<Action[]> {
  const { partitions } = await readPartitions(place, base, { version: base.version, columns: [] })
  return partitions.map(({ id }) => ({ kind: 'removePartition', id }))
}

function tailEntry(record: CommitRecord, bytes: Uint8Array): TailEntry {
  const { version, txid, timestamp, operation, rows, bytes: dataBytes } = record
  return {
    version,
    txid,
    timestamp,
    operation,
    rows,
    bytes: dataBytes,
    recordBytes: bytes.length,
    recordSha256: sha256Hex(bytes),
    extra: [],
  }
}

function assertSameColumns(head: Head, { columns, name }: Change): void {
  const same =
    head.columns.length === columns.length &&
    columns.every((column, position) => {
      const now = head.columns[position]!
      return (
        now.id === column.id && now.folder === column.folder && now.nullable === column.nullable
      )
    })
  if (same) return
  throw new GraupelError(
    'CONFLICT',
    `the columns of table "${name}" changed while rows were staged: open it again and retry`,
    { table: name, version: head.version },
  )
}
