import type { Side } from './compare-numbers.ts'

/** Least and greatest number that the result may hold. */
export interface Bounds {
  readonly least: number
  readonly greatest: number
}

/**
 * Writes `a op b` row by row and answers whether every result is within `bounds`. Where it is not,
 * what was written is of no use. Whole numbers up to 2^53 give exact results within 2^53, never -0.
 */
export type Int32Operation = (
  a: Side<Int32Array>,
  b: Side<Int32Array>,
  length: number,
  bounds: Bounds,
  out: Int32Array,
) => boolean

export type Float64Operation = (
  a: Side<Float64Array>,
  b: Side<Float64Array>,
  length: number,
  bounds: Bounds,
  out: Float64Array,
) => boolean

export const addInt32: Int32Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const value = x[i & xMask]! + y[i & yMask]!
    out[i] = value
    outside |= Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

export const subInt32: Int32Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const value = x[i & xMask]! - y[i & yMask]!
    out[i] = value
    outside |= Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

export const mulInt32: Int32Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const value = x[i & xMask]! * y[i & yMask]!
    out[i] = value
    outside |= Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

export const addFloat64: Float64Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const value = x[i & xMask]! + y[i & yMask]!
    out[i] = value
    outside |= Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

export const subFloat64: Float64Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const value = x[i & xMask]! - y[i & yMask]!
    out[i] = value
    outside |= Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

/** The product of floats, which keeps -0. */
export const mulFloat64: Float64Operation = (a, b, length, _bounds, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) out[i] = x[i & xMask]! * y[i & yMask]!
  return true
}

export const mulWhole: Float64Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const value = x[i & xMask]! * y[i & yMask]! + 0
    out[i] = value
    outside |= Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

export const divFloat64: Float64Operation = (a, b, length, _bounds, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) out[i] = x[i & xMask]! / y[i & yMask]!
  return true
}

/** The remainder of floats, with the sign of the dividend. */
export const modFloat64: Float64Operation = (a, b, length, _bounds, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) out[i] = x[i & xMask]! % y[i & yMask]!
  return true
}

/** Also false when a divisor is 0. */
export const modWhole: Float64Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const divisor = y[i & yMask]!
    const value = (x[i & xMask]! % divisor) + 0
    out[i] = value
    outside |= Number(divisor === 0) | Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

/**
 * The quotient cut towards 0; also false when a divisor is 0. Exact within 2^53: the gap between
 * a quotient and the next whole number is more than the rounding of the division.
 */
export const divWhole: Float64Operation = (a, b, length, { least, greatest }, out) => {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  let outside = 0
  for (let i = 0; i < length; i++) {
    const divisor = y[i & yMask]!
    const value = Math.trunc(x[i & xMask]! / divisor) + 0
    out[i] = value
    outside |= Number(divisor === 0) | Number(value < least) | Number(value > greatest)
  }
  return outside === 0
}

export type Rounding = 'half-away' | 'floor' | 'ceil'

/** `out[i]` = `values[i] / divisor` as a whole number; both whole, `divisor` a power of ten. */
export function divideRounded(
  values: Float64Array,
  divisor: number,
  rounding: Rounding,
  length: number,
  out: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    const cut = Math.trunc(value / divisor)
    const rest = value - cut * divisor
    let step = 0
    if (rounding === 'floor') step = rest < 0 ? -1 : 0
    else if (rounding === 'ceil') step = rest > 0 ? 1 : 0
    else if (2 * Math.abs(rest) >= divisor) step = rest < 0 ? -1 : 1
    out[i] = cut + step + 0
  }
}

/** `value / divisor` as a whole number, `divisor` positive. */
export function divideBigRounded(value: bigint, divisor: bigint, rounding: Rounding): bigint {
  const cut = value / divisor
  const rest = value - cut * divisor
  if (rounding === 'floor') return rest < 0n ? cut - 1n : cut
  if (rounding === 'ceil') return rest > 0n ? cut + 1n : cut
  if (2n * (rest < 0n ? -rest : rest) < divisor) return cut
  return rest < 0n ? cut - 1n : cut + 1n
}

/** Whether the first `length` of `values` are all within `bounds`. NaN is not. */
export function allWithin(
  values: Int32Array | Float64Array,
  length: number,
  { least, greatest }: Bounds,
): boolean {
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    if (!(value >= least && value <= greatest)) return false
  }
  return true
}
