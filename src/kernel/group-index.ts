import type { Vector } from '../arrow/vector.ts'

/**
 * Numbers the distinct values of one column, from 0, in order of first appearance. Null is a value
 * and equals null, NaN equals NaN, -0 equals 0.
 */
export interface GroupIndex {
  /** How many distinct values there are so far. */
  readonly count: number
  /** Bytes held. */
  readonly bytes: number
  /** Writes the number of each row's value to `ids`, giving new values the next numbers. */
  assign(vector: Vector, ids: Int32Array): void
  /** Writes the number of each row's value to `ids`, -1 for values that have none. */
  find(vector: Vector, ids: Int32Array): void
  /** The distinct values, that of number i in row i. */
  keys(): Vector
}
