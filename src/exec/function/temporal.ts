import { expand } from '../../arrow/constant-vector.ts'
import { type DataType, layoutOf, typeText } from '../../arrow/data-type.ts'
import { exactVector, textAt, type Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import {
  clockField,
  type DateField,
  type DateUnit,
  dateField,
  splitTicks,
  truncateDays,
  truncateTicks,
} from '../../kernel/temporal-fields.ts'
import { type ScalarFunction, utf8Of } from './argument.ts'

/** Ticks of a second: 1000 for millisecond timestamps, a million for times and the others. */
export function ticksPerSecond(type: DataType): number {
  return type.name === 'timestamp' && type.unit === 'ms' ? 1000 : 1_000_000
}

/** Each value's day since 1970-01-01 and the ticks since that day began, floored. */
export function splitDays(vector: Vector): { days: Int32Array; ticks: Float64Array } {
  const { length, type } = vector
  if (vector.layout === 'i32') return { days: vector.values, ticks: new Float64Array(length) }
  const perDay = 86_400 * ticksPerSecond(type)
  const days = new Int32Array(length)
  const ticks = new Float64Array(length)
  if (vector.layout === 'f64') splitTicks(vector.values, perDay, length, days, ticks)
  else if (vector.layout === 'big') {
    const size = BigInt(perDay)
    for (let i = 0; i < length; i++) {
      const value = vector.values[i]!
      const rest = ((value % size) + size) % size
      ticks[i] = Number(rest)
      days[i] = Number((value - rest) / size)
    }
  } else throw new Error(`no times in a ${vector.layout} vector`)
  return { days, ticks }
}

function numbers(values: Int32Array, type: DataType, of: Vector): Vector {
  const head = { type, length: of.length, validity: of.validity }
  if (layoutOf(type) === 'i32') return { ...head, layout: 'i32', values }
  return { ...head, layout: 'f64', values: new Float64Array(values) }
}

function field(name: DateField): ScalarFunction {
  return ([arg], type, length) => {
    const input = expand(arg!, length)
    const values = new Int32Array(length)
    dateField(name, splitDays(input).days, length, values)
    return numbers(values, type, input)
  }
}

export const year = field('year')
export const quarter = field('quarter')
export const month = field('month')
export const day = field('day')
export const dayOfWeek = field('dayOfWeek')
export const dayOfYear = field('dayOfYear')

function clock(seconds: number, modulus: number): ScalarFunction {
  return ([arg], type, length) => {
    const input = expand(arg!, length)
    const values = new Int32Array(length)
    const size = seconds * ticksPerSecond(input.type)
    clockField(splitDays(input).ticks, size, modulus, length, values)
    return numbers(values, type, input)
  }
}

export const hour = clock(3600, 24)
export const minute = clock(60, 60)
export const second = clock(1, 60)

/** The day of a timestamp, floored; a date as it is. */
export const date: ScalarFunction = ([arg], type, length) => {
  const input = expand(arg!, length)
  const { days } = splitDays(input)
  return { layout: 'i32', type, length, validity: input.validity, values: days }
}

const CLOCK_SECONDS: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
])

const DATE_UNITS: readonly string[] = ['year', 'quarter', 'month', 'week', 'day']

const isDateUnit = (unit: string): unit is DateUnit => DATE_UNITS.includes(unit)

/**
 * The beginning of the unit (second argument, one constant) in which the first argument lies.
 * INVALID for an unknown unit.
 */
export const truncate: ScalarFunction = ([arg, of], type, length) => {
  const input = expand(arg!, length)
  const unit = of!.length === 0 ? 'day' : textAt(utf8Of(of!), 0)
  const seconds = CLOCK_SECONDS.get(unit)
  if (seconds !== undefined) {
    return input.layout === 'i32' ? input : truncateClock(input, seconds, type)
  }
  if (!isDateUnit(unit) || type.name === 'time') {
    const units = [...(type.name === 'time' ? [] : DATE_UNITS), ...CLOCK_SECONDS.keys()]
    throw invalid(
      `truncate: "${unit}" is no unit of ${typeText(type)}; units: ${units.join(', ')}`,
      {
        unit,
        type: typeText(type),
      },
    )
  }
  const values = new Int32Array(length)
  truncateDays(unit, splitDays(input).days, length, values)
  return daysAs(values, input.validity, type)
}

/** Days as dates, or as the timestamps at which they begin. */
export function daysAs(days: Int32Array, validity: Uint8Array | null, type: DataType): Vector {
  const { length } = days
  if (layoutOf(type) === 'i32') return { layout: 'i32', type, length, validity, values: days }
  const perDay = 86_400 * ticksPerSecond(type)
  const values = new Float64Array(length)
  let large = false
  for (let i = 0; i < length; i++) {
    const value = days[i]! * perDay
    values[i] = value
    large = large || !Number.isSafeInteger(value)
  }
  if (!large) return { layout: 'f64', type, length, validity, values }
  return exactVector(
    type,
    Array.from(days, (of) => BigInt(of) * BigInt(perDay)),
    validity,
  )
}

function truncateClock(input: Vector, seconds: number, type: DataType): Vector {
  const { length, validity } = input
  const size = seconds * ticksPerSecond(input.type)
  if (input.layout === 'f64') {
    const values = new Float64Array(length)
    truncateTicks(input.values, size, length, values)
    // The lowest values can round down past 2^53.
    if (values.every((value) => Number.isSafeInteger(value))) {
      return { layout: 'f64', type, length, validity, values }
    }
  }
  const step = BigInt(size)
  const wholes =
    input.layout === 'big'
      ? input.values
      : Array.from(input.layout === 'f64' ? input.values : [], BigInt)
  const values = wholes.map((value) => value - (((value % step) + step) % step))
  return exactVector(type, values, validity)
}
