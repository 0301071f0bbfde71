import { putNull } from './encode-number.ts'

const NEWLINE = 10
const QUOTE = 34
const ANY = 1
const EDGE = 2
const HIGH = 4

/** What a byte means for quoting: 1 forces quotes anywhere, 2 at either end; 4 is not ASCII. */
const BYTE_CLASS: Uint8Array = byteClasses()

function byteClasses(): Uint8Array {
  const classes = new Uint8Array(256)
  for (const byte of [QUOTE, 44, 10, 13]) classes[byte] = ANY
  for (const byte of [32, 9]) classes[byte] = EDGE
  return classes.fill(HIGH, 128)
}

/** Flags in `sizes[2]` that `encodeText` sets. */
export const TEXT_QUOTED = 1
export const TEXT_HIGH = HIGH

/**
 * Writes rows `from` to `to` of a text column, one a line: as they are, or in quotes with the
 * inner ones doubled where the text is empty, equals `\N`, contains `"`, `,`, CR or LF, or has a
 * space or tab at an end. A null is `\N`.
 *
 * @param bytes Row i is `bytes[starts[i] .. ends[i])`, UTF-8.
 * @param validity One byte a row, 0 for null; empty when there is no null.
 * @param target Receives the text: twice the rows' bytes and 3 more a row are enough.
 * @param sizes `[0]` is lowered to the shortest line, `[1]` raised to the longest, in bytes;
 *   `[2]` receives TEXT_QUOTED and TEXT_HIGH where a value is quoted or not ASCII.
 * @returns The position after the last byte written.
 *
 * Pure but for `target` and `sizes`; does not throw.
 */
export function encodeText(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  validity: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const hasNulls = validity.length > 0
  const classes = BYTE_CLASS
  let shortest = sizes[0]!
  let longest = sizes[1]!
  let flags = sizes[2]!
  for (let row = from; row < to; row++) {
    const lineStart = at
    if (hasNulls && validity[row] === 0) at = putNull(target, at)
    else {
      const start = starts[row]!
      const end = ends[row]!
      let seen = 0
      for (let p = start; p < end; p++) {
        const byte = bytes[p]!
        seen |= classes[byte]!
        target[at++] = byte
      }
      flags |= seen & HIGH
      if ((seen & (ANY | EDGE)) !== 0 || end - start < 3) {
        if (needsQuotes(bytes, start, end, seen)) {
          flags |= TEXT_QUOTED
          at = putQuoted(bytes, start, end, target, lineStart)
        }
      }
    }
    const size = at - lineStart
    if (size < shortest) shortest = size
    if (size > longest) longest = size
    target[at++] = NEWLINE
  }
  sizes[0] = shortest
  sizes[1] = longest
  sizes[2] = flags
  return at
}

/**
 * As `encodeText`, of texts whose bytes are all ASCII and none is `"`, `,`, CR or LF, as the caller
 * knows. `target` needs 4 bytes more.
 */
export function encodePlainText(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  validity: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const hasNulls = validity.length > 0
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  const lastWord = bytes.length - 4
  let shortest = sizes[0]!
  let longest = sizes[1]!
  for (let row = from; row < to; row++) {
    const lineStart = at
    const start = starts[row]!
    const end = ends[row]!
    if (hasNulls && validity[row] === 0) at = putNull(target, at)
    else if (end === start || needsQuotes(bytes, start, end, 0)) {
      sizes[2] = sizes[2]! | TEXT_QUOTED
      at = putQuoted(bytes, start, end, target, at)
    } else {
      // What the last word has too many is written over.
      const wordsEnd = Math.min(end, lastWord)
      let p = start
      for (; p < wordsEnd; p += 4) view.setInt32(at + p - start, source.getInt32(p))
      for (; p < end; p++) target[at + p - start] = bytes[p]!
      at += end - start
    }
    const size = at - lineStart
    if (size < shortest) shortest = size
    if (size > longest) longest = size
    target[at++] = NEWLINE
  }
  sizes[0] = shortest
  sizes[1] = longest
  return at
}

function needsQuotes(bytes: Uint8Array, start: number, end: number, seen: number): boolean {
  if ((seen & ANY) !== 0 || end === start) return true
  if ((BYTE_CLASS[bytes[start]!]! & EDGE) !== 0) return true
  if ((BYTE_CLASS[bytes[end - 1]!]! & EDGE) !== 0) return true
  return end - start === 2 && bytes[start] === 92 && bytes[start + 1] === 78
}

/** Writes `bytes[start .. end)` in quotes, inner quotes doubled. */
export function putQuoted(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  target[at++] = QUOTE
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    if (byte === QUOTE) target[at++] = QUOTE
    target[at++] = byte
  }
  target[at++] = QUOTE
  return at
}

/**
 * Writes rows `from` to `to` of a binary column as lower-case hex, an empty value as `""`;
 * otherwise as `encodeText`.
 */
export function encodeHex(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  validity: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const hasNulls = validity.length > 0
  for (let row = from; row < to; row++) {
    const lineStart = at
    if (hasNulls && validity[row] === 0) at = putNull(target, at)
    else {
      const start = starts[row]!
      const end = ends[row]!
      if (start === end) {
        at = putQuoted(bytes, start, end, target, at)
        sizes[2] = TEXT_QUOTED
      }
      for (let p = start; p < end; p++) {
        const byte = bytes[p]!
        const high = byte >> 4
        const low = byte & 15
        target[at++] = high + (high < 10 ? 48 : 87)
        target[at++] = low + (low < 10 ? 48 : 87)
      }
    }
    const size = at - lineStart
    if (size < sizes[0]!) sizes[0] = size
    if (size > sizes[1]!) sizes[1] = size
    target[at++] = NEWLINE
  }
  return at
}
