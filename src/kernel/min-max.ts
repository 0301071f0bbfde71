import type { NumberVector } from '../arrow/vector.ts'

/**
 * Lowers `extremes[group]` to the least value of each group's rows that are not null, taking any
 * value for a group that `seen` does not mark yet. NaN is greater than every number.
 */
export function lower(
  { values, validity, length }: NumberVector,
  groups: Int32Array | null,
  extremes: Float64Array,
  seen: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    if (validity !== null && validity[row] === 0) continue
    const group = groups === null ? 0 : groups[row]!
    const value = values[row]!
    const extreme = extremes[group]!
    if (seen[group] === 0 || value < extreme || Number.isNaN(extreme)) {
      extremes[group] = value
      seen[group] = 1
    }
  }
}

/** Raises `extremes[group]` to the greatest value; else like `lower`. */
export function raise(
  { values, validity, length }: NumberVector,
  groups: Int32Array | null,
  extremes: Float64Array,
  seen: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    if (validity !== null && validity[row] === 0) continue
    const group = groups === null ? 0 : groups[row]!
    const value = values[row]!
    if (seen[group] === 0 || value > extremes[group]! || Number.isNaN(value)) {
      extremes[group] = value
      seen[group] = 1
    }
  }
}

/** The least value of a vector without nulls and of at least one row; NaN only if all are. */
export function leastOf({ values, length }: NumberVector): number {
  let least = values[0]!
  for (let row = 1; row < length; row++) {
    const value = values[row]!
    if (value < least || Number.isNaN(least)) least = value
  }
  return least
}

/** The greatest value of a vector without nulls and of at least one row; NaN if one is. */
export function greatestOf({ values, length }: NumberVector): number {
  let greatest = values[0]!
  for (let row = 1; row < length; row++) {
    const value = values[row]!
    if (value > greatest || Number.isNaN(value)) greatest = value
  }
  return greatest
}
