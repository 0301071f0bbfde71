import {
  type DataType,
  isFloat,
  isInteger,
  type TimestampType,
  typesEqual,
} from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { civilFromDays, daysFromCivil } from '../arrow/temporal.ts'
import type { Interval } from './interval.ts'
import { exacts, floatEnds, type Ordinary } from './interval-arithmetic.ts'

/** Bounds after a cast that keeps the order of values; undefined for every other cast. */
export function castEnds(of: Interval, from: DataType, to: DataType): Ordinary | undefined {
  const { least, greatest, canBeNan } = of
  if (least === null || greatest === null) return undefined
  if (typesEqual(from, to)) return { least, greatest, canBeNan }
  if (isFloat(to)) return toFloat(of, from, to)
  const exactFrom = isInteger(from) || from.name === 'decimal'
  if (isInteger(to) || to.name === 'decimal') {
    if (exactFrom) return exacts([rescaled(least, from, to), rescaled(greatest, from, to)], to)
    return isFloat(from) && isInteger(to) ? floatToInteger(of, to) : undefined
  }
  const ticks = ticksPerDay(to)
  const ticksFrom = ticksPerDay(from)
  if (ticks === undefined || ticksFrom === undefined || zonesDiffer(from, to)) return undefined
  const moved = (end: Scalar): bigint =>
    ticks > ticksFrom
      ? BigInt(end as number | bigint) * (ticks / ticksFrom)
      : floorDiv(BigInt(end as number | bigint), ticksFrom / ticks)
  return exacts([moved(least), moved(greatest)], to)
}

function toFloat(of: Interval, from: DataType, to: DataType): Ordinary | undefined {
  const ends = floatEnds(of, from)
  if (ends === undefined) return undefined
  if (to.name === 'float64') return { least: ends[0], greatest: ends[1], canBeNan: of.canBeNan }
  const [least, greatest] = [Math.fround(ends[0]), Math.fround(ends[1])]
  return { least, greatest, canBeNan: of.canBeNan }
}

function floatToInteger(of: Interval, to: DataType): Ordinary | undefined {
  const ends = [Math.floor(Number(of.least)), Math.ceil(Number(of.greatest))] as const
  if (!ends.every(Number.isFinite)) return undefined
  return exacts([BigInt(ends[0]), BigInt(ends[1])], to)
}

/** An exact number at the scale of `to`, rounded half away from zero where digits are lost. */
function rescaled(end: Scalar, from: DataType, to: DataType): bigint {
  const value = BigInt(end as number | bigint)
  const shift = (to.name === 'decimal' ? to.scale : 0) - (from.name === 'decimal' ? from.scale : 0)
  if (shift >= 0) return value * 10n ** BigInt(shift)
  const unit = 10n ** BigInt(-shift)
  const half = value < 0n ? -(unit / 2n) : unit / 2n
  return (value + half) / unit
}

/** Whether one of two timestamps has a zone that the other has not. */
export function zonesDiffer(from: DataType, to: DataType): boolean {
  return from.name === 'timestamp' && to.name === 'timestamp' && from.zone !== to.zone
}

/** How many units of a date or timestamp type make a day. */
function ticksPerDay(type: DataType): bigint | undefined {
  if (type.name === 'date') return 1n
  return type.name === 'timestamp' ? dayTicks(type) : undefined
}

const dayTicks = ({ unit }: TimestampType): bigint =>
  unit === 'ms' ? 86_400_000n : 86_400_000_000n

/** Bounds of the calendar year of dates or timestamps. */
export function yearEnds(of: Interval, type: DataType): Ordinary | undefined {
  const ticks = ticksPerDay(type)
  if (ticks === undefined || of.least === null || of.greatest === null) return undefined
  const [least, greatest] = [of.least, of.greatest].map(
    (end) => civilFromDays(Number(floorDiv(BigInt(end as number | bigint), ticks)))[0],
  )
  return { least: least!, greatest: greatest!, canBeNan: false }
}

/** Bounds of dates or timestamps cut down to the start of their `unit`. */
export function truncateEnds(of: Interval, type: DataType, unit: string): Ordinary | undefined {
  const ticks = ticksPerDay(type)
  if (ticks === undefined || of.least === null || of.greatest === null) return undefined
  const [least, greatest] = [of.least, of.greatest].map((end) =>
    truncated(BigInt(end as number | bigint), ticks, unit),
  )
  if (least === undefined || greatest === undefined) return undefined
  return exacts([least, greatest], type)
}

function truncated(value: bigint, ticks: bigint, unit: string): bigint | undefined {
  const perDay = UNITS_PER_DAY.get(unit)
  if (perDay !== undefined) {
    const size = ticks / perDay
    return size === 0n ? value : floorDiv(value, size) * size
  }
  const day = startOfUnit(Number(floorDiv(value, ticks)), unit)
  return day === undefined ? undefined : BigInt(day) * ticks
}

const UNITS_PER_DAY = new Map([
  ['day', 1n],
  ['hour', 24n],
  ['minute', 1440n],
  ['second', 86_400n],
])

function startOfUnit(day: number, unit: string): number | undefined {
  const [year, month] = civilFromDays(day)
  switch (unit) {
    case 'year':
      return daysFromCivil(year, 1, 1)
    case 'quarter':
      return daysFromCivil(year, month - ((month - 1) % 3), 1)
    case 'month':
      return daysFromCivil(year, month, 1)
    case 'week': // Mondays; day 0 is a Thursday
      return day - ((((day + 3) % 7) + 7) % 7)
    default:
      return undefined
  }
}

/** `value / by` rounded down; `by` is above 0. */
function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}
