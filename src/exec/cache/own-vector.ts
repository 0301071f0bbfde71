import type { Batch } from '../../arrow/batch.ts'
import { copyText, textLength, type Utf8Vector, type Vector } from '../../arrow/vector.ts'

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

function ownText(vector: Utf8Vector): Utf8Vector {
  const { length } = vector
  const bytes = new Uint8Array(textLength(vector))
  const starts = new Int32Array(length)
  const ends = new Int32Array(length)
  let at = 0
  for (let row = 0; row < length; row++) {
    const size = vector.ends[row]! - vector.starts[row]!
    copyText(vector.bytes, vector.starts[row]!, bytes, at, size)
    starts[row] = at
    at += size
    ends[row] = at
  }
  return { ...vector, bytes, starts, ends }
}
