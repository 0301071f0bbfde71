const NEWLINE = 10
const QUOTE_IF_SEEN = 1

/** A column as ranges of text: row i is `bytes[starts[i] .. ends[i])`, null where `validity[i]` is 0. */
export interface RecordColumn {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Empty when there is no null. */
  readonly validity: Uint8Array
}

/** How records are written. */
export interface RecordForm {
  readonly delimiter: number
  readonly quote: number
  /** What stands for a null, not quoted. */
  readonly nullText: Uint8Array
  /** Texts that are quoted: what would be read as null, and the empty one. */
  readonly quotedTexts: readonly Uint8Array[]
  /** By byte: 1 where it makes a field be quoted. */
  readonly classes: Uint8Array
}

/** The classes of bytes for a delimiter and a quote: both, and line ends, make a field be quoted. */
export function recordClasses(delimiter: number, quote: number): Uint8Array {
  const classes = new Uint8Array(256)
  for (const byte of [delimiter, quote, 10, 13]) classes[byte] = QUOTE_IF_SEEN
  return classes
}

/** Bytes that rows `from` to `to` take at most. */
export function recordsRoom(
  columns: readonly RecordColumn[],
  from: number,
  to: number,
  { nullText }: RecordForm,
): number {
  let room = (to - from) * columns.length * (3 + nullText.length)
  for (const { starts, ends } of columns) {
    for (let row = from; row < to; row++) room += 2 * (ends[row]! - starts[row]!)
  }
  return room
}

/**
 * Writes rows `from` to `to` as records: fields with the delimiter between them, `\n` at the end. A field is
 * quoted, its quotes doubled, where it holds a delimiter, a quote or a line end, is one of `quotedTexts`, or
 * begins with a byte order mark.
 *
 * @param target Receives the text; `recordsRoom` bytes are enough.
 * @returns The position after the last byte written.
 *
 * Pure but for `target`; does not throw.
 */
export function writeRecords(
  columns: readonly RecordColumn[],
  from: number,
  to: number,
  form: RecordForm,
  target: Uint8Array,
  at: number,
): number {
  const { delimiter, quote, nullText, quotedTexts, classes } = form
  const longest = quotedTexts.reduce((most, { length }) => Math.max(most, length), 0)
  const last = columns.length - 1
  for (let row = from; row < to; row++) {
    for (let column = 0; column <= last; column++) {
      const { bytes, starts, ends, validity } = columns[column]!
      if (validity[row] === 0) {
        for (let i = 0; i < nullText.length; i++) target[at++] = nullText[i]!
      } else {
        const start = starts[row]!
        const end = ends[row]!
        const fieldStart = at
        let seen = 0
        for (let p = start; p < end; p++) {
          const byte = bytes[p]!
          seen |= classes[byte]!
          target[at++] = byte
        }
        const isMarked = bytes[start] === 0xef && hasMark(bytes, start, end)
        const isSpecial = end - start <= longest && isOneOf(bytes, start, end, quotedTexts)
        if (seen !== 0 || isMarked || isSpecial) {
          at = putField(bytes, start, end, quote, target, fieldStart)
        }
      }
      target[at++] = column === last ? NEWLINE : delimiter
    }
  }
  return at
}

function hasMark(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
}

function isOneOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  texts: readonly Uint8Array[],
): boolean {
  for (const text of texts) {
    if (text.length !== end - start) continue
    let i = 0
    while (i < text.length && text[i] === bytes[start + i]) i++
    if (i === text.length) return true
  }
  return false
}

function putField(
  bytes: Uint8Array,
  start: number,
  end: number,
  quote: number,
  target: Uint8Array,
  at: number,
): number {
  target[at++] = quote
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    if (byte === quote) target[at++] = quote
    target[at++] = byte
  }
  target[at++] = quote
  return at
}
