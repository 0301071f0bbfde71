import { digitsValue, leadingDigits, POWERS, tenTo } from './digits.ts'

const ZEROS = 0x30303030
const MINUS = 45
const NEWLINE = 10

/**
 * Decodes lines of plain whole numbers until `limit` rows, `to`, or a line that is none: more than
 * 15 digits, a leading zero, `-0`, out of range, anything else. A null is `\N`.
 *
 * @param view The file's bytes, readable for 8 bytes beyond `to`.
 * @param from Position of the first line; `to` stands behind a newline.
 * @param values Receives the numbers from index `row` on; 0 for a null.
 * @param limit Row to stop before, at most `values.length`.
 * @param validity Receives 0 for a null; empty when there can be none (`\N` then stops).
 * @param least Least value allowed, `greatest` the greatest.
 * @param cursor `[0]` receives the position of the first line that is not decoded.
 * @returns The row after the last one decoded.
 *
 * Pure but for `values`, `validity` and `cursor`; does not throw.
 */
export function decodeInt32(
  view: DataView,
  from: number,
  to: number,
  values: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  least: number,
  greatest: number,
  cursor: Int32Array,
): number {
  let line = from
  while (row < limit && line < to) {
    let p = line
    let word = view.getInt32(p, true) ^ ZEROS
    let count = leadingDigits(word)
    let negative = false
    if (count === 0) {
      if (view.getUint8(p) === MINUS) {
        negative = true
        p++
        word = view.getInt32(p, true) ^ ZEROS
        count = leadingDigits(word)
      } else if (validity.length > 0 && (word & 0xffffff) === 0x3a7e6c) {
        validity[row] = 0
        values[row++] = 0
        line = p + 3
        continue
      }
      if (count === 0) break
    }
    if ((word & 255) === 0 && (count > 1 || negative)) break
    let value = digitsValue(word, count)
    p += count
    if (count === 4) {
      word = view.getInt32(p, true) ^ ZEROS
      count = leadingDigits(word)
      value = Math.imul(value, tenTo(count)) + digitsValue(word, count)
      p += count
      if (count === 4) {
        word = view.getInt32(p, true) ^ ZEROS
        count = leadingDigits(word)
        value = value * POWERS[count]! + digitsValue(word, count)
        p += count
      }
    }
    if (negative) value = -value
    if (view.getUint8(p) !== NEWLINE || value < least || value > greatest) break
    values[row++] = value
    line = p + 1
  }
  cursor[0] = line
  return row
}

/**
 * Decodes lines of whole numbers as float64, as `decodeInt32` does; `least` and `greatest` are at
 * most 2^53 in size.
 */
export function decodeExact(
  view: DataView,
  from: number,
  to: number,
  values: Float64Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  least: number,
  greatest: number,
  cursor: Int32Array,
): number {
  let line = from
  while (row < limit && line < to) {
    let p = line
    let word = view.getInt32(p, true) ^ ZEROS
    let count = leadingDigits(word)
    let negative = false
    if (count === 0) {
      if (view.getUint8(p) === MINUS) {
        negative = true
        p++
        word = view.getInt32(p, true) ^ ZEROS
        count = leadingDigits(word)
      } else if (validity.length > 0 && (word & 0xffffff) === 0x3a7e6c) {
        validity[row] = 0
        values[row++] = 0
        line = p + 3
        continue
      }
      if (count === 0) break
    }
    if ((word & 255) === 0 && (count > 1 || negative)) break
    const first = p
    let small = digitsValue(word, count)
    p += count
    if (count === 4) {
      word = view.getInt32(p, true) ^ ZEROS
      count = leadingDigits(word)
      small = Math.imul(small, tenTo(count)) + digitsValue(word, count)
      p += count
    }
    let value = small
    while (p - first >= 8 && count === 4 && p - first < 16) {
      word = view.getInt32(p, true) ^ ZEROS
      count = leadingDigits(word)
      value = value * POWERS[count]! + digitsValue(word, count)
      p += count
    }
    if (negative) value = -value
    if (view.getUint8(p) !== NEWLINE || p - first > 15 || value < least || value > greatest) break
    values[row++] = value
    line = p + 1
  }
  cursor[0] = line
  return row
}
