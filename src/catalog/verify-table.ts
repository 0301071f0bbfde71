import { GraupelError, throwIfAborted } from '../error.ts'
import { encodeColumn } from '../io/csv/encode-column.ts'
import { openColumn } from '../io/csv/open-column.ts'
import { pooled } from '../io/pooled.ts'
import type { OnProgress } from '../io/progress.ts'
import {
  advance,
  type CheckpointFile,
  metadataFile,
  NO_CHECKPOINT,
  partitionsFile,
} from './checkpoint.ts'
import { advanceLedger, ledgerKey, NO_LEDGER, parseLedger, printLedger } from './load-ledger.ts'
import type { Action, CommitRecord } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import { columnFile } from './model/partition-set.ts'
import type { Problem } from './model/problem.ts'
import { numberAfter } from './next-commit.ts'
import { neededSchemas, storedColumns } from './schema-at.ts'
import type { SharedTable } from './shared-table.ts'
import { printStatistics, STATISTICS_FIELDS } from './statistics-text.ts'
import { assertLive } from './table-head.ts'
import { type Lineage, verifyLineage } from './verify-lineage.ts'

const FILES_MAX = 4

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/**
 * Reads all that a table has and proves it: the chain of its log, its checkpoints against the log,
 * and every column file of every version that is kept, whose statistics are computed anew. Answers
 * what is wrong; nothing, when all is well. Throws only when the store does not answer.
 */
export async function verifyTable(
  table: SharedTable,
  { signal, onProgress }: VerifyOptions = {},
): Promise<Problem[]> {
  const { head } = await table.read(signal)
  if (head.state === 'purged') assertLive(head, table.name)
  const problems: Problem[] = []
  const lineage = await attempt(problems, table.head.key, () =>
    verifyLineage(table, head, problems),
  )
  if (lineage === undefined) return problems
  verifyTotals(table, head, lineage, problems)
  await verifyLedger(table, lineage.records, problems)
  const { changes: records } = lineage
  const log: Log = { records, from: head.trimmed?.version ?? 0 }
  await verifyCheckpoint(table, partitionsFile(table.folder), log, problems)
  const files: ReturnType<typeof columnFile>[] = []
  const forgotten = new Set(neededSchemas(head).forgotten.map(({ id }) => id))
  for (const column of storedColumns(head)) {
    throwIfAborted(signal)
    const file = metadataFile(table.folder, column)
    await verifyCheckpoint(table, file, log, problems)
    if (forgotten.has(column.id)) continue
    const { version: upto, retainedFrom } = head
    for (const { value } of advance(file, NO_CHECKPOINT, records, { upto, retainedFrom }).rows) {
      files.push(columnFile(table.folder, column, value))
    }
  }
  const unique = new Map(files.map((file) => [file.key, file]))
  const totalBytes = [...unique.values()].reduce((sum, of) => sum + of.statistics.bytes, 0)
  const read = { rows: 0, bytes: 0 }
  await pooled([...unique], FILES_MAX, async ([key, file]) => {
    throwIfAborted(signal)
    await attempt(problems, key, () => verifyFile(table, file, problems))
    read.rows += file.statistics.rows
    read.bytes += file.statistics.bytes
    onProgress?.({ phase: 'verify', ...read, totalBytes })
  })
  onProgress?.({ phase: 'done', ...read, totalBytes })
  return problems
}

