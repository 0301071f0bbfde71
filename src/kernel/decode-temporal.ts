import { daysFromCivil, daysInMonth } from '../arrow/temporal.ts'
import { isNullLine } from './decode-decimal.ts'
import { DIGIT_PAIRS } from './digits.ts'

const NEWLINE = 10
const DASH = 45
const COLON = 58
const EPOCH = 719_528

/** Length of a month table: index `year * 16 + month`. */
export const MONTHS = 160_000

/**
 * Enters a year into a month table. An entry is the month's first day, in days since 0000-01-01,
 * times 32, plus the month's length; 0 where the year is not entered or there is no such month.
 */
export function enterYear(months: Int32Array, year: number): void {
  for (let month = 1; month <= 12; month++) {
    const first = daysFromCivil(year, month, 1) + EPOCH
    months[year * 16 + month] = first * 32 + daysInMonth(year, month)
  }
}

/** Days since 1970-01-01 of the `YYYY-MM-DD` at `p`; NaN when it is none, or not in `months`. */
function dateAt(bytes: Uint8Array, p: number, months: Int32Array): number {
  const century = DIGIT_PAIRS[(bytes[p]! << 8) | bytes[p + 1]!]!
  const year = DIGIT_PAIRS[(bytes[p + 2]! << 8) | bytes[p + 3]!]!
  const month = DIGIT_PAIRS[(bytes[p + 5]! << 8) | bytes[p + 6]!]!
  const day = DIGIT_PAIRS[(bytes[p + 8]! << 8) | bytes[p + 9]!]!
  const marks = (bytes[p + 4]! ^ DASH) | (bytes[p + 7]! ^ DASH)
  if ((century | year | month | day) < 0 || marks !== 0 || month > 12) return Number.NaN
  const entry = months[(Math.imul(century, 100) + year) * 16 + month]!
  if (day < 1 || day > (entry & 31)) return Number.NaN
  return (entry >> 5) + day - (EPOCH + 1)
}

/** Ticks since midnight of the `HH:MM:SS.` and `digits` fraction digits at `p`; NaN for others. */
function clockAt(bytes: Uint8Array, p: number, digits: number): number {
  const hours = DIGIT_PAIRS[(bytes[p]! << 8) | bytes[p + 1]!]!
  const minutes = DIGIT_PAIRS[(bytes[p + 3]! << 8) | bytes[p + 4]!]!
  const seconds = DIGIT_PAIRS[(bytes[p + 6]! << 8) | bytes[p + 7]!]!
  const marks = (bytes[p + 2]! ^ COLON) | (bytes[p + 5]! ^ COLON) | (bytes[p + 8]! ^ 46)
  let fraction = 0
  let outside = hours | minutes | seconds | (23 - hours) | (59 - minutes) | (59 - seconds)
  for (let i = 9; i < 9 + digits; i += 3) {
    const pair = DIGIT_PAIRS[(bytes[p + i]! << 8) | bytes[p + i + 1]!]!
    const digit = bytes[p + i + 2]! - 48
    outside |= pair | digit | (9 - digit)
    fraction = (Math.imul(fraction, 1000) + Math.imul(pair, 10) + digit) | 0
  }
  if (outside < 0 || marks !== 0) return Number.NaN
  const inDay = Math.imul(hours, 3600) + Math.imul(minutes, 60) + seconds
  return inDay * (digits === 3 ? 1000 : 1_000_000) + fraction
}

/**
 * Decodes lines `YYYY-MM-DD` into days since 1970-01-01 until `limit` rows, `to`, or a line that
 * is none or whose year is not in `months`. A null is `\N`.
 *
 * @param bytes The file's bytes, readable for 8 bytes beyond `to`; `view` is the same memory.
 * @param from Position of the first line; `to` stands behind a newline.
 * @param values Receives the days from index `row` on; 0 for a null.
 * @param limit Row to stop before, at most `values.length`.
 * @param validity Receives 0 for a null; empty when there can be none (`\N` then stops).
 * @param months Table of MONTHS entries; see `enterYear`.
 * @param cursor `[0]` receives the position of the first line that is not decoded.
 * @returns The row after the last one decoded.
 *
 * Pure but for `values`, `validity` and `cursor`; does not throw.
 */
export function decodeDates(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  values: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  months: Int32Array,
  cursor: Int32Array,
): number {
  let line = from
  while (row < limit && line < to) {
    // YYYY, -MM- and -DD with the newline, each byte less what it has to be.
    const years = view.getInt32(line, true) ^ 0x30303030
    const monthDigits = view.getInt32(line + 4, true) ^ 0x2d30302d
    const days = view.getInt32(line + 7, true) ^ 0x0a30302d
    const wrong =
      ((years | (years + 0x06060606)) & 0xf0f0f0f0) |
      ((monthDigits | ((monthDigits & 0x0f0f00) + 0x060600)) & 0xfff0f0ff) |
      ((days | ((days & 0x0f0f00) + 0x060600)) & 0xfff0f0ff)
    if (wrong !== 0) {
      if (validity.length === 0 || !isNullLine(bytes, line)) break
      validity[row] = 0
      values[row++] = 0
      line += 3
      continue
    }
    const pairs = (Math.imul(years, 10) + (years >>> 8)) & 0x00ff00ff
    const year = Math.imul(pairs & 255, 100) + (pairs >>> 16)
    const month = Math.imul((monthDigits >>> 8) & 15, 10) + (monthDigits >>> 16)
    const day = Math.imul((days >>> 8) & 15, 10) + (days >>> 16)
    const entry = months[(year << 4) + month]!
    if (month > 12 || day < 1 || day > (entry & 31)) break
    values[row++] = (entry >> 5) + day - (EPOCH + 1)
    line += 11
  }
  cursor[0] = line
  return row
}

/** Decodes lines `HH:MM:SS.ffffff` into microseconds since midnight; as `decodeDates`. */
export function decodeTimes(
  bytes: Uint8Array,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
): number {
  let line = from
  while (row < limit && line < to) {
    if (validity.length > 0 && isNullLine(bytes, line)) {
      validity[row] = 0
      values[row++] = 0
      line += 3
      continue
    }
    const ticks = clockAt(bytes, line, 6)
    if (Number.isNaN(ticks) || bytes[line + 15] !== NEWLINE) break
    values[row++] = ticks
    line += 16
  }
  cursor[0] = line
  return row
}

/**
 * Decodes lines `YYYY-MM-DDTHH:MM:SS.fff[fff][Z]` into ticks since 1970-01-01; as `decodeDates`,
 * and stops at values beyond 2^53.
 *
 * @param digits Fraction digits: 3 or 6.
 * @param suffix The byte after the fraction, or 0 for none.
 */
export function decodeTimestamps(
  bytes: Uint8Array,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  months: Int32Array,
  digits: number,
  suffix: number,
  cursor: Int32Array,
): number {
  const perDay = digits === 3 ? 86_400_000 : 86_400_000_000
  const size = 20 + digits + (suffix === 0 ? 0 : 1)
  let line = from
  while (row < limit && line < to) {
    if (validity.length > 0 && isNullLine(bytes, line)) {
      validity[row] = 0
      values[row++] = 0
      line += 3
      continue
    }
    const days = dateAt(bytes, line, months)
    const value = days * perDay + clockAt(bytes, line + 11, digits)
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER) || bytes[line + 10] !== 84) break
    if (bytes[line + size] !== NEWLINE) break
    if (suffix !== 0 && bytes[line + size - 1] !== suffix) break
    values[row++] = value
    line += size + 1
  }
  cursor[0] = line
  return row
}
