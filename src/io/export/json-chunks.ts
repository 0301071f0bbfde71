import { type Batch, sliceBatch } from '../../arrow/batch.ts'
import { isExact, isFloat, isNested } from '../../arrow/data-type.ts'
import { scalarAt, scalarText } from '../../arrow/scalar.ts'
import type { Schema } from '../../arrow/schema.ts'
import { textAt, type Vector } from '../../arrow/vector.ts'
import type { ExportChunk } from './export-chunk.ts'

const CHUNK_ROWS = 4096

/**
 * Rows as JSON lines: numbers with all their digits, json, lists and structs as they are, what JSON has no number for
 * (NaN and infinities), dates and times as text, binary as hex, null as null.
 */
export async function* jsonLineChunks(
  schema: Schema,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<ExportChunk> {
  const names = schema.fields.map(
    ({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  )
  for await (const part of batches) {
    for (let from = 0; from < part.length; from += CHUNK_ROWS) {
      const { columns, length } = sliceBatch(part, from, Math.min(part.length, from + CHUNK_ROWS))
      const values = columns.map(jsonText)
      const lines: string[] = []
      for (let row = 0; row < length; row++) {
        for (const [at, name] of names.entries()) lines.push(name, values[at]!(row))
        lines.push('}\n')
      }
      yield { bytes: Buffer.from(lines.join('')), rows: length }
    }
  }
}

/** Tells the JSON of a row's value. */
function jsonText(vector: Vector): (row: number) => string {
  const { type, validity } = vector
  const isNull = (row: number) => validity !== null && validity[row] === 0
  if (vector.layout === 'utf8' && type.name !== 'binary') {
    const isJson = type.name === 'json' || isNested(type)
    return (row) => {
      if (isNull(row)) return 'null'
      const text = textAt(vector, row)
      // A value is on one line, however its json was written.
      return isJson ? text.replace(/[\r\n]/g, ' ') : JSON.stringify(text)
    }
  }
  const isPlain = type.name === 'bool' || isFloat(type) || (isExact(type) && !isMoment(type.name))
  return (row) => {
    const value = scalarAt(vector, row)
    if (value === null) return 'null'
    const text = scalarText(value, type)
    const isNumber = isPlain && !(typeof value === 'number' && !Number.isFinite(value))
    return isNumber ? text : JSON.stringify(text)
  }
}

function isMoment(name: string): boolean {
  return name === 'date' || name === 'time' || name === 'timestamp'
}
