import type { Side } from './compare-numbers.ts'

/** Three-valued truth per row: `values` 0 or 1, `validity` null or one byte a row (0 = unknown). */
export interface Truths {
  readonly values: Uint8Array
  readonly validity: Uint8Array | null
}

/**
 * Kleene's AND (`absorbing` 0) or OR (`absorbing` 1): one absorbing side decides, otherwise one
 * unknown side makes the result unknown.
 */
export function kleene(
  absorbing: number,
  a: Side<Truths>,
  b: Side<Truths>,
  length: number,
): Truths {
  const values = new Uint8Array(length)
  const { values: x, validity: xValid } = a.values
  const { values: y, validity: yValid } = b.values
  if (xValid === null && yValid === null) {
    for (let i = 0; i < length; i++) {
      const left = x[i & a.mask]! ^ absorbing
      values[i] = (left & (y[i & b.mask]! ^ absorbing)) ^ absorbing
    }
    return { values, validity: null }
  }
  const validity = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const leftKnown = xValid === null ? 1 : xValid[i & a.mask]!
    const rightKnown = yValid === null ? 1 : yValid[i & b.mask]!
    const leftDecides = leftKnown & (x[i & a.mask]! ^ absorbing ^ 1)
    const rightDecides = rightKnown & (y[i & b.mask]! ^ absorbing ^ 1)
    const known = leftDecides | rightDecides | (leftKnown & rightKnown)
    validity[i] = known
    values[i] = known & (leftDecides | rightDecides ? absorbing : absorbing ^ 1)
  }
  return { values, validity }
}

/** Row by row `validity` of the result of a function that is null when an argument is. */
export function bothValid(
  a: Uint8Array | null,
  b: Uint8Array | null,
  length: number,
): Uint8Array | null {
  if (a === null) return b
  if (b === null) return a
  const validity = new Uint8Array(length)
  for (let i = 0; i < length; i++) validity[i] = a[i]! & b[i]!
  return validity
}
