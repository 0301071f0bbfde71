import type * as arrow from 'apache-arrow'
import { invalid } from '../error.ts'
import type { Batch } from './batch.ts'
import type { DataType } from './data-type.ts'
import { fromArrowTable, JSON_EXTENSION } from './from-arrow.ts'
import { elementsOf, memberOf } from './nested-parts.ts'
import { packedTexts } from './pack-texts.ts'
import type { Field, Schema } from './schema.ts'
import { bigAt, nullCount, textLength, type Utf8Vector, type Vector } from './vector.ts'
import { vectorFrom } from './vector-from.ts'

export { fromArrowTable } from './from-arrow.ts'

type ArrowModule = typeof arrow

// Arrow takes 100 ms to load, which a query that never leaves our own vectors need not pay.
const load = (): Promise<ArrowModule> => import('apache-arrow')

/**
 * An Arrow table of `batches`, which share `schema`, one record batch each; the buffers are its
 * own. int64 -> Int64, decimal -> Decimal128, date -> Date32, time -> Time64(us), timestamp ->
 * Timestamp(ms or us, zone UTC where there is one), json -> Utf8 marked as `arrow.json`, list -> List,
 * struct -> Struct.
 */
export async function toArrowTable(
  schema: Schema,
  batches: readonly Batch[],
): Promise<arrow.Table> {
  const module = await load()
  const to = arrowSchema(module, schema)
  // Arrow cannot slice a table without batches.
  const given = batches.length > 0 ? batches : [emptyBatch(schema)]
  const parts = given.map((part) => recordBatch(module, to, part))
  return new module.Table(to, parts)
}

/** One Arrow record batch with buffers of its own; types as in `toArrowTable`. */
export async function toArrowBatch(from: Batch): Promise<arrow.RecordBatch> {
  const module = await load()
  return recordBatch(module, arrowSchema(module, from.schema), from)
}

/**
 * Our schema and batches of Arrow IPC bytes, file or stream format. Throws INVALID for bytes that
 * are neither, and as `fromArrowTable` does.
 */
export async function fromArrowIpc(
  bytes: Uint8Array,
): Promise<{ schema: Schema; batches: Batch[] }> {
  const module = await load()
  let table: arrow.Table
  try {
    table = module.tableFromIPC(bytes)
  } catch (cause) {
    throw invalid('the bytes are no Arrow IPC file or stream', { bytes: bytes.length, cause })
  }
  if (table.schema.fields.length === 0) {
    throw invalid('the bytes are no Arrow IPC file or stream, or one without columns', {
      bytes: bytes.length,
    })
  }
  return fromArrowTable(table)
}

function emptyBatch(schema: Schema): Batch {
  return { schema, length: 0, columns: schema.fields.map((field) => vectorFrom([], field)) }
}

function arrowSchema(module: ArrowModule, { fields }: Schema): arrow.Schema {
  const children = fields.map(({ name, type, nullable }: Field) => {
    const metadata = new Map<string, string>(type.name === 'json' ? [JSON_EXTENSION] : [])
    return new module.Field(name, arrowType(module, type), nullable, metadata)
  })
  return new module.Schema(children)
}

function arrowType(module: ArrowModule, type: DataType): arrow.DataType {
  switch (type.name) {
    case 'bool':
      return new module.Bool()
    case 'int8':
      return new module.Int8()
    case 'int16':
      return new module.Int16()
    case 'int32':
      return new module.Int32()
    case 'int64':
      return new module.Int64()
    case 'uint8':
      return new module.Uint8()
    case 'uint16':
      return new module.Uint16()
    case 'uint32':
      return new module.Uint32()
    case 'float32':
      return new module.Float32()
    case 'float64':
      return new module.Float64()
    case 'utf8':
    case 'json':
      return new module.Utf8()
    case 'binary':
      return new module.Binary()
    case 'date':
      return new module.DateDay()
    case 'time':
      return new module.TimeMicrosecond()
    case 'timestamp':
      return type.unit === 'ms'
        ? new module.TimestampMillisecond(type.zone)
        : new module.TimestampMicrosecond(type.zone)
    case 'list':
      return new module.List(new module.Field('item', arrowType(module, type.of), true))
    case 'struct':
      return new module.Struct(
        type.members.map(([name, of]) => new module.Field(name, arrowType(module, of), true)),
      )
    case 'decimal':
      return new module.Decimal(type.scale, type.precision, 128)
  }
}

