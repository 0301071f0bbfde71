/** The comparisons that a kernel has; the others are these with the sides swapped or negated. */
export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'

/**
 * One side of an element-wise kernel: row i is `values[i & mask]`, so that mask -1 reads row by row
 * and mask 0 repeats the first value.
 */
export interface Side<V> {
  readonly values: V
  readonly mask: number
}

/** `out[i]` = 1 where `a op b`, else 0, for rows 0 to length - 1. */
export function compareInt32(
  op: Comparison,
  a: Side<Int32Array>,
  b: Side<Int32Array>,
  length: number,
  out: Uint8Array,
): void {
  switch (op) {
    case 'eq':
      equalInt32(a, b, length, 0, out)
      return
    case 'ne':
      equalInt32(a, b, length, 1, out)
      return
    case 'lt':
      lessInt32(a, b, length, 0, out)
      return
    case 'gte':
      lessInt32(a, b, length, 1, out)
      return
    case 'gt':
      lessInt32(b, a, length, 0, out)
      return
    case 'lte':
      lessInt32(b, a, length, 1, out)
      return
  }
}

function equalInt32(
  a: Side<Int32Array>,
  b: Side<Int32Array>,
  length: number,
  flip: number,
  out: Uint8Array,
): void {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) out[i] = Number(x[i & xMask]! === y[i & yMask]!) ^ flip
}

function lessInt32(
  a: Side<Int32Array>,
  b: Side<Int32Array>,
  length: number,
  flip: number,
  out: Uint8Array,
): void {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) out[i] = Number(x[i & xMask]! < y[i & yMask]!) ^ flip
}

/** As `compareInt32`, in the total order: NaN equals NaN and is greatest, -0 equals 0. */
export function compareFloat64(
  op: Comparison,
  a: Side<Float64Array>,
  b: Side<Float64Array>,
  length: number,
  out: Uint8Array,
): void {
  switch (op) {
    case 'eq':
      equalFloat64(a, b, length, 0, out)
      return
    case 'ne':
      equalFloat64(a, b, length, 1, out)
      return
    case 'lt':
      lessFloat64(a, b, length, 0, out)
      return
    case 'gte':
      lessFloat64(a, b, length, 1, out)
      return
    case 'gt':
      lessFloat64(b, a, length, 0, out)
      return
    case 'lte':
      lessFloat64(b, a, length, 1, out)
      return
  }
}

function equalFloat64(
  a: Side<Float64Array>,
  b: Side<Float64Array>,
  length: number,
  flip: number,
  out: Uint8Array,
): void {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) {
    const left = x[i & xMask]!
    const right = y[i & yMask]!
    const bothNaN = Number(Number.isNaN(left)) & Number(Number.isNaN(right))
    out[i] = (Number(left === right) | bothNaN) ^ flip
  }
}

function lessFloat64(
  a: Side<Float64Array>,
  b: Side<Float64Array>,
  length: number,
  flip: number,
  out: Uint8Array,
): void {
  const { values: x, mask: xMask } = a
  const { values: y, mask: yMask } = b
  for (let i = 0; i < length; i++) {
    const left = x[i & xMask]!
    // With NaN on the right `>=` is false, and only NaN on the left is not less.
    out[i] = (Number(!(left >= y[i & yMask]!)) & Number(!Number.isNaN(left))) ^ flip
  }
}

/** Whether an order of `sign` (negative, 0, positive) satisfies `op`. */
export function holds(op: Comparison, sign: number): boolean {
  switch (op) {
    case 'eq':
      return sign === 0
    case 'ne':
      return sign !== 0
    case 'lt':
      return sign < 0
    case 'lte':
      return sign <= 0
    case 'gt':
      return sign > 0
    case 'gte':
      return sign >= 0
  }
}

/** As `compareInt32` over bigints. */
export function compareBigs(
  op: Comparison,
  a: Side<readonly bigint[]>,
  b: Side<readonly bigint[]>,
  length: number,
  out: Uint8Array,
): void {
  for (let i = 0; i < length; i++) {
    const left = a.values[i & a.mask]!
    const right = b.values[i & b.mask]!
    out[i] = Number(holds(op, left < right ? -1 : left > right ? 1 : 0))
  }
}
