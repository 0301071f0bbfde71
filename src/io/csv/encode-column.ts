import { isAscii } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { isFloat } from '../../arrow/data-type.ts'
import { type Scalar, scalarAt, scalarText } from '../../arrow/scalar.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import { nullCount, textLength, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import {
  encodeExact,
  encodeFloat,
  encodeInt32,
  putAscii,
  putNull,
} from '../../kernel/encode-number.ts'
import { encodeDates, encodeTimes, encodeTimestamps } from '../../kernel/encode-temporal.ts'
import {
  encodeHex,
  encodePlainText,
  encodeText,
  TEXT_HIGH,
  TEXT_QUOTED,
} from '../../kernel/encode-text.ts'
import { summarize } from './column-summary.ts'

/** A column of one partition as the bytes of its file, with its statistics. */
export interface EncodedColumn {
  readonly bytes: Uint8Array
  readonly statistics: ColumnStatistics
}

const NO_NULLS = new Uint8Array(0)
const NEWLINE = 10
const BLOCK_ROWS = 8192
/** `"`, `,`, CR and LF. */
const QUOTED_BYTES = [34, 44, 13, 10]

/** Where the encoder writes: `sizes` is shortest and longest line and the text flags. */
interface Output {
  bytes: Uint8Array
  at: number
  readonly sizes: Int32Array
}

/**
 * Encodes a column as a CSV file of one field a line: first `name`, then one value a row. Text is
 * quoted only where it is empty, equals `\N`, contains `"`, `,`, CR or LF, or has a space or tab at
 * an end; a null is `\N`.
 *
 * @returns The file, and statistics that are exact or flagged. `ascii`, `plain`, `width` and
 *   `longest` speak of the value lines, not of the header. All-null columns of exact numeric types
 *   have the sum 0.
 */
export function encodeColumn(name: string, vector: Vector): EncodedColumn {
  const header = headerLine(name)
  const sizes = Int32Array.of(2 ** 31 - 1, 0, 0)
  const nulls = nullCount(vector)
  const { nans, min, max, minExact, maxExact, sum, distinct, order } = summarize(vector, nulls)
  const room = header.length + roomFor(vector, min, max)
  const out: Output = { bytes: new Uint8Array(room), at: 0, sizes }
  out.bytes.set(header)
  out.at = header.length
  writeValues(vector, out)
  const bytes = out.bytes.subarray(0, out.at)
  const statistics: ColumnStatistics = {
    rows: vector.length,
    nulls,
    nans,
    min,
    max,
    minExact,
    maxExact,
    sum,
    distinct: distinct.count,
    distinctExact: distinct.exact,
    bytes: bytes.length,
    crc32: crc32(bytes),
    hints: {
      width: sizes[0] === sizes[1] ? sizes[0]! : null,
      longest: sizes[1]!,
      plain: (sizes[2]! & TEXT_QUOTED) === 0,
      ascii: (sizes[2]! & TEXT_HIGH) === 0,
      order,
    },
  }
  return { bytes, statistics }
}

/** The values of a column as lines of its file: those of types other than utf8 and json hold no line ends. */
export function encodeValues(vector: Vector): Uint8Array {
  const sizes = Int32Array.of(2 ** 31 - 1, 0, 0)
  const out: Output = { bytes: new Uint8Array(roomFor(vector)), at: 0, sizes }
  writeValues(vector, out)
  return out.bytes.subarray(0, out.at)
}

/** The header as a file line, by the same quoting rules as a value. */
function headerLine(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name)
  const target = new Uint8Array(bytes.length * 2 + 3)
  const bounds = [Int32Array.of(0), Int32Array.of(bytes.length)] as const
  const end = encodeText(bytes, ...bounds, NO_NULLS, 0, 1, target, 0, new Int32Array(3))
  return target.subarray(0, end)
}

/**
 * Bytes that the values take at most; for text, which grows on demand, about what they take.
 *
 * @param min The least value, and `max` the greatest, where they are known: whole numbers are no longer than those.
 */
