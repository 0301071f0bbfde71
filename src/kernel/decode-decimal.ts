import { POWERS } from './digits.ts'

const NEWLINE = 10
/** What the bytes `-`, `.` and newline are less the digit 0. */
const MINUS = -3
const POINT = -2

/**
 * Decodes lines of decimals with exactly `scale` fraction digits into unscaled whole numbers, until
 * `limit` rows, `to`, or a line that is none: more than 9 digits before or after the point, more
 * than 15 in all, a leading zero, minus zero, out of range, anything else. A null is `\N`.
 *
 * @param bytes The file's bytes, readable for 8 bytes beyond `to`; `view` is the same memory.
 * @param from Position of the first line; `to` stands behind a newline.
 * @param values Receives the numbers from index `row` on; 0 for a null.
 * @param limit Row to stop before, at most `values.length`.
 * @param validity Receives 0 for a null; empty when there can be none (`\N` then stops).
 * @param scale 1 to 9.
 * @param least Least value allowed, `greatest` the greatest.
 * @param cursor `[0]` receives the position of the first line that is not decoded.
 * @returns The row after the last one decoded.
 *
 * Pure but for `values`, `validity` and `cursor`; does not throw.
 */
export function decodeDecimal(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  scale: number,
  least: number,
  greatest: number,
  cursor: Int32Array,
): number {
  const power = POWERS[scale]!
  let line = from
  while (row < limit && line < to) {
    let p = line
    let lead = bytes[p]! - 48
    let negative = false
    if (lead >>> 0 > 9) {
      if (lead === MINUS) {
        negative = true
        lead = bytes[++p]! - 48
      } else if (validity.length > 0 && isNullLine(bytes, p)) {
        validity[row] = 0
        values[row++] = 0
        line = p + 3
        continue
      }
      if (lead >>> 0 > 9) break
    }
    const first = p
    let whole = lead
    let digit = bytes[++p]! - 48
    while (digit >>> 0 <= 9) {
      whole = (Math.imul(whole, 10) + digit) | 0
      digit = bytes[++p]! - 48
    }
    const size = p - first
    if (digit !== POINT || size > 9 || size + scale > 15 || (lead === 0 && size > 1)) break
    let value = 0
    if (scale === 2) {
      // The point, two digits and the newline are one word.
      const word = view.getInt32(p, true) ^ 0x0a30302e
      if (((word | ((word & 0x0f0f00) + 0x060600)) & 0xfff0f0ff) !== 0) break
      const cents = Math.imul((word >>> 8) & 15, 10) + (word >>> 16)
      value = size < 8 ? Math.imul(whole, 100) + cents : whole * 100 + cents
    } else {
      let fraction = 0
      let outside = bytes[p + scale + 1] === NEWLINE ? 0 : -1
      for (let i = 1; i <= scale; i++) {
        digit = bytes[p + i]! - 48
        outside |= digit | (9 - digit)
        fraction = (Math.imul(fraction, 10) + digit) | 0
      }
      if (outside < 0) break
      value = whole * power + fraction
    }
    p += scale + 1
    if (negative) {
      if (value === 0) break
      value = -value
    }
    if (value < least || value > greatest) break
    values[row++] = value
    line = p + 1
  }
  cursor[0] = line
  return row
}

/**
 * Decodes lines `d.dd` as `decodeDecimal` does with scale 2, and stops at any other line.
 */
export function decodeCents(
  view: DataView,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  cursor: Int32Array,
): number {
  let line = from
  const rows = Math.min(limit - row, Math.floor((to - from) / 5))
  const end = row + rows
  for (; row < end; row++) {
    const word = view.getInt32(line, true) ^ 0x30302e30
    if (((word | ((word & 0x0f0f000f) + 0x06060006)) & 0xf0f0fff0) !== 0) break
    if (view.getUint8(line + 4) !== NEWLINE) break
    values[row] = Math.imul(word & 15, 100) + Math.imul((word >>> 16) & 15, 10) + (word >>> 24)
    line += 5
  }
  cursor[0] = line
  return row
}

/** Whether the line at `p` is the null token. */
export function isNullLine(bytes: Uint8Array, p: number): boolean {
  return bytes[p] === 92 && bytes[p + 1] === 78 && bytes[p + 2] === NEWLINE
}
