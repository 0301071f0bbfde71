const NEWLINE = 10
const QUOTE = 34

/**
 * Finds newlines.
 *
 * @param bytes The text.
 * @param words The same memory as little-endian int32, beginning at byte 0 of `bytes`.
 * @param from First position looked at, `to` the position to stop before.
 * @param ends Receives the positions of the newlines, ascending.
 * @param limit How many at most, up to `ends.length`.
 * @returns How many were written.
 *
 * Pure but for `ends`; does not throw.
 */
export function findLines(
  bytes: Uint8Array,
  words: Int32Array,
  from: number,
  to: number,
  ends: Int32Array,
  limit: number,
): number {
  let count = 0
  let p = from
  while ((p & 3) !== 0 && p < to && count < limit) {
    if (bytes[p] === NEWLINE) ends[count++] = p
    p++
  }
  const stop = to >> 2
  const room = limit - 4
  let at = p >> 2
  if ((p & 3) === 0) {
    for (; at < stop && count <= room; at++) {
      const word = words[at]! ^ 0x0a0a0a0a
      if (((word - 0x01010101) & ~word & 0x80808080) === 0) continue
      const byte = at << 2
      if ((word & 0xff) === 0) ends[count++] = byte
      if ((word & 0xff00) === 0) ends[count++] = byte + 1
      if ((word & 0xff0000) === 0) ends[count++] = byte + 2
      if ((word & 0xff000000) === 0) ends[count++] = byte + 3
    }
    p = Math.max(p, at << 2)
  }
  for (; p < to && count < limit; p++) if (bytes[p] === NEWLINE) ends[count++] = p
  return count
}

/**
 * Finds the newlines that end records, where a record that begins with a quote ends at the newline
 * behind the closing quote. Parameters as in `findLines`; a record that `to` cuts is left out.
 */
export function findRecords(
  bytes: Uint8Array,
  from: number,
  to: number,
  ends: Int32Array,
  limit: number,
): number {
  let count = 0
  let p = from
  while (count < limit && p < to) {
    if (bytes[p] === QUOTE) {
      p++
      while (p < to && (bytes[p] !== QUOTE || bytes[p + 1] === QUOTE)) {
        p += bytes[p] === QUOTE ? 2 : 1
      }
    }
    while (p < to && bytes[p] !== NEWLINE) p++
    if (p >= to) break
    ends[count++] = p++
  }
  return count
}

/**
 * Whether `rows` lines of `stride` bytes, newline included, stand from `from` on, as far as their
 * last bytes tell.
 *
 * Pure; does not throw.
 */
export function endsEvenly(bytes: Uint8Array, from: number, rows: number, stride: number): boolean {
  let p = from + stride - 1
  for (let row = 0; row < rows; row++) {
    if (bytes[p] !== NEWLINE) return false
    p += stride
  }
  return true
}

/**
 * Copies lines, newlines included, one behind another.
 *
 * @param from Position of line 0 in `bytes`.
 * @param ends Positions of the lines' newlines.
 * @param rows Lines `rows[first .. last)` are copied; each is `base` plus an index of `ends`.
 * @param target Receives the lines from position `at` on; long enough.
 * @returns The position after the last byte written.
 *
 * Pure but for `target`; does not throw.
 */
export function copyLines(
  bytes: Uint8Array,
  from: number,
  ends: Int32Array,
  rows: Uint32Array,
  first: number,
  last: number,
  base: number,
  target: Uint8Array,
  at: number,
): number {
  for (let i = first; i < last; i++) {
    const line = rows[i]! - base
    const start = line === 0 ? from : ends[line - 1]! + 1
    const end = ends[line]! + 1
    if (end - start > 48) {
      target.set(bytes.subarray(start, end), at)
      at += end - start
    } else for (let p = start; p < end; p++) target[at++] = bytes[p]!
  }
  return at
}

/**
 * As `copyLines` for lines of `stride` bytes each, newline included, where line `base` begins at
 * `from`. Copies four bytes at a time: up to 3 bytes behind a line are read, and behind the last
 * one written.
 */
export function copyEvenLines(
  source: DataView,
  from: number,
  stride: number,
  rows: Uint32Array,
  first: number,
  last: number,
  base: number,
  target: DataView,
  at: number,
): number {
  for (let i = first; i < last; i++) {
    const start = from + (rows[i]! - base) * stride
    for (let p = 0; p < stride; p += 4) {
      target.setInt32(at + p, source.getInt32(start + p, true), true)
    }
    at += stride
  }
  return at
}
