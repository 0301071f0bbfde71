import type { Batch } from '../../arrow/batch.ts'
import { copyText, textLength, type Utf8Vector } from '../../arrow/vector.ts'

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

function compactText(vector: Utf8Vector, size: number): Utf8Vector {
  const bytes = new Uint8Array(size)
  const starts = new Int32Array(vector.length)
  const ends = new Int32Array(vector.length)
  let at = 0
  for (let row = 0; row < vector.length; row++) {
    const start = vector.starts[row]!
    const length = vector.ends[row]! - start
    copyText(vector.bytes, start, bytes, at, length)
    starts[row] = at
    at += length
    ends[row] = at
  }
  return { ...vector, bytes, starts, ends }
}
