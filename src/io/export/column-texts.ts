import type { Vector } from '../../arrow/vector.ts'
import type { RecordColumn } from '../../kernel/write-records.ts'
import { encodeValues } from '../csv/encode-column.ts'

const NO_NULLS = new Uint8Array(0)
const NEWLINE = 10

/** The values of a column as texts, unquoted; those of json and utf8 share the vector's bytes. */
export function columnTexts(vector: Vector): RecordColumn {
  const { length, type } = vector
  const validity = vector.validity ?? NO_NULLS
  if (vector.layout === 'utf8' && type.name !== 'binary') {
    const { bytes, starts, ends } = vector
    return { bytes, starts, ends, validity }
  }
  const bytes = encodeValues(vector)
  const starts = new Int32Array(length)
  const ends = new Int32Array(length)
  let at = 0
  for (let row = 0; row < length; row++) {
    starts[row] = at
    at = bytes.indexOf(NEWLINE, at)
    // An empty binary is the one value that is written in quotes.
    const isEmpty = vector.layout === 'utf8' && vector.starts[row] === vector.ends[row]
    ends[row] = isEmpty ? starts[row]! : at
    at++
  }
  return { bytes, starts, ends, validity }
}
