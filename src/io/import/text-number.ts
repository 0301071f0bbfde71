import { daysFromCivil, daysInMonth } from '../../arrow/temporal.ts'

// Readers of the common forms of a value straight from its bytes. Each answers NaN for whatever it
// does not know, also for valid text; `parseScalar` then decides.

const SAFE = Number.MAX_SAFE_INTEGER
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
const MINUS = 45
const POINT = 46

/** A whole number of at most 15 digits. */
export function wholeAt(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS
  let at = negative ? start + 1 : start
  if (at >= end || end - at > 15) return Number.NaN
  let value = 0
  for (; at < end; at++) {
    const digit = bytes[at]! - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return negative ? 0 - value : value
}

/** A decimal of at most 15 digits as a whole number of 10^-scale. */
export function decimalAt(bytes: Uint8Array, start: number, end: number, scale: number): number {
  const negative = bytes[start] === MINUS
  let at = negative ? start + 1 : start
  if (at >= end || end - at > 16) return Number.NaN
  let value = 0
  let point = -1
  for (; at < end; at++) {
    const digit = bytes[at]! - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (bytes[at] === POINT && point < 0) point = at
    else return Number.NaN
  }
  if (point < 0 && end - start > (negative ? 16 : 15)) return Number.NaN
  if (point === start || point === end - 1) return Number.NaN
  const missing = scale - (point < 0 ? 0 : end - point - 1)
  if (missing < 0 || missing > 22) return Number.NaN
  value *= POWERS[missing]!
  if (value > SAFE) return Number.NaN
  return negative ? 0 - value : value
}

/**
 * A float of at most 15 digits without an exponent. Digits and power of ten are both exact in a
 * float64, so their quotient is the nearest one (W. Clinger, "How to Read Floating Point Numbers
 * Accurately", 1990).
 */
export function floatAt(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS
  const first = negative ? start + 1 : start
  if (first >= end || end - first > 16) return Number.NaN
  let value = 0
  let point = -1
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (bytes[at] === POINT && point < 0 && at > first) point = at
    else return Number.NaN
  }
  if (point < 0 && end - first > 15) return Number.NaN
  if (point >= 0) value /= POWERS[end - point - 1]!
  return negative ? -value : value
}

/** Less than any number of four digits can make up for. */
const NO_DIGITS = -10_000

const pair = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at]! - 48
  const ones = bytes[at + 1]! - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS
}

/** Years whose months are kept: those that most dates are of. */
const [FIRST_YEAR, LAST_YEAR] = [1900, 2099]

/** Of each month of those years: the days before it, since 1970-01-01, and how many it has. */
const MONTHS = Int32Array.from({ length: (LAST_YEAR - FIRST_YEAR + 1) * 24 }, (_, at) => {
  const [year, month] = [FIRST_YEAR + Math.floor(at / 24), ((at >> 1) % 12) + 1]
  return (at & 1) === 0 ? daysFromCivil(year, month, 1) - 1 : daysInMonth(year, month)
})

/** `YYYY-MM-DD` as days since 1970-01-01. */
export function dateAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) {
    return Number.NaN
  }
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2)
  const month = pair(bytes, start + 5)
  const day = pair(bytes, start + 8)
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1)) return Number.NaN
  if (year >= FIRST_YEAR && year <= LAST_YEAR) {
    const at = (year - FIRST_YEAR) * 24 + month * 2 - 2
    return day <= MONTHS[at + 1]! ? MONTHS[at]! + day : Number.NaN
  }
  return day <= daysInMonth(year, month) ? daysFromCivil(year, month, day) : Number.NaN
}

/** `HH:MM:SS[.fff[fff]]` in units of 1/1000 or 1/1,000,000 of a second. */
export function clockAt(
  bytes: Uint8Array,
  start: number,
  end: number,
  perSecond: 1_000 | 1_000_000,
): number {
  const size = end - start
  if (size !== 8 && size !== 12 && size !== 15) return Number.NaN
  if (bytes[start + 2] !== 58 || bytes[start + 5] !== 58) return Number.NaN
  const hour = pair(bytes, start)
  const minute = pair(bytes, start + 3)
  const second = pair(bytes, start + 6)
  if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return Number.NaN
  const whole = (hour * 3600 + minute * 60 + second) * perSecond
  if (size === 8) return whole
  if (bytes[start + 8] !== POINT) return Number.NaN
  const fraction = wholeAt(bytes, start + 9, end)
  if (!(fraction >= 0) || bytes[start + 9] === MINUS) return Number.NaN
  const scaled = (fraction * perSecond) / (size === 12 ? 1_000 : 1_000_000)
  return Number.isInteger(scaled) ? whole + scaled : Number.NaN
}

/** `YYYY-MM-DD[T ]HH:MM:SS[.fff[fff]][Z]` since 1970 in the same units. */
export function stampAt(
  bytes: Uint8Array,
  start: number,
  end: number,
  perSecond: 1_000 | 1_000_000,
): number {
  const separator = bytes[start + 10]
  if (end - start < 19 || (separator !== 84 && separator !== 32)) return Number.NaN
  const clockEnd = bytes[end - 1] === 90 ? end - 1 : end
  const days = dateAt(bytes, start, start + 10)
  const value = days * 86_400 * perSecond + clockAt(bytes, start + 11, clockEnd, perSecond)
  return value <= SAFE && value >= -SAFE ? value : Number.NaN
}
