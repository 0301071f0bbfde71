import { sha256Hex } from '../io/checksum.ts'
import { newTxid } from '../io/clock-and-ids.ts'
import { pooled } from '../io/pooled.ts'
import { cutToRecords } from './clone-table.ts'
import type { AddPartition } from './model/commit-record.ts'
import { type Head, isTrimmed, type LogFile, type Segment } from './model/head.ts'
import { parseRecord, printRecord, printTrimmed, versionText } from './record-json.ts'
import { storedColumns } from './schema-at.ts'
import type { SharedTable } from './shared-table.ts'
import { assertWritable } from './stored-json.ts'
import type { ReadHead } from './table-head.ts'
import { columnTypes, readPartitions } from './table-partitions.ts'

const PART_BYTES_MAX = 8 << 20
const WRITES_MAX = 8
/** What is left of a log must be at most so much of it, or it stays. */
const SHARE_MAX = 0.75

/**
 * Puts what is left of it in the place of the log before `retainedFrom`: a line for each version,
 * and one base, the partitions live at `retainedFrom`. The new objects have the head's next revision
 * in their names and are named by that very head or by none, so that a vacuum can tell what is dead.
 * Answers the head; nothing is done where it would not make the log smaller, or others swap first.
 */
export async function trimLog(table: SharedTable, signal?: AbortSignal): Promise<Head> {
  const base = await table.base()
  const { head } = base
  const old = head.segments.filter(({ to }) => to <= head.retainedFrom)
  const last = old.at(-1)
  if (last === undefined || isTrimmed(last) || head.state !== 'live') return head
  const before = size([...old, ...(head.trimmed?.files ?? [])])
  const [lines, state] = [await versionLines(table, head, last.to), await baseLines(table, head)]
  const after = [...lines, ...state].map(({ line }) => ({ bytes: line.length }))
  if (size(after) > before * SHARE_MAX) return head
  const write = writeFor(table, head, signal)
  const left = await pooled(inParts(lines), WRITES_MAX, async (part) =>
    segmentOf(await write(part), part),
  )
  const files = await pooled(state, WRITES_MAX, (line) => write([line]))
  const segments = [...left, ...head.segments.slice(old.length)]
  const trimmed = { version: head.retainedFrom, files }
  return (await swapped(table, base, { segments, trimmed })) ?? head
}

/**
 * Swaps the head of a table that was dropped, and that no clone needs, for one that can never be
 * read, nor brought back: all that its log still tells is what became of its transactions. Answers
 * that head, or undefined when the table is none of these or others swapped first.
 */
export async function purgeHead(
  table: SharedTable,
  signal?: AbortSignal,
): Promise<Head | undefined> {
  const base = await table.base(await table.head.read(signal))
  const { head } = base
  if (head.state === 'purged') return head
  if (head.state !== 'dropped' || head.pins.length > 0) return undefined
  assertWritable(head, table.head.key)
  const write = writeFor(table, head, signal)
  const to = head.segments.at(-1)?.to
  const lines = to === undefined ? [] : await versionLines(table, head, to)
  const segments = await pooled(inParts(lines), WRITES_MAX, async (part) =>
    segmentOf(await write(part), part),
  )
  const retainedFrom = head.version + 1
  const trimmed = { version: head.version, files: [] }
  const marks = { tags: [], streams: [] }
  return swapped(table, base, { state: 'purged', segments, trimmed, retainedFrom, ...marks })
}

/** Writes lines as one object, which only the next head can name. */
function writeFor(table: SharedTable, { revision }: Head, signal: AbortSignal | undefined) {
  return async (lines: readonly Line[]): Promise<LogFile> => {
    const body = Buffer.concat(lines.map(({ line }) => line))
    const sha256 = sha256Hex(body)
    const file = `trimmed-${versionText(revision + 1)}-${sha256.slice(0, 16)}.jsonl`
    await table.log.create(file, body, signal)
    return { file, bytes: body.length, sha256 }
  }
}

/** The head after `change` was swapped in from the very one that was read. */
async function swapped(
  table: SharedTable,
  base: ReadHead,
  change: Partial<Head>,
): Promise<Head | undefined> {
  const revision = base.head.revision + 1
  const next: Head = { ...base.head, ...change, revision, txid: newTxid() }
  const settled = await table.head.swap(base, next).catch((error: unknown) => {
    table.forget()
    throw error
  })
  if (settled.won) table.committed(next, { token: settled.token, lostRaces: 0 })
  else table.note(settled.found)
  return settled.won ? next : undefined
}

interface Line {
  readonly line: Uint8Array
  readonly version: number
  readonly timestamp: number
}

const size = (files: readonly { readonly bytes: number }[]) =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)

/** What is left of the records 1 to `to`. */
async function versionLines(table: SharedTable, head: Head, to: number): Promise<Line[]> {
  const from = head.segments[0]!.from
  const lines = await table.log.lines(head, { from, to }, { remembered: true })
  return lines.map(({ bytes, version }) => {
    const record = parseRecord(bytes, table.folder, new Map())
    const { timestamp } = record
    const whole = bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.of(10)])
    const sha256 = record.trimmedFrom ?? sha256Hex(whole)
    return { line: printTrimmed(record, sha256), version, timestamp }
  })
}

/** The partitions live at `retainedFrom`, as records that bring them. */
async function baseLines(table: SharedTable, head: Head): Promise<Line[]> {
  const { retainedFrom: version } = head
  const columns = storedColumns(head)
  const set = await readPartitions(table, head, { version, columns })
  const added = set.partitions.map(({ id, rows }): AddPartition => {
    const files = columns.flatMap((column) => {
      const of = set.statistics.get(column.id)!.get(id)
      return of === undefined ? [] : [[column.id, of] as const]
    })
    return { kind: 'addPartition', id, rows, columns: new Map(files) }
  })
  const { txid, timestamp } = head
  const parent = { version, txid, sha256: '' }
  const facts = { version, txid, timestamp, operation: 'base', parent, rows: 0, bytes: 0 }
  return cutToRecords(added, columns.length).map((actions) => ({
    line: printRecord({ ...facts, actions }, columnTypes(columns)),
    version,
    timestamp,
  }))
}

function inParts(lines: readonly Line[]): Line[][] {
  const parts: Line[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const of of lines) {
    bytes += of.line.length
    if (bytes > PART_BYTES_MAX) {
      parts.push([])
      bytes = of.line.length
    }
    parts.at(-1)!.push(of)
  }
  return parts
}

function segmentOf(file: LogFile, lines: readonly Line[]): Segment {
  const [first, last] = [lines[0]!, lines.at(-1)!]
  const [timestampFrom, timestampTo] = [first.timestamp, last.timestamp]
  return { ...file, from: first.version, to: last.version, timestampFrom, timestampTo, extra: [] }
}
