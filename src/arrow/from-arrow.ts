import type * as arrow from 'apache-arrow'
import { clip, type GraupelError, invalid } from '../error.ts'
import { type Batch, batch } from './batch.ts'
import * as types from './data-type.ts'
import { type DataType, integerRange, isExact, layoutOf } from './data-type.ts'
import { type Field, field, type Schema, schema } from './schema.ts'
import { SAFE, take, type Utf8Vector, type Vector } from './vector.ts'

// `Type`, `Precision`, `DateUnit` and `TimeUnit` of Arrow, whose enums would cost loading Arrow.
const TYPE = {
  dictionary: -1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  largeBinary: 19,
  largeUtf8: 20,
} as const
const MILLISECOND = 1
const TICKS_PER_SECOND = [1n, 1_000n, 1_000_000n, 1_000_000_000n]

/** Marks a text column as JSON; the canonical Arrow extension type. */
export const JSON_EXTENSION = ['ARROW:extension:name', 'arrow.json'] as const

/**
 * Our schema and batches of an Arrow table, in its batches. Dictionary-encoded values are spread
 * out, float16 becomes float32, uint64 int64, a date in milliseconds a timestamp, seconds
 * milliseconds and nanoseconds microseconds; any time zone becomes UTC.
 *
 * Throws INVALID with facts `column` and `type` for any other Arrow type, and with `column`, `row`
 * and `value` for a value that ours cannot hold exactly.
 */
export function fromArrowTable(table: arrow.Table): { schema: Schema; batches: Batch[] } {
  const fields = table.schema.fields.map((from: arrow.Field, position: number) => {
    const hasNulls = (table.getChildAt(position)?.nullCount ?? 0) > 0
    // Arrow reads an empty name as null.
    const name = (from.name as string | null) ?? ''
    return field(name, typeOf(from), from.nullable || hasNulls)
  })
  const of = schema(fields)
  const batches: Batch[] = []
  let rowOffset = 0
  for (const part of table.batches) {
    const columns = fields.map((column: Field, position: number) =>
      fromData(part.getChildAt(position)!.data[0]!, column, rowOffset),
    )
    if (part.numRows > 0) batches.push(batch(of, columns, part.numRows))
    rowOffset += part.numRows
  }
  return { schema: of, batches }
}

function typeOf(from: arrow.Field): DataType {
  const isJson = from.metadata.get(JSON_EXTENSION[0]) === JSON_EXTENSION[1]
  const type = from.type
  const found = plainType(type.typeId === TYPE.dictionary ? type.dictionary : type)
  if (found === undefined) {
    throw invalid(`column "${clip(from.name)}": Arrow's ${type} has no counterpart; cast it`, {
      column: from.name,
      type: String(type),
    })
  }
  return isJson && found.name === 'utf8' ? types.json : found
}

function plainType(type: arrow.DataType): DataType | undefined {
  switch (type.typeId as number) {
    case TYPE.bool:
      return types.bool
    case TYPE.int:
      return integerType(type as arrow.Int)
    case TYPE.float:
      return (type as arrow.Float).precision === 2 ? types.float64 : types.float32
    case TYPE.utf8:
    case TYPE.largeUtf8:
      return types.utf8
    case TYPE.binary:
    case TYPE.largeBinary:
      return types.binary
    case TYPE.date:
      return (type as arrow.Date_).unit === MILLISECOND ? types.timestamp('ms') : types.date
    case TYPE.time:
      return types.time
    case TYPE.timestamp: {
      const { unit, timezone } = type as arrow.Timestamp
      return types.timestamp(unit <= MILLISECOND ? 'ms' : 'us', timezone ? 'UTC' : null)
    }
    case TYPE.decimal: {
      const { precision, scale, bitWidth } = type as arrow.Decimal
      const ours = bitWidth === 128 && precision >= 1 && precision <= 38
      return ours && scale >= 0 && scale <= precision ? types.decimal(precision, scale) : undefined
    }
    default:
      return undefined
  }
}

function integerType({ isSigned, bitWidth }: arrow.Int): DataType {
  if (bitWidth === 64) return types.int64
  if (isSigned) return bitWidth === 8 ? types.int8 : bitWidth === 16 ? types.int16 : types.int32
  return bitWidth === 8 ? types.uint8 : bitWidth === 16 ? types.uint16 : types.uint32
}

function fromData(data: arrow.Data, of: Field, rowOffset: number): Vector {
  const { type } = of
  if ((data.typeId as number) === TYPE.dictionary) return spread(data, of, rowOffset)
  const head = { type, length: data.length, validity: validityBytes(data) }
  const values = data.values as ArrayLike<number>
  switch (type.name) {
    case 'bool': {
      const bits = new Uint8Array(data.length)
      for (let row = 0; row < data.length; row++) {
        const bit = data.offset + row
        bits[row] = (values[bit >> 3]! >> (bit & 7)) & 1
      }
      return { ...head, layout: 'bool', values: bits }
    }
    case 'utf8':
    case 'binary':
    case 'json':
      return textFrom(data, of, head)
    case 'float32':
    case 'float64': {
      const half = (data.type as arrow.Float).precision === 0
      const held = half ? Float64Array.from(values, fromHalf) : new Float64Array(values)
      return { ...head, layout: 'f64', values: held }
    }
    default:
      return exactFrom(data, of, head, rowOffset)
  }
}

