import type { Batch } from '../../arrow/batch.ts'
import { copyText, textLength, type Utf8Vector, type Vector } from '../../arrow/vector.ts'

/** Buffers that are given away with a message instead of being copied. */
export type Moved = Set<ArrayBuffer>

/** `batch` in buffers of its own, which are noted in `moved`. */
export function packBatch(batch: Batch, moved: Moved): Batch {
  return { ...batch, columns: batch.columns.map((column) => packVector(column, moved)) }
}

/** `vector` in buffers of its own, which are noted in `moved`. */
export function packVector(vector: Vector, moved: Moved): Vector {
  const validity = vector.validity === null ? null : copied(vector.validity, vector.length, moved)
  switch (vector.layout) {
    case 'utf8':
      return { ...packText(vector, moved), validity }
    case 'big':
      return { ...vector, validity }
    case 'bool':
      return { ...vector, validity, values: copied(vector.values, vector.length, moved) }
    case 'i32':
      return { ...vector, validity, values: copied(vector.values, vector.length, moved) }
    case 'f64':
      return { ...vector, validity, values: copied(vector.values, vector.length, moved) }
  }
}

function copied<A extends Uint8Array | Int32Array | Float64Array>(
  array: A,
  length: number,
  moved: Moved,
): A {
  // Copied even from an own buffer: whoever made the vector may still want it.
  const copy = array.slice(0, length) as A
  moved.add(copy.buffer as ArrayBuffer)
  return copy
}

function packText(vector: Utf8Vector, moved: Moved): Utf8Vector {
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
    bytes = new Uint8Array(size)
    let at = 0
    for (let row = 0; row < length; row++) {
      const own = ends[row]! - starts[row]!
      copyText(vector.bytes, starts[row]!, bytes, at, own)
      starts[row] = at
      at += own
      ends[row] = at
    }
  }
  for (const { buffer } of [bytes, starts, ends]) moved.add(buffer as ArrayBuffer)
  return { ...vector, bytes, starts, ends }
}
