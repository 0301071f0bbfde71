const NEWLINE = 10
const MINUS = 45
const POINT = 46

/** The two digits of 0 to 99, the first of them in the low byte. */
const PAIRS = Uint16Array.from(
  { length: 100 },
  (_, value) => 48 + ((value / 10) | 0) + ((48 + (value % 10)) << 8),
)

/** Decimal digits of a whole number of 0 to 2^53; 1 for 0. */
function digitCount(value: number): number {
  if (value < 1e5) {
    return value < 10 ? 1 : value < 100 ? 2 : value < 1e3 ? 3 : value < 1e4 ? 4 : 5
  }
  let count = 6
  for (let limit = 1e6; value >= limit; limit *= 10) count++
  return count
}

/**
 * Writes a whole number with the last `scale` digits after a point.
 *
 * @param value 0 to 2^53.
 * @param scale 0 to 38; the text has at least `scale + 1` digits.
 * @returns The position after the last byte written.
 */
export function putWhole(target: Uint8Array, at: number, value: number, scale: number): number {
  if (value < 1e9 && (scale === 0 || scale === 2)) return putSmall(target, at, value | 0, scale)
  const digits = digitCount(value)
  const count = digits > scale ? digits : scale + 1
  const end = at + count + (scale > 0 ? 1 : 0)
  const high = value < 1e9 ? 0 : highPart(value)
  let low = (value < 1e9 ? value : value - high * 1e8) | 0
  const lowCount = high === 0 ? count : 8
  let untilPoint = scale > 0 ? scale : -1
  let p = end
  for (let i = 0; i < lowCount; i++) {
    if (untilPoint-- === 0) target[--p] = POINT
    const tenth = (low / 10) | 0
    target[--p] = 48 + low - tenth * 10
    low = tenth
  }
  let rest = high | 0
  for (let i = lowCount; i < count; i++) {
    if (untilPoint-- === 0) target[--p] = POINT
    const tenth = (rest / 10) | 0
    target[--p] = 48 + rest - tenth * 10
    rest = tenth
  }
  return end
}

/** The common case of `putWhole`, two digits at a time: a value below 10^9, a scale of 0 or 2. */
function putSmall(target: Uint8Array, at: number, value: number, scale: number): number {
  const digits = digitCount(value)
  const end = at + (scale === 0 ? digits : (digits > 2 ? digits : 3) + 1)
  let p = end
  let rest = value
  if (scale === 2) {
    rest = (value / 100) | 0
    const pair = PAIRS[value - rest * 100]!
    target[--p] = pair >> 8
    target[--p] = pair & 255
    target[--p] = POINT
  }
  while (rest > 99) {
    const hundredth = (rest / 100) | 0
    const pair = PAIRS[rest - hundredth * 100]!
    target[--p] = pair >> 8
    target[--p] = pair & 255
    rest = hundredth
  }
  if (rest > 9) target[--p] = PAIRS[rest]! >> 8
  target[--p] = rest > 9 ? PAIRS[rest]! & 255 : 48 + rest
  return end
}

function highPart(value: number): number {
  const high = Math.floor(value / 1e8)
  return high * 1e8 > value ? high - 1 : high
}

/** Writes `value` with exactly `count` digits, zeros in front. `value` is 0 to 2^31 - 1. */
export function putPadded(target: Uint8Array, at: number, value: number, count: number): number {
  let rest = value | 0
  for (let p = at + count - 1; p >= at; p--) {
    const tenth = (rest / 10) | 0
    target[p] = 48 + rest - tenth * 10
    rest = tenth
  }
  return at + count
}

/** Writes the null token `\N`. */
export function putNull(target: Uint8Array, at: number): number {
  target[at] = 92
  target[at + 1] = 78
  return at + 2
}

/**
 * Writes int32 values as text, one a line; a null as `\N`.
 *
 * @param values One a row.
 * @param validity One byte a row, 0 for null; empty when there is no null.
 * @param rows How many rows to write.
 * @param target Receives the text; 12 bytes a row are enough.
 * @param at Where in `target` to begin.
 * @param sizes `[0]` is lowered to the shortest line, `[1]` raised to the longest, in bytes
 *   without the newline.
 * @returns The position after the last byte written.
 *
 * Pure but for `target` and `sizes`; does not throw.
 */
export function encodeInt32(
  values: Int32Array,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const hasNulls = validity.length > 0
  let shortest = sizes[0]!
  let longest = sizes[1]!
  for (let row = 0; row < rows; row++) {
    const start = at
    if (hasNulls && validity[row] === 0) at = putNull(target, at)
    else {
      const value = values[row]!
      if (value < 0) target[at++] = MINUS
      at = putWhole(target, at, Math.abs(value), 0)
    }
    const size = at - start
    if (size < shortest) shortest = size
    if (size > longest) longest = size
    target[at++] = NEWLINE
  }
  sizes[0] = shortest
  sizes[1] = longest
  return at
}

/**
 * Writes whole numbers of at most 2^53 in size with `scale` digits after the point; otherwise as
 * `encodeInt32`. `target` needs max(17, scale + 2) + 2 bytes a row.
 */
export function encodeExact(
  values: Float64Array,
  scale: number,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const hasNulls = validity.length > 0
  let shortest = sizes[0]!
  let longest = sizes[1]!
  for (let row = 0; row < rows; row++) {
    const start = at
    if (hasNulls && validity[row] === 0) at = putNull(target, at)
    else {
      const value = values[row]!
      if (value < 0) target[at++] = MINUS
      at = putWhole(target, at, Math.abs(value), scale)
    }
    const size = at - start
    if (size < shortest) shortest = size
    if (size > longest) longest = size
    target[at++] = NEWLINE
  }
  sizes[0] = shortest
  sizes[1] = longest
  return at
}

/**
 * Writes floats in JavaScript's shortest form, with `-0`, `NaN`, `Infinity` and `-Infinity`;
 * otherwise as `encodeInt32`. `target` needs 26 bytes a row.
 */
export function encodeFloat(
  values: Float64Array,
  validity: Uint8Array,
  rows: number,
  target: Uint8Array,
  at: number,
  sizes: Int32Array,
): number {
  const hasNulls = validity.length > 0
  let shortest = sizes[0]!
  let longest = sizes[1]!
  for (let row = 0; row < rows; row++) {
    const start = at
    at = hasNulls && validity[row] === 0 ? putNull(target, at) : putFloat(target, at, values[row]!)
    const size = at - start
    if (size < shortest) shortest = size
    if (size > longest) longest = size
    target[at++] = NEWLINE
  }
  sizes[0] = shortest
  sizes[1] = longest
  return at
}

function putFloat(target: Uint8Array, at: number, value: number): number {
  const size = Math.abs(value)
  // A value with at most 15 digits, 6 of them fraction, is their quotient: that is its shortest form.
  if (size < 1e9 && (value !== 0 || !Object.is(value, -0))) {
    for (let scale = 0, power = 1; scale <= 6; scale++, power *= 10) {
      const scaled = Math.round(size * power)
      if (scaled / power !== size) continue
      if (value < 0) target[at++] = MINUS
      return putWhole(target, at, scaled, scale)
    }
  }
  return putAscii(target, at, Object.is(value, -0) ? '-0' : String(value))
}

/** Writes text whose characters are all ASCII. */
export function putAscii(target: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i)
  return at + text.length
}
