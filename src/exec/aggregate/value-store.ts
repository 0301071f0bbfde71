import type { Vector } from '../../arrow/vector.ts'

/** One value per group, each set from a row of a vector. */
export interface ValueStore {
  readonly bytes: number
  /** Makes room for groups below `groupCount`. */
  grow(groupCount: number): void
  set(group: number, vector: Vector, row: number): void
  /** Order of the group's value and the row's, neither null: negative, 0 or positive. */
  compare(group: number, vector: Vector, row: number): number
  finish(groupCount: number, validity: Uint8Array | null): Vector
}
