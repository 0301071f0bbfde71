import { isNullLine } from './decode-decimal.ts'
import { POWERS } from './digits.ts'

const NEWLINE = 10
const MINUS = -3
const POINT = -2

/**
 * Decodes lines of floats in JavaScript's shortest form until `limit` rows, `to`, or a line that is
 * none or is not simple: more than 15 digits, an exponent, less than 10^-6, a leading zero, a
 * fraction that ends in 0, `NaN`, `Infinity`, `-0`. A null is `\N`.
 *
 * @param bytes The file's bytes.
 * @param from Position of the first line; `to` stands behind a newline.
 * @param values Receives the numbers from index `row` on; 0 for a null.
 * @param limit Row to stop before, at most `values.length`.
 * @param validity Receives 0 for a null; empty when there can be none (`\N` then stops).
 * @param cursor `[0]` receives the position of the first line that is not decoded.
 * @returns The row after the last one decoded.
 *
 * Pure but for `values`, `validity` and `cursor`; does not throw. At most 15 digits over a power of
 * ten up to 10^22 is one correctly rounded division (W. Clinger, 1990).
 */
export function decodeFloats(
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
    let value = lead
    let digit = bytes[++p]! - 48
    while (digit >>> 0 <= 9) {
      value = value * 10 + digit
      digit = bytes[++p]! - 48
    }
    if (p - first > 15 || (lead === 0 && p - first > 1)) break
    if (digit === POINT) {
      const point = p
      let last = 0
      digit = bytes[++p]! - 48
      while (digit >>> 0 <= 9) {
        value = value * 10 + digit
        last = digit
        digit = bytes[++p]! - 48
      }
      if (last === 0 || p - first > 16) break
      value /= POWERS[p - point - 1]!
    }
    if (bytes[p] !== NEWLINE || (value < 1e-6 && (value !== 0 || negative))) break
    values[row++] = negative ? -value : value
    line = p + 1
  }
  cursor[0] = line
  return row
}