function verifyTotals(
  table: SharedTable,
  head: Head,
  { records: all, changes: records }: Lineage,
  problems: Problem[],
): void {
  const { version: upto } = head
  const file = partitionsFile(table.folder)
  const { rows: states } = advance(file, NO_CHECKPOINT, records, { upto, retainedFrom: 0 })
  const live = states.filter(({ removed }) => removed === null)
  const rows = live.reduce((sum, { value }) => sum + value.rows, 0)
  const nextId = records.reduce((next, { actions }) => Math.max(next, numberAfter(actions)), 1)
  const fresh = records.flatMap(({ actions }) => freshIds(actions))
  const lastLoad = all.findLast(({ loads, ledgerOf }) => (loads ?? ledgerOf) !== undefined)
  const wrong = [
    [head.partitions !== live.length, `has ${head.partitions} partitions, its log ${live.length}`],
    [head.rows !== rows, `has ${head.rows} rows, its log ${rows}`],
    [head.nextId < nextId, `gives out number ${head.nextId}, its log has ${nextId - 1}`],
    [
      head.lastLoad !== (lastLoad?.version ?? 0),
      `says that files were loaded last by version ${head.lastLoad}, its log ${lastLoad?.version ?? 0}`,
    ],
    [fresh.length !== new Set(fresh).size, 'has a partition number that was used twice'],
  ] as const
  for (const [isWrong, message] of wrong) {
    if (isWrong) problems.push({ key: table.head.key, message })
  }
}

/** Ids of the partitions that actions bring anew, not in the place of one that they remove. */
function freshIds(actions: readonly Action[]): number[] {
  const removed = new Set(actions.flatMap((of) => (of.kind === 'removePartition' ? [of.id] : [])))
  return actions.flatMap(({ kind, id }) =>
    kind === 'addPartition' && !removed.has(id) ? [id] : [],
  )
}

/** What brings partitions, and the version that it begins at. */
interface Log {
  readonly records: readonly CommitRecord[]
  readonly from: number
}

async function verifyCheckpoint<T>(
  { store }: SharedTable,
  file: CheckpointFile<T>,
  { records, from }: Log,
  problems: Problem[],
): Promise<void> {
  const { key } = file
  await attempt(problems, key, async () => {
    const bytes = await store.get(key)
    if (bytes === null) return
    const found = file.parse(bytes)
    const { upto, prunedTo: retainedFrom } = found
    if (upto < from) return
    const expected = advance(file, NO_CHECKPOINT, records, { upto, retainedFrom })
    const rows = found.rows
      .filter(({ removed }) => removed === null || removed > from)
      .map(({ id, value, added, removed }) => {
        return { id, value, added: Math.max(added, from), removed }
      })
      .sort((a, b) => a.id - b.id || a.added - b.added)
    if (Buffer.compare(file.print({ ...found, rows }), file.print(expected)) === 0) return
    problems.push({ key, message: `tells other things than the log up to version ${upto}` })
  })
}

async function verifyLedger(
  { store, folder }: SharedTable,
  records: readonly CommitRecord[],
  problems: Problem[],
): Promise<void> {
  const key = ledgerKey(folder)
  await attempt(problems, key, async () => {
    const bytes = await store.get(key)
    if (bytes === null) return
    const { upto: version, prunedTo: retainedFrom } = parseLedger(bytes, key)
    const told = records.filter((record) => record.version <= version)
    const expected = printLedger(advanceLedger(NO_LEDGER, told, { version, retainedFrom }))
    if (Buffer.compare(bytes, expected) === 0) return
    problems.push({ key, message: `tells other loads than the log up to version ${version}` })
  })
}

async function verifyFile(
  { store }: SharedTable,
  of: ReturnType<typeof columnFile>,
  problems: Problem[],
): Promise<void> {
  const { key, name, type, statistics } = of
  const reader = await openColumn(store, of, { original: true })
  try {
    const vector = await reader.read(statistics.rows)
    const { file } = statistics
    const found = printStatistics({ file, ...encodeColumn(name, vector).statistics }, type)
    const stored = printStatistics(statistics, type)
    for (const field of STATISTICS_FIELDS) {
      if (found[field] === stored[field]) continue
      const message = `"${field}" is ${stored[field]} in the metadata, ${found[field]} in the file`
      problems.push({ key, message })
    }
  } finally {
    reader.close()
  }
}

/** Notes a DATA error as a problem, and what else the content alone can cause. */
async function attempt<T>(
  problems: Problem[],
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GraupelError) || error.code !== 'DATA') throw error
    problems.push({
      key: String(error.facts['key'] ?? error.facts['file'] ?? key),
      message: error.message,
    })
    return undefined
  }
}