function roomFor(vector: Vector, min: Scalar = null, max: Scalar = null): number {
  const { type, length } = vector
  if (vector.layout === 'utf8') {
    const text = textLength(vector)
    return (type.name === 'binary' ? text * 2 : text) + length * 3 + 64
  }
  if (vector.layout === 'big') return length * 43
  if (vector.layout === 'bool') return length * 6
  if (type.name === 'timestamp') return length * 28
  if (isFloat(type)) return length * 26
  if (type.name === 'date' || type.name === 'time') return length * 16
  const scale = type.name === 'decimal' ? type.scale : 0
  const digits = Math.max(scale + 1, min === null ? 17 : Math.max(digitsOf(min), digitsOf(max)))
  // A sign, a point and the line end.
  return length * (digits + 3)
}

const digitsOf = (value: Scalar) => String(value).replace('-', '').length

function writeValues(vector: Vector, out: Output): void {
  const { length, type } = vector
  const validity = vector.validity ?? NO_NULLS
  const { bytes, at, sizes } = out
  switch (vector.layout) {
    case 'utf8':
      writeText(vector, validity, out)
      break
    case 'i32':
      if (type.name === 'date') {
        out.at = encodeDates(vector.values, validity, length, bytes, at)
        noteWidth(vector, 10, sizes)
      } else out.at = encodeInt32(vector.values, validity, length, bytes, at, sizes)
      break
    case 'f64':
      if (isFloat(type)) {
        out.at = encodeFloat(vector.values, validity, length, bytes, at, sizes)
      } else if (type.name === 'time') {
        out.at = encodeTimes(vector.values, validity, length, bytes, at)
        noteWidth(vector, 15, sizes)
      } else if (type.name === 'timestamp') {
        const digits = type.unit === 'ms' ? 3 : 6
        const suffix = type.zone === null ? 0 : 90
        out.at = encodeTimestamps(vector.values, digits, suffix, validity, length, bytes, at)
        noteWidth(vector, 20 + digits + (suffix === 0 ? 0 : 1), sizes)
      } else {
        const scale = type.name === 'decimal' ? type.scale : 0
        out.at = encodeExact(vector.values, scale, validity, length, bytes, at, sizes)
      }
      break
    default:
      writeScalars(vector, out)
  }
}

/** Line sizes of a column whose values are all `width` bytes long. */
function noteWidth(vector: Vector, width: number, sizes: Int32Array): void {
  const nulls = nullCount(vector)
  if (vector.length === 0) return
  sizes[0] = nulls > 0 ? 2 : width
  sizes[1] = nulls < vector.length ? width : 2
}

function writeText(vector: Utf8Vector, validity: Uint8Array, out: Output): void {
  const { bytes, starts, ends, length, type } = vector
  for (let from = 0; from < length; from += BLOCK_ROWS) {
    const to = Math.min(length, from + BLOCK_ROWS)
    let room = (to - from) * 3 + 4
    let low = starts[from]!
    let high = low
    for (let row = from; row < to; row++) {
      const [start, end] = [starts[row]!, ends[row]!]
      room += (end - start) * 2
      if (start < low) low = start
      if (end > high) high = end
    }
    const text = isPlain(bytes, low, high) ? encodePlainText : encodeText
    const encode = type.name === 'binary' ? encodeHex : text
    if (out.at + room > out.bytes.length) {
      const grown = new Uint8Array(Math.max(out.at + room, Math.ceil(out.bytes.length * 1.25)))
      grown.set(out.bytes.subarray(0, out.at))
      out.bytes = grown
    }
    out.at = encode(bytes, starts, ends, validity, from, to, out.bytes, out.at, out.sizes)
  }
}

/** Whether `bytes[start .. end)` are ASCII, and none makes a text that it is in quoted. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  return isAscii(part) && QUOTED_BYTES.every((byte) => !part.includes(byte))
}

/** Row by row through strings: bools, and whole numbers beyond 2^53. */
function writeScalars(vector: Vector, out: Output): void {
  const { sizes } = out
  for (let row = 0; row < vector.length; row++) {
    const value = scalarAt(vector, row)
    const end =
      value === null
        ? putNull(out.bytes, out.at)
        : putAscii(out.bytes, out.at, scalarText(value, vector.type))
    const size = end - out.at
    if (size < sizes[0]!) sizes[0] = size
    if (size > sizes[1]!) sizes[1] = size
    out.bytes[end] = NEWLINE
    out.at = end + 1
  }
}
