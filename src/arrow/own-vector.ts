import type { Batch } from './batch.ts'
import { PACK_SLACK, packTexts } from './pack-texts.ts'
import { textLength, type Utf8Vector, type Vector } from './vector.ts'

/** `batch` in buffers of its own, which keep nothing else alive. */
export function ownBatch(batch: Batch): Batch {
  return { ...batch, columns: batch.columns.map(ownVector) }
}

/** `vector` in buffers of its own, which keep nothing else alive. */
export function ownVector(vector: Vector): Vector {
  const { length } = vector
  const validity = vector.validity?.slice(0, length) ?? null
  switch (vector.layout) {
    case 'utf8':
      return { ...ownText(vector), validity }
    case 'big':
      return { ...vector, validity, values: vector.values.slice(0, length) }
    case 'bool':
      return { ...vector, validity, values: vector.values.slice(0, length) }
    case 'i32':
      return { ...vector, validity, values: vector.values.slice(0, length) }
    case 'f64':
      return { ...vector, validity, values: vector.values.slice(0, length) }
  }
}

/** One copy where the texts lie close together, and row by row where most bytes are of no row. */
function ownText(vector: Utf8Vector): Utf8Vector {
  const { length } = vector
  const starts = vector.starts.slice(0, length)
  const ends = vector.ends.slice(0, length)
  const size = textLength(vector)
  let first = vector.bytes.length
  let last = 0
  for (let row = 0; row < length; row++) {
    if (ends[row]! === starts[row]!) continue
    first = Math.min(first, starts[row]!)
    last = Math.max(last, ends[row]!)
  }
  let bytes: Uint8Array
  if (last - first <= size * 2) {
    bytes = vector.bytes.slice(first, Math.max(first, last))
    for (let row = 0; row < length; row++) {
      const own = ends[row]! - starts[row]!
      starts[row] = own === 0 ? 0 : starts[row]! - first
      ends[row] = starts[row]! + own
    }
  } else {
    bytes = new Uint8Array(size + PACK_SLACK)
    packTexts(vector, 0, length, { bytes, starts, ends }, 0, 0)
  }
  return { ...vector, bytes, starts, ends }
}
