import { compareScalars, type Scalar } from '../../arrow/scalar.ts'
import type { ColumnPartition, PartitionSet } from '../../catalog/model/partition-set.ts'
import type { Partition } from '../../catalog/model/table.ts'
import { crc32 } from '../../io/checksum.ts'

/** Bytes of a joined text at most, so that it is decoded from one slot. */
const BYTES_MAX = 128 << 10
const QUOTE = 34
const NEWLINE = 10

/** Partitions as a scan reads them. */
export interface JoinedInline {
  /** In order; one with several in it has the first one's number. */
  readonly partitions: readonly Partition[]
  readonly statistics: PartitionSet['statistics']
  /** How many stand in one, where that is more than itself. */
  readonly counts: ReadonlyMap<number, number>
}

/**
 * `partitions`, with runs of such as have no files taken together: each is few rows, and opening one
 * costs as much as decoding thousands. A text that is not what its statistics say stays by itself,
 * for its reader to refuse.
 */
export function joinInline(
  partitions: readonly Partition[],
  statistics: PartitionSet['statistics'],
): JoinedInline {
  const joined: Partition[] = []
  const merged = new Map([...statistics].map(([column, known]) => [column, known]))
  const counts = new Map<number, number>()
  for (const run of inlineRuns(partitions, statistics)) {
    const columns = run.length > 1 ? joinedColumns(run, statistics) : undefined
    if (columns === undefined) {
      joined.push(...run)
      continue
    }
    const { id } = run[0]!
    joined.push({ id, rows: run.reduce((sum, { rows }) => sum + rows, 0) })
    counts.set(id, run.length)
    for (const [column, entry] of columns) {
      if (merged.get(column) === statistics.get(column)) {
        merged.set(column, new Map(statistics.get(column)))
      }
      ;(merged.get(column) as Map<number, ColumnPartition>).set(id, entry)
    }
  }
  return counts.size === 0
    ? { partitions, statistics, counts }
    : { partitions: joined, statistics: merged, counts }
}

/** `partitions` in runs: alone, or all without files, of the same columns, and not too long. */
function* inlineRuns(
  partitions: readonly Partition[],
  statistics: PartitionSet['statistics'],
): Generator<readonly Partition[]> {
  let run: Partition[] = []
  let shape = ''
  let bytes = 0
  for (const partition of partitions) {
    const entries = Array.from(statistics.values(), (known) => known.get(partition.id))
    const own = shapeOf(entries)
    const size = Math.max(0, ...entries.map((entry) => entry?.bytes ?? 0))
    if (run.length > 0 && (own !== shape || own === FILES || bytes + size > BYTES_MAX)) {
      yield run
      run = []
      bytes = 0
    }
    run.push(partition)
    shape = own
    bytes += size
  }
  if (run.length > 0) yield run
}

const FILES = ''

/** Which columns are texts, and which a default or null: nothing once one is a file. */
function shapeOf(entries: readonly (ColumnPartition | undefined)[]): string {
  let shape = ''
  for (const entry of entries) {
    if (entry?.text !== undefined) shape += 't'
    else if (entry === undefined || entry.constant !== undefined) shape += entry ? 'c' : '-'
    else return FILES
  }
  return shape.includes('t') ? shape : FILES
}

function joinedColumns(
  run: readonly Partition[],
  statistics: PartitionSet['statistics'],
): Map<number, ColumnPartition> | undefined {
  const columns = new Map<number, ColumnPartition>()
  for (const [column, known] of statistics) {
    const entries = run.flatMap(({ id }) => known.get(id) ?? [])
    if (entries.length === 0) continue
    const entry = joinedEntry(entries)
    if (entry === undefined) return undefined
    columns.set(column, entry)
  }
  return columns
}

/** One entry for all of `entries`; undefined when a text is not what is said of it. */
function joinedEntry(entries: readonly ColumnPartition[]): ColumnPartition | undefined {
  const first = entries[0]!
  const sumOf = (figure: (of: ColumnPartition) => number) =>
    entries.reduce((sum, entry) => sum + figure(entry), 0)
  const { width } = first.hints
  const all: ColumnPartition = {
    ...first,
    rows: sumOf(({ rows }) => rows),
    nulls: sumOf(({ nulls }) => nulls),
    nans: sumOf(({ nans }) => nans),
    min: entries.map(({ min }) => min).reduce((a, b) => bound(a, b, -1)),
    max: entries.map(({ max }) => max).reduce((a, b) => bound(a, b, 1)),
    minExact: false,
    maxExact: false,
    sum: null,
    distinct: sumOf(({ distinct }) => distinct),
    distinctExact: false,
    hints: {
      width: entries.every(({ hints }) => hints.width === width) ? width : null,
      longest: Math.max(...entries.map(({ hints }) => hints.longest)),
      plain: entries.every(({ hints }) => hints.plain),
      ascii: entries.every(({ hints }) => hints.ascii),
      order: null,
    },
  }
  if (first.text === undefined) return all
  const header = recordEnd(first.text, 0)
  if (header < 0) return undefined
  const bodies: string[] = [first.text.slice(0, header)]
  for (const { text = '', crc32: sum, rows } of entries) {
    const isWhole = text.startsWith(bodies[0]!) && recordsIn(text, header) === rows
    if (!isWhole || crc32(Buffer.from(text)) !== sum) return undefined
    bodies.push(text.slice(header))
  }
  const text = bodies.join('')
  const bytes = Buffer.from(text)
  return { ...all, text, bytes: bytes.length, crc32: crc32(bytes) }
}

/** The bound of both: of a column without values there is none. */
function bound(a: Scalar, b: Scalar, sign: -1 | 1): Scalar {
  if (a === null || b === null) return a ?? b
  return compareScalars(a, b) * sign >= 0 ? a : b
}

/** Where the record at `from` has ended, its newline included; -1 when it does not. */
function recordEnd(text: string, from: number): number {
  let isQuoted = false
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) isQuoted = !isQuoted
    else if (code === NEWLINE && !isQuoted) return at + 1
  }
  return -1
}

/** How many records there are from `from` on; -1 when the last one does not end. */
function recordsIn(text: string, from: number): number {
  let records = 0
  for (let at = from; at < text.length; records++) {
    at = recordEnd(text, at)
    if (at < 0) return -1
  }
  return records
}
