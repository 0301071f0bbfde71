import type { Vector } from '../arrow/vector.ts'

/**
 * Whether the first `length` rows are in `order`, equal ones in any; of texts, and of rows with a null or NaN
 * among them, it is not told: false.
 */
export function isInOrder(
  vector: Vector,
  length: number,
  order: 'ascending' | 'descending',
): boolean {
  if (vector.layout === 'utf8' || vector.validity !== null) return false
  const values: ArrayLike<number | bigint> = vector.values
  if (order === 'descending') {
    for (let row = 1; row < length; row++) if (!(values[row - 1]! >= values[row]!)) return false
  } else {
    for (let row = 1; row < length; row++) if (!(values[row - 1]! <= values[row]!)) return false
  }
  return true
}
