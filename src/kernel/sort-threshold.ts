import { isNull, type Vector } from '../arrow/vector.ts'
import { compareBytes } from './hash.ts'
import type { SortColumn } from './sort.ts'

/**
 * Writes the rows of `column` that can come before row `at` of `threshold` to `out`, ascending.
 * Rows that are equal to it count only when `ties` says so. Answers how many there are, or -1 when
 * it cannot tell: every row then has to be looked at.
 */
export function rowsBefore(
  column: SortColumn,
  threshold: Vector,
  at: number,
  ties: 'keep' | 'drop',
  out: Uint32Array,
): number {
  const { vector, descending } = column
  if (isNull(threshold, at)) return -1
  const validity = vector.validity ?? ALL_VALID
  const nullsPass = column.nulls === 'first' ? 1 : 0
  const tiesPass = ties === 'keep' ? 1 : 0
  if (vector.layout === 'utf8' && threshold.layout === 'utf8') {
    const { bytes, starts, ends } = threshold
    const sign = descending ? -1 : 1
    let count = 0
    for (let row = 0; row < vector.length; row++) {
      if (validity[row] === 0) {
        if (nullsPass === 1) out[count++] = row
        continue
      }
      const order =
        sign *
        compareBytes(
          vector.bytes,
          vector.starts[row]!,
          vector.ends[row]!,
          bytes,
          starts[at]!,
          ends[at]!,
        )
      if (order < tiesPass) out[count++] = row
    }
    return count
  }
  const numeric =
    (vector.layout === 'i32' && threshold.layout === 'i32') ||
    (vector.layout === 'f64' && threshold.layout === 'f64')
  if (!numeric) return -1
  const bound = threshold.values[at]!
  if (Number.isNaN(bound)) return -1
  const { values, length } = vector
  let count = 0
  if (descending) {
    for (let row = 0; row < length; row++) {
      const value = values[row]!
      const passes = value > bound || Number.isNaN(value) || (tiesPass === 1 && value === bound)
      if (validity[row] === 0 ? nullsPass === 1 : passes) out[count++] = row
    }
    return count
  }
  for (let row = 0; row < length; row++) {
    const value = values[row]!
    const passes = value < bound || (tiesPass === 1 && value === bound)
    if (validity[row] === 0 ? nullsPass === 1 : passes) out[count++] = row
  }
  return count
}

/** Reads as undefined everywhere, which is not 0. */
const ALL_VALID = new Uint8Array(0)