function recordBatch(module: ArrowModule, to: arrow.Schema, from: Batch): arrow.RecordBatch {
  const children = from.columns.map((column, position) =>
    arrowData(module, to.fields[position]!.type, column),
  )
  const type = new module.Struct(to.fields)
  const data = module.makeData({ type, length: from.length, nullCount: 0, children })
  return new module.RecordBatch(to, data)
}

function arrowData(module: ArrowModule, type: arrow.DataType, from: Vector): arrow.Data {
  const parts = nestedBuffers(module, type, from)
  const props = {
    type,
    length: from.length,
    nullCount: nullCount(from),
    nullBitmap: from.validity === null ? null : packed(from.validity, from.length),
    ...(parts !== null
      ? parts
      : from.layout === 'utf8'
        ? textBuffers(from)
        : { data: dataBuffer(from) }),
  }
  // `makeData` has an overload for each type, and this one is only known when running.
  return module.makeData(props as Parameters<ArrowModule['makeData']>[0]) as arrow.Data
}

/** The buffers that a list or a struct has in Arrow; null for other columns. */
function nestedBuffers(module: ArrowModule, type: arrow.DataType, from: Vector) {
  const children = type.children as readonly arrow.Field[]
  if (from.type.name === 'list') {
    const { values, starts } = elementsOf(from)
    return { valueOffsets: starts, child: arrowData(module, children[0]!.type, values) }
  }
  if (from.type.name !== 'struct') return null
  return {
    children: from.type.members.map(([name], position) =>
      arrowData(module, children[position]!.type, memberOf(from, name)),
    ),
  }
}

/** One bit a row, lowest first, from one byte a row. */
function packed(bytes: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array(((length + 63) >> 6) << 3)
  for (let row = 0; row < length; row++) {
    if (bytes[row] === 1) bits[row >> 3]! |= 1 << (row & 7)
  }
  return bits
}

function textBuffers(from: Utf8Vector): { valueOffsets: Int32Array; data: Uint8Array } {
  const size = textLength(from)
  const { bytes, bounds } = packedTexts(from, from.length, size)
  return { valueOffsets: bounds, data: bytes.subarray(0, size) }
}

function dataBuffer(from: Exclude<Vector, Utf8Vector>) {
  switch (from.type.name) {
    case 'bool':
      return packed(from.values as Uint8Array, from.length)
    case 'int8':
      return new Int8Array(from.values as Int32Array)
    case 'int16':
      return new Int16Array(from.values as Int32Array)
    case 'uint8':
      return new Uint8Array(from.values as Int32Array)
    case 'uint16':
      return new Uint16Array(from.values as Int32Array)
    case 'int32':
    case 'date':
      return new Int32Array(from.values as Int32Array)
    case 'uint32':
      return new Uint32Array(from.values as Float64Array)
    case 'float32':
      return new Float32Array(from.values as Float64Array)
    case 'float64':
      return new Float64Array(from.values as Float64Array)
    case 'decimal':
      return words(from, 4)
    default:
      return new BigInt64Array(words(from, 2).buffer)
  }
}

/** Two's complement whole numbers, little-endian, in `width` words of 32 bits each. */
function words(from: Vector, width: 2 | 4): Uint32Array {
  const filled = new Uint32Array(from.length * width)
  if (from.layout === 'f64') {
    const { values } = from
    for (let row = 0; row < from.length; row++) {
      const value = values[row]!
      const high = Math.floor(value / 4294967296)
      filled[row * width] = value - high * 4294967296
      filled[row * width + 1] = high
      if (width === 4 && value < 0) filled.fill(0xffffffff, row * 4 + 2, row * 4 + 4)
    }
    return filled
  }
  for (let row = 0; row < from.length; row++) {
    let value = bigAt(from, row)
    for (let word = 0; word < width; word++) {
      filled[row * width + word] = Number(BigInt.asUintN(32, value))
      value >>= 32n
    }
  }
  return filled
}
