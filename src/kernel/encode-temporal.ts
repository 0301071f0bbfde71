import { civilFromDays } from '../arrow/temporal.ts'
import { putNull, putPadded } from './encode-number.ts'

const NEWLINE = 10
const DASH = 45
const COLON = 58
const SECONDS_A_DAY = 86_400
/** Days whose text is kept while a column is written: columns have few that lie close together. */
const KNOWN_DATES = 4096
const NO_DAY = -(2 ** 31)

/** Days since 1970-01-01 as `YYYY-MM-DD`. */
function putDate(target: Uint8Array, at: number, days: number): number {
  const [year, month, day] = civilFromDays(days)
  putPadded(target, at, year, 4)
  target[at + 4] = DASH
  putPadded(target, at + 5, month, 2)
  target[at + 7] = DASH
  return putPadded(target, at + 8, day, 2)
}

/** Ticks since midnight as `HH:MM:SS.` and `digits` digits (3 or 6, so many ticks a second). */
function putClock(target: Uint8Array, at: number, ticks: number, digits: number): number {
  const perSecond = digits === 3 ? 1000 : 1_000_000
  const seconds = Math.floor(ticks / perSecond)
  const minutes = (seconds / 60) | 0
  putPadded(target, at, (minutes / 60) | 0, 2)
  target[at + 2] = COLON
  putPadded(target, at + 3, minutes % 60, 2)
  target[at + 5] = COLON
  putPadded(target, at + 6, seconds % 60, 2)
  target[at + 8] = 46
  return putPadded(target, at + 9, ticks - seconds * perSecond, digits)
}

/**
 * Writes days since 1970-01-01 as `YYYY-MM-DD` lines, a null as `\N`.
 *
 * @param values One a row, years 0000 to 9999.
 * @param validity One byte a row, 0 for null; empty when there is no null.
 * @param target Receives the text: 11 bytes a row.
 * @returns The position after the last byte written.
 *
 * Pure but for `target`; does not throw.
 */
export function encodeDates(
  values: Int32Array,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
): number {
  const hasNulls = validity.length > 0
  const slots = rows < KNOWN_DATES ? 1 : KNOWN_DATES
  const days = new Int32Array(slots).fill(NO_DAY)
  // The line of each day, in three words of which the last byte is of no line.
  const lines = new DataView(new ArrayBuffer(slots * 12))
  const scratch = new Uint8Array(lines.buffer)
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  const safeEnd = target.length - 12
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) {
      at = putNull(target, at)
      target[at++] = NEWLINE
      continue
    }
    const day = values[row]!
    const slot = day & (slots - 1)
    const line = slot * 12
    if (days[slot] !== day) {
      days[slot] = day
      scratch[putDate(scratch, line, day)] = NEWLINE
    }
    if (at > safeEnd) target.set(scratch.subarray(line, line + 11), at)
    else {
      view.setInt32(at, lines.getInt32(line))
      view.setInt32(at + 4, lines.getInt32(line + 4))
      view.setInt32(at + 8, lines.getInt32(line + 8))
    }
    at += 11
  }
  return at
}

/** Writes microseconds since midnight as `HH:MM:SS.ffffff`, 16 bytes a row; as `encodeDates`. */
export function encodeTimes(
  values: Float64Array,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
): number {
  const hasNulls = validity.length > 0
  for (let row = 0; row < rows; row++) {
    at =
      hasNulls && validity[row] === 0 ? putNull(target, at) : putClock(target, at, values[row]!, 6)
    target[at++] = NEWLINE
  }
  return at
}

/**
 * Writes timestamps as `YYYY-MM-DDTHH:MM:SS.fff[fff][Z]`, at most 28 bytes a row; otherwise as
 * `encodeDates`.
 *
 * @param digits Fraction digits: 3 for milliseconds, 6 for microseconds.
 * @param suffix The byte after the fraction (`Z`), or 0 for none.
 */
export function encodeTimestamps(
  values: Float64Array,
  digits: number,
  suffix: number,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
): number {
  const hasNulls = validity.length > 0
  const perDay = SECONDS_A_DAY * (digits === 3 ? 1000 : 1_000_000)
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) at = putNull(target, at)
    else {
      const value = values[row]!
      const days = Math.floor(value / perDay)
      at = putDate(target, at, days)
      target[at++] = 84
      at = putClock(target, at, value - days * perDay, digits)
      if (suffix !== 0) target[at++] = suffix
    }
    target[at++] = NEWLINE
  }
  return at
}