/** IEEE 754 binary16, given as its 16 bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function validityBytes(data: arrow.Data): Uint8Array | null {
  if (data.nullCount === 0) return null
  const validity = new Uint8Array(data.length)
  for (let row = 0; row < data.length; row++) validity[row] = data.getValid(row) ? 1 : 0
  return validity
}

/** The rows of a dictionary-encoded column, each pointing at its dictionary's entry. */
function spread(data: arrow.Data, of: Field, rowOffset: number): Vector {
  const parts = data.dictionary?.data ?? []
  if (parts.length !== 1) {
    throw invalid(`column "${clip(of.name)}": a dictionary in ${parts.length} parts`, {
      column: of.name,
    })
  }
  const entries = fromData(parts[0]!, of, rowOffset)
  const indexes = new Int32Array(data.length)
  for (let row = 0; row < data.length; row++) {
    indexes[row] = data.getValid(row) ? Number(data.values[row]) : -1
  }
  return take(entries, indexes, data.length)
}

interface Head {
  readonly type: DataType
  readonly length: number
  readonly validity: Uint8Array | null
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function textFrom(data: arrow.Data, of: Field, head: Head): Utf8Vector {
  const offsets = data.valueOffsets as ArrayLike<number | bigint>
  const first = Number(offsets[0] ?? 0)
  const size = Number(offsets[data.length] ?? first) - first
  if (size > 2 ** 31 - 1) throw invalid(`column "${clip(of.name)}": over 2 GiB in one batch`)
  const bytes = new Uint8Array(size)
  bytes.set((data.values as Uint8Array).subarray(first, first + size))
  const starts = new Int32Array(data.length)
  const ends = new Int32Array(data.length)
  let cut = false
  for (let row = 0; row < data.length; row++) {
    starts[row] = Number(offsets[row]) - first
    ends[row] = Number(offsets[row + 1]) - first
    cut ||= (bytes[starts[row]!]! & 0xc0) === 0x80 && ends[row]! > starts[row]!
  }
  if (of.type.name !== 'binary' && (cut || !isUtf8(bytes))) {
    throw invalid(`column "${clip(of.name)}" holds text that is no UTF-8`, { column: of.name })
  }
  return { ...head, layout: 'utf8', bytes, starts, ends }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

function exactFrom(data: arrow.Data, of: Field, head: Head, rowOffset: number): Vector {
  const { type } = of
  if (!isExact(type)) throw new Error(`${type.name} is not exact`)
  if (layoutOf(type) === 'i32' && type.name !== 'date') {
    return { ...head, layout: 'i32', values: new Int32Array(data.values as ArrayLike<number>) }
  }
  const wholeAt = wholeReader(data, type)
  const [least, greatest] = integerRange(type)
  const values: bigint[] = []
  let safe = true
  for (let row = 0; row < data.length; row++) {
    if (head.validity !== null && head.validity[row] === 0) {
      values.push(0n)
      continue
    }
    const value = wholeAt(row)
    if (value === undefined || value < least || value > greatest) {
      throw outOfRange(data, of, rowOffset, row)
    }
    safe &&= value >= -SAFE && value <= SAFE
    values.push(value)
  }
  if (type.name === 'date')
    return { ...head, layout: 'i32', values: Int32Array.from(values, Number) }
  if (!safe) return { ...head, layout: 'big', values }
  return { ...head, layout: 'f64', values: Float64Array.from(values, Number) }
}

function outOfRange(data: arrow.Data, of: Field, rowOffset: number, row: number): GraupelError {
  const value =
    of.type.name === 'decimal' ? decimalAt(data.values as Uint32Array, row) : data.values[row]
  return invalid(
    `column "${clip(of.name)}", row ${rowOffset + row}: ${value} of Arrow's ${data.type} does not fit ${types.typeText(of.type)} exactly`,
    { column: of.name, row: rowOffset + row, value, type: String(data.type) },
  )
}

/** Reads a row in our unit; undefined where that would lose digits. */
function wholeReader(data: arrow.Data, type: DataType): (row: number) => bigint | undefined {
  const values = data.values as ArrayLike<number | bigint>
  if (type.name === 'decimal') return (row) => decimalAt(data.values as Uint32Array, row)
  const from = ticksPerSecond(data.type)
  const to =
    type.name === 'time' || (type.name === 'timestamp' && type.unit === 'us') ? 1_000_000n : 1_000n
  if (from === undefined || from === to) return (row) => BigInt(values[row]!)
  if (from < to) return (row) => BigInt(values[row]!) * (to / from)
  const per = from / to
  return (row) => {
    const value = BigInt(values[row]!)
    return value % per === 0n ? value / per : undefined
  }
}

function ticksPerSecond(type: arrow.DataType): bigint | undefined {
  const id = type.typeId as number
  if (id !== TYPE.time && id !== TYPE.timestamp) return undefined
  return TICKS_PER_SECOND[(type as arrow.Time | arrow.Timestamp).unit]
}

function decimalAt(words: Uint32Array, row: number): bigint {
  let value = 0n
  for (let i = 3; i >= 0; i--) value = (value << 32n) | BigInt(words[row * 4 + i]!)
  return BigInt.asIntN(128, value)
}
