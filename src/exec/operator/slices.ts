import { type Batch, sliceBatch } from '../../arrow/batch.ts'

/** `batch` in pieces of at most `rowsMax` rows; nothing for an empty one. */
export function* slicesOf(batch: Batch, rowsMax: number): Generator<Batch, void, undefined> {
  for (let from = 0; from < batch.length; from += rowsMax) {
    yield sliceBatch(batch, from, Math.min(batch.length, from + rowsMax))
  }
}
