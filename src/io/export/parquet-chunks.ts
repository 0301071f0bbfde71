import type { SchemaElement } from 'hyparquet'
import { type Batch, concatBatches } from '../../arrow/batch.ts'
import type { DataType } from '../../arrow/data-type.ts'
import type { Field, Schema } from '../../arrow/schema.ts'
import { bigAt, type Vector } from '../../arrow/vector.ts'
import type { ExportChunk } from './export-chunk.ts'

const GROUP_ROWS = 122_880

/**
 * Rows as a Parquet file, in row groups of about 122,880, packed by snappy. Values are given to the library as
 * they are stored, so that all of them are exact.
 */
export async function* parquetChunks(
  schema: Schema,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<ExportChunk> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const writer = new ByteWriter()
  const elements = [
    { name: 'root', num_children: schema.fields.length } as SchemaElement,
    ...schema.fields.map(elementOf),
  ]
  // Without statistics: the library compares what it is given, which is not always how it is ordered.
  const file = new ParquetWriter({
    writer,
    schema: elements,
    statistics: false,
    createdBy: 'graupel',
  })
  const taken = (rows: number): ExportChunk => {
    const bytes = Buffer.from(writer.buffer.slice(0, writer.index))
    writer.index = 0
    return { bytes, rows }
  }
  const group = (parts: readonly Batch[]): ExportChunk => {
    const { columns, length } = concatBatches(schema, parts)
    const columnData = columns.map((vector, at) => {
      return { name: schema.fields[at]!.name, data: storedValues(vector) }
    })
    void file.write({ columnData, rowGroupSize: length })
    return taken(length)
  }
  let held: Batch[] = []
  let rows = 0
  for await (const part of batches) {
    if (part.length === 0) continue
    held.push(part)
    rows += part.length
    if (rows < GROUP_ROWS) continue
    yield group(held)
    held = []
    rows = 0
  }
  if (rows > 0) yield group(held)
  void file.finish()
  yield taken(0)
}

function elementOf({ name, type, nullable }: Field): SchemaElement {
  return { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED', ...meaningOf(type) }
}

function meaningOf(type: DataType): Omit<SchemaElement, 'name'> {
  switch (type.name) {
    case 'bool':
      return { type: 'BOOLEAN' }
    case 'int8':
      return { type: 'INT32', converted_type: 'INT_8' }
    case 'int16':
      return { type: 'INT32', converted_type: 'INT_16' }
    case 'int32':
      return { type: 'INT32' }
    case 'uint8':
      return { type: 'INT32', converted_type: 'UINT_8' }
    case 'uint16':
      return { type: 'INT32', converted_type: 'UINT_16' }
    case 'uint32':
      return { type: 'INT32', converted_type: 'UINT_32' }
    case 'int64':
      return { type: 'INT64' }
    case 'float32':
      return { type: 'FLOAT' }
    case 'float64':
      return { type: 'DOUBLE' }
    case 'utf8':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    // The library would parse what is called JSON; it is text here, and stays as it is.
    case 'json':
    case 'list':
    case 'struct':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'binary':
      return { type: 'BYTE_ARRAY' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
    case 'time':
      return {
        type: 'INT64',
        converted_type: 'TIME_MICROS',
        logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' },
      }
    case 'timestamp':
      return {
        type: 'INT64',
        logical_type: {
          type: 'TIMESTAMP',
          isAdjustedToUTC: type.zone !== null,
          unit: type.unit === 'ms' ? 'MILLIS' : 'MICROS',
        },
      }
    case 'decimal': {
      const { precision, scale } = type
      const stored =
        precision <= 18
          ? ({ type: 'INT64' } as const)
          : ({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 } as const)
      return { ...stored, converted_type: 'DECIMAL', precision, scale }
    }
  }
}

/** Values as they are stored in the file; undefined is null. */
function storedValues(vector: Vector): unknown[] {
  const { type, length, validity } = vector
  const read = readerOf(vector, type)
  return Array.from({ length }, (_, row) => {
    return validity !== null && validity[row] === 0 ? undefined : read(row)
  })
}

function readerOf(vector: Vector, type: DataType): (row: number) => unknown {
  switch (vector.layout) {
    case 'utf8':
      return (row) => vector.bytes.slice(vector.starts[row]!, vector.ends[row]!)
    case 'bool':
      return (row) => vector.values[row] === 1
    case 'i32':
      return (row) => vector.values[row]
    case 'big':
      return (row) => bigAt(vector, row)
    case 'f64': {
      const isNumber = ['float32', 'float64', 'uint32'].includes(type.name)
      return isNumber ? (row) => vector.values[row] : (row) => BigInt(vector.values[row]!)
    }
  }
}
