import { isNullLine } from './decode-decimal.ts'

const NEWLINE = 10
const QUOTE = 34
const ANY = 1
const EDGE = 2

/** 1: such a byte stands only in quotes; 2: not at either end of a text without quotes. */
const BYTE_CLASS: Uint8Array = byteClasses()

function byteClasses(): Uint8Array {
  const classes = new Uint8Array(256)
  for (const byte of [QUOTE, 44, 13]) classes[byte] = ANY
  for (const byte of [32, 9]) classes[byte] = EDGE
  return classes
}

/**
 * Turns the ends of plain lines into text ranges: stops at an empty line, at one that begins with a
 * quote or has a space or tab at an end, and at a null where there can be none.
 *
 * @param bytes The file's bytes.
 * @param from Position of the first line.
 * @param lineEnds Positions of the newlines of the lines to come.
 * @param count How many lines.
 * @param shift Added to a position in `bytes` to give one of the vector.
 * @param starts Receives the ranges from index `row` on, as does `ends`.
 * @param validity Receives 0 for a null; empty when there can be none.
 * @returns The row after the last one decoded.
 *
 * Pure but for `starts`, `ends` and `validity`; does not throw.
 */
export function decodePlainText(
  bytes: Uint8Array,
  from: number,
  lineEnds: Int32Array,
  count: number,
  shift: number,
  starts: Int32Array,
  ends: Int32Array,
  row: number,
  validity: Uint8Array,
): number {
  const classes = BYTE_CLASS
  let start = from
  for (let line = 0; line < count; line++, row++) {
    const end = lineEnds[line]!
    const lead = bytes[start]!
    if (start === end || ((classes[lead]! | classes[bytes[end - 1]!]!) & (ANY | EDGE)) !== 0) break
    starts[row] = start + shift
    ends[row] = end + shift
    if (lead === 92 && isNullLine(bytes, start)) {
      if (validity.length === 0) break
      validity[row] = 0
      ends[row] = start + shift
    }
    start = end + 1
  }
  return row
}

/**
 * Decodes lines of text that may be quoted, copying the text without quotes, until `limit` rows, a
 * line that `to` cuts, or one that no writer of ours wrote. A null is `\N`.
 *
 * @param bytes The file's bytes.
 * @param from Position of the first line, `to` the end of what is there.
 * @param text Receives the texts from `cursor[1]` on; room for `to - from` bytes.
 * @param starts Receives the ranges in `text` from index `row` on, as does `ends`.
 * @param validity Receives 0 for a null; empty when there can be none.
 * @param cursor `[0]` receives the position of the first line that is not decoded, `[1]` the end of
 *   the text written, `[2]` 1 when it stopped at a wrong line and 0 otherwise.
 * @returns The row after the last one decoded.
 *
 * Pure but for `text`, `starts`, `ends`, `validity` and `cursor`; does not throw.
 */
export function decodeQuotedText(
  bytes: Uint8Array,
  from: number,
  to: number,
  text: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
): number {
  const classes = BYTE_CLASS
  let line = from
  let at = cursor[1]!
  cursor[2] = 0
  while (row < limit && line < to) {
    const start = at
    let p = line
    let byte = bytes[p]!
    if (byte === QUOTE) {
      at = unquote(bytes, p + 1, to, text, start, cursor)
      p = cursor[0]!
      if (p >= to) break
      if (bytes[p] !== NEWLINE || !neededQuotes(text, start, at)) {
        cursor[2] = 1
        break
      }
    } else {
      let seen = classes[byte]! & EDGE
      while (byte !== NEWLINE && p < to) {
        seen |= classes[byte]! & ANY
        text[at++] = byte
        byte = bytes[++p]!
      }
      if (p >= to) break
      if (p > line) seen |= classes[text[at - 1]!]! & EDGE
      const isNull = p - line === 2 && isNullLine(bytes, line)
      if (seen !== 0 || p === line || (isNull && validity.length === 0)) {
        cursor[2] = 1
        break
      }
      if (isNull) {
        validity[row] = 0
        at = start
      }
    }
    starts[row] = start
    ends[row++] = at
    line = p + 1
    cursor[1] = at
  }
  cursor[0] = line
  return row
}

/** Copies a quoted text up to its closing quote; `cursor[0]` receives the position behind that. */
function unquote(
  bytes: Uint8Array,
  from: number,
  to: number,
  text: Uint8Array,
  at: number,
  cursor: Int32Array,
): number {
  let p = from
  for (; p < to; p++) {
    const byte = bytes[p]!
    if (byte === QUOTE) {
      p++
      if (p >= to || bytes[p] !== QUOTE) break
    }
    text[at++] = byte
  }
  cursor[0] = p
  return at
}

function neededQuotes(text: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true
  for (let p = start; p < end; p++) {
    const byte = text[p]!
    if ((BYTE_CLASS[byte]! & ANY) !== 0 || byte === NEWLINE) return true
  }
  if (((BYTE_CLASS[text[start]!]! | BYTE_CLASS[text[end - 1]!]!) & EDGE) !== 0) return true
  return end - start === 2 && text[start] === 92 && text[start + 1] === 78
}

/**
 * Decodes lower-case hex lines, an empty value being `""`; otherwise as `decodeQuotedText`, but
 * `to` stands behind a newline and `text` needs half the room.
 */
export function decodeHex(
  bytes: Uint8Array,
  from: number,
  to: number,
  text: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  row: number,
  limit: number,
  validity: Uint8Array,
  cursor: Int32Array,
): number {
  let line = from
  let at = cursor[1]!
  cursor[2] = 0
  while (row < limit && line < to) {
    const start = at
    let p = line
    if (bytes[p] === QUOTE && bytes[p + 1] === QUOTE) p += 2
    else if (validity.length > 0 && isNullLine(bytes, p)) {
      validity[row] = 0
      p += 2
    } else {
      for (; bytes[p] !== NEWLINE; p += 2) {
        const value = (hexDigit(bytes[p]!) << 4) | hexDigit(bytes[p + 1]!)
        if (value < 0) break
        text[at++] = value
      }
    }
    if (bytes[p] !== NEWLINE || p === line) {
      cursor[2] = 1
      break
    }
    starts[row] = start
    ends[row++] = at
    line = p + 1
    cursor[1] = at
  }
  cursor[0] = line
  return row
}

function hexDigit(byte: number): number {
  return byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : -1
}
