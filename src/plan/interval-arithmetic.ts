import {
  type DataType,
  integerRange,
  isExact,
  isFloat,
  isNumeric,
  layoutOf,
} from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { greater, type Interval, lesser } from './interval.ts'

/** Bounds of a result that is not null: an interval without the say of nulls. */
export interface Ordinary {
  readonly least: Scalar
  readonly greatest: Scalar
  readonly canBeNan: boolean
}

type Ends<T> = readonly [least: T, greatest: T]

/** `a + b`, where both may be of any numeric type. Undefined when no bound is known. */
export function addOf(
  a: Interval,
  b: Interval,
  types: readonly DataType[],
  result: DataType,
): Ordinary | undefined {
  if (isFloat(result)) {
    const [x, y] = [floatEnds(a, types[0]!), floatEnds(b, types[1]!)]
    return x && y && floats(a, b, [x[0] + y[0], x[1] + y[1]])
  }
  const scale = scaleOf(result)
  const [x, y] = [exactEnds(a, types[0]!, scale), exactEnds(b, types[1]!, scale)]
  return x && y && exacts([x[0] + y[0], x[1] + y[1]], result)
}

/** `a * b`. */
export function mulOf(
  a: Interval,
  b: Interval,
  types: readonly DataType[],
  result: DataType,
): Ordinary | undefined {
  if (isFloat(result)) {
    const [x, y] = [floatEnds(a, types[0]!), floatEnds(b, types[1]!)]
    if (x === undefined || y === undefined) return undefined
    const corners = [x[0] * y[0], x[0] * y[1], x[1] * y[0], x[1] * y[1]]
    return floats(a, b, [Math.min(...corners), Math.max(...corners)])
  }
  const scales = types.map(scaleOf)
  if (scaleOf(result) !== scales[0]! + scales[1]!) return undefined
  const [x, y] = [exactEnds(a, types[0]!, scales[0]!), exactEnds(b, types[1]!, scales[1]!)]
  if (x === undefined || y === undefined) return undefined
  const corners = [x[0] * y[0], x[0] * y[1], x[1] * y[0], x[1] * y[1]]
  return exacts([corners.reduce(lesser), corners.reduce(greater)], result)
}

/** `a / b` in float64, where `b` cannot be 0. */
export function divOf(a: Interval, b: Interval, types: readonly DataType[]): Ordinary | undefined {
  const [x, y] = [floatEnds(a, types[0]!), floatEnds(b, types[1]!)]
  if (x === undefined || y === undefined || (y[0] <= 0 && y[1] >= 0)) return undefined
  const corners = [x[0] / y[0], x[0] / y[1], x[1] / y[0], x[1] / y[1]]
  return floats(a, b, outward(Math.min(...corners), Math.max(...corners)))
}

/** `a / by` without its fraction, of whole numbers; `by` is a constant above 0. */
export function intDivOf(a: Interval, by: Scalar, result: DataType): Ordinary | undefined {
  if (a.least === null || a.greatest === null || by === null || !(Number(by) > 0)) return undefined
  const [least, greatest] = [a.least, a.greatest].map((end) => BigInt(end as number | bigint))
  const divisor = BigInt(by as number | bigint)
  return exacts([least! / divisor, greatest! / divisor], result)
}

/** `-a`. */
export function negOf(a: Interval): Ordinary | undefined {
  const { canBeNan } = a
  const [least, greatest] = [negative(a.greatest), negative(a.least)]
  return { least, greatest, canBeNan }
}

function negative(value: Scalar): Scalar {
  return typeof value === 'number' || typeof value === 'bigint' ? -value : null
}

/** `abs(a)`. */
export function absOf(a: Interval): Ordinary | undefined {
  const { canBeNan } = a
  const least = a.least as number | bigint | null
  const greatest = a.greatest as number | bigint | null
  if (least === null || greatest === null) return undefined
  if (least >= 0) return { least, greatest, canBeNan }
  if (greatest <= 0) return { least: -greatest, greatest: -least, canBeNan }
  const zero = typeof least === 'bigint' ? 0n : 0
  return { least: zero, greatest: greater(greatest, -least), canBeNan }
}

/** `floor(a)` or `ceil(a)` of floats. */
export function floorOf(a: Interval, name: 'floor' | 'ceil', type: DataType): Ordinary | undefined {
  if (!isFloat(type) || a.least === null || a.greatest === null) return undefined
  const { canBeNan } = a
  const [least, greatest] = [Number(a.least), Number(a.greatest)]
  return { least: Math[name](least), greatest: Math[name](greatest), canBeNan }
}

/** Digits after the point of an exact numeric type. */
function scaleOf(type: DataType): number {
  return type.name === 'decimal' ? type.scale : 0
}

/** The ends as whole numbers of 10^-scale, if that is exact. */
function exactEnds(of: Interval, type: DataType, scale: number): Ends<bigint> | undefined {
  const shift = scale - scaleOf(type)
  if (!isNumeric(type) || !isExact(type) || shift < 0) return undefined
  if (of.least === null || of.greatest === null) return undefined
  const factor = 10n ** BigInt(shift)
  const [least, greatest] = [of.least, of.greatest].map((end) => BigInt(end as number | bigint))
  return [least! * factor, greatest! * factor]
}

/**
 * The ends in the canonical form of an exact type. Numbers beyond its range are errors or null, so
 * the ends are drawn into it.
 */
export function exacts(ends: Ends<bigint>, type: DataType): Ordinary {
  const [low, high] = integerRange(type)
  const [least, greatest] = isNumeric(type)
    ? ends.map((end) => lesser(greater(end, low), high))
    : ends
  if (layoutOf(type) !== 'i32') return { least: least!, greatest: greatest!, canBeNan: false }
  return { least: Number(least), greatest: Number(greatest), canBeNan: false }
}

/** Bounds of the ends as float64, however an exact value is rounded on the way. */
export function floatEnds(of: Interval, type: DataType): Ends<number> | undefined {
  const { least, greatest } = of
  if (!isNumeric(type) || least === null || greatest === null) return undefined
  const ends = [Number(least), Number(greatest)] as const
  if (isFloat(type)) return ends
  const size = Math.max(Math.abs(ends[0]), Math.abs(ends[1]))
  if (type.name !== 'decimal' && size <= Number.MAX_SAFE_INTEGER) return ends
  const unit = 10 ** scaleOf(type)
  return outward(ends[0] / unit, ends[1] / unit)
}

/**
 * Nothing is known where an end is no number or infinite on the way: an operation on infinities
 * may be NaN.
 */
function floats(a: Interval, b: Interval, [least, greatest]: Ends<number>): Ordinary | undefined {
  const ends = [a.least, a.greatest, b.least, b.greatest, least, greatest]
  if (!ends.every((end) => Number.isFinite(Number(end)))) return undefined
  return { least, greatest, canBeNan: a.canBeNan || b.canBeNan }
}

/** A little less and a little more: further than the rounding of a few operations. */
export function outward(least: number, greatest: number): Ends<number> {
  return [below(least), -below(-greatest)]
}

function below(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE
  return value - Math.abs(value) * 2 ** -48 - Number.MIN_VALUE
}
