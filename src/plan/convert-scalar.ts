import {
  type DataType,
  integerRange,
  isExact,
  isFloat,
  isNumeric,
  layoutOf,
  type TimestampType,
} from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'

const DAY_MS = 86_400_000n

/**
 * `value` of type `from` in the canonical form of `to`, when it is the very same value there;
 * undefined when it is not, or when that is for the engine to say.
 */
export function convertScalar(
  value: Exclude<Scalar, null>,
  from: DataType,
  to: DataType,
): Exclude<Scalar, null> | undefined {
  if (isNumeric(from) && isNumeric(to)) {
    if (isFloat(from)) return floatAs(value as number, to)
    const unscaled = BigInt(value as number | bigint)
    if (!isFloat(to)) return exactAs(unscaled, scaleOf(from), to)
    return exactAsFloat(unscaled, scaleOf(from), to)
  }
  if (from.name === 'date' && to.name === 'timestamp') {
    return BigInt(value as number) * DAY_MS * perMilli(to)
  }
  if (from.name === 'timestamp' && to.name === 'timestamp') {
    if (from.unit === to.unit) return value
    return to.unit === 'us' ? (value as bigint) * 1000n : undefined
  }
  return undefined
}

/** The whole number of 10^-scale as a value of the exact numeric type `to`, if it is one. */
export function exactAs(
  unscaled: bigint,
  scale: number,
  to: DataType,
): number | bigint | undefined {
  const shift = scaleOf(to) - scale
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n
  if (unscaled % divisor !== 0n) return undefined
  return inRange(shift < 0 ? unscaled / divisor : unscaled * 10n ** BigInt(shift), to)
}

/** A whole number inside in the canonical form of the exact type `to`, if it is in its range. */
export function inRange(value: bigint, to: DataType): number | bigint | undefined {
  const [least, greatest] = integerRange(to)
  if (value < least || value > greatest) return undefined
  return isExact(to) && layoutOf(to) === 'i32' ? Number(value) : value
}

/** Digits after the point of an exact numeric type. */
export function scaleOf(type: DataType): number {
  return type.name === 'decimal' ? type.scale : 0
}

/** Units of `type` in a millisecond. */
export function perMilli(type: TimestampType): bigint {
  return type.unit === 'ms' ? 1n : 1000n
}

function floatAs(value: number, to: DataType): number | undefined {
  if (to.name === 'float64') return value
  return to.name === 'float32' && Object.is(Math.fround(value), value) ? value : undefined
}

function exactAsFloat(unscaled: bigint, scale: number, to: DataType): number | undefined {
  if (scale !== 0) return undefined
  const value = Number(unscaled)
  if (BigInt(value) !== unscaled) return undefined
  return floatAs(value, to)
}
