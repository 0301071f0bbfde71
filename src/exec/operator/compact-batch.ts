import type { Batch } from '../../arrow/batch.ts'
import { packedTexts } from '../../arrow/pack-texts.ts'
import { textLength, type Utf8Vector } from '../../arrow/vector.ts'

/** Bytes of foreign text that a batch may keep alive for each byte of its own, plus a few. */
const SLACK = 2
const SLACK_BYTES = 4096

/** `batch` with its text copied where a few rows would keep a large buffer alive. */
export function compactBatch(batch: Batch): Batch {
  let changed = false
  const columns = batch.columns.map((column) => {
    if (column.layout !== 'utf8') return column
    const size = textLength(column)
    if (column.bytes.buffer.byteLength <= size * SLACK + SLACK_BYTES) return column
    changed = true
    return compactText(column, size)
  })
  return changed ? { ...batch, columns } : batch
}

/** A copy of `vector`, whose texts have `size` bytes, with nothing between them. */
export function compactText(vector: Utf8Vector, size: number): Utf8Vector {
  const { length } = vector
  const { bytes, bounds } = packedTexts(vector, length, size)
  return { ...vector, bytes, starts: bounds.subarray(0, length), ends: bounds.subarray(1) }
}
