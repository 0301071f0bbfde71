import { wasmCountLines } from '../../kernel/wasm/count-lines.ts'
import type { CsvDialect } from './csv-options.ts'

const LF = 10
const CR = 13
/** Simple runs shorter than this join the hard ones before them: a parser's start costs more. */
const SIMPLE_BYTES_MIN = 4096

/** A run of whole records of a block: `bytes[from .. to)`. */
export interface Segment {
  readonly from: number
  readonly to: number
  /** Whether it has doubled or misplaced quotes. Others stand whole around a field or nowhere. */
  readonly hard: boolean
}

/**
 * Cuts a block, which begins at a record, into runs of whole records with and without quotes that
 * take a parser. What follows the last segment is an incomplete record.
 *
 * @param final Whether the file ends with the block, so that its last record is complete.
 */
export function cutSegments(
  bytes: Buffer,
  dialect: CsvDialect,
  { final }: { final: boolean },
): Segment[] {
  const runs: Segment[] = []
  let at = 0
  while (at < bytes.length) {
    const quote = dialect.quote < 0 ? -1 : bytes.indexOf(dialect.quote, at)
    const plainEnd = quote < 0 ? lastRecordEnd(bytes, at, final) : lineStart(bytes, at, quote)
    if (plainEnd > at) push(runs, { from: at, to: plainEnd, hard: false })
    at = plainEnd
    if (quote < 0) break
    const { end, hard } = scanRecord(bytes, at, dialect, { final })
    if (end < 0) break
    push(runs, { from: at, to: end, hard })
    at = end
  }
  return joined(runs)
}

function push(runs: Segment[], next: Segment): void {
  const last = runs.at(-1)
  if (last === undefined || last.hard !== next.hard) runs.push(next)
  else runs[runs.length - 1] = { from: last.from, to: next.to, hard: last.hard }
}

function joined(runs: readonly Segment[]): Segment[] {
  const segments: Segment[] = []
  for (const run of runs) {
    const last = segments.at(-1)
    if (last?.hard === true && (run.hard || run.to - run.from < SIMPLE_BYTES_MIN)) {
      segments[segments.length - 1] = { from: last.from, to: run.to, hard: true }
    } else segments.push(run)
  }
  return segments
}

/** The end of the last whole record of a run without quotes. */
function lastRecordEnd(bytes: Buffer, from: number, final: boolean): number {
  if (final) return bytes.length
  let at = bytes.length - 1
  // A carriage return at the very end may be half of a line end.
  if (bytes[at] === CR) at--
  while (at >= from && bytes[at] !== LF && bytes[at] !== CR) at--
  return at + 1
}

function lineStart(bytes: Buffer, from: number, position: number): number {
  let at = position
  while (at > from && bytes[at - 1] !== LF && bytes[at - 1] !== CR) at--
  return at
}

/** The end (behind its line end) of the record that begins at `from`; -1 when it is incomplete. */
export function recordEnd(
  bytes: Buffer,
  from: number,
  dialect: CsvDialect,
  options: { final: boolean },
): number {
  return scanRecord(bytes, from, dialect, options).end
}

/**
 * Finds the end of a record, and whether a parser has to read it. Follows the rules of csv-parse
 * also where that would refuse the record, so that both agree on where the next one begins.
 */
function scanRecord(
  bytes: Buffer,
  from: number,
  { quote, delimiter }: CsvDialect,
  { final }: { final: boolean },
): { end: number; hard: boolean } {
  const { length } = bytes
  let hard = false
  let inQuotes = false
  let fieldStart = from
  for (let at = from; at < length; at++) {
    const byte = bytes[at]!
    if (inQuotes) {
      if (byte !== quote) continue
      if (at + 1 === length) return { end: final ? length : -1, hard }
      const next = bytes[at + 1]!
      if (next === delimiter || next === LF || next === CR) inQuotes = false
      else {
        hard = true
        if (next === quote) at++
        else if (next === 0) inQuotes = false
      }
    } else if (byte === quote) {
      if (at === fieldStart) inQuotes = true
      else hard = true
    } else if (byte === delimiter) fieldStart = at + 1
    else if (byte === LF) return { end: at + 1, hard }
    else if (byte === CR) {
      if (at + 1 === length) return { end: final ? length : -1, hard }
      return { end: bytes[at + 1] === LF ? at + 2 : at + 1, hard }
    }
  }
  return { end: final ? length : -1, hard: hard || inQuotes }
}

/** Line ends (`\n`, `\r\n` or `\r`) in `bytes[from .. to)`. */
export function lineEnds(bytes: Uint8Array, from: number, to: number): number {
  const firstReturn = bytes.indexOf(CR, from)
  const plainEnd = firstReturn < 0 || firstReturn > to ? to : firstReturn
  let count = wasmCountLines(bytes, from, plainEnd)
  for (let at = plainEnd; at < to; at++) {
    const byte = bytes[at]!
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) count++
  }
  return count
}
