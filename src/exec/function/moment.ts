import { expand } from '../../arrow/constant-vector.ts'
import type { DataType } from '../../arrow/data-type.ts'
import { civilFromDays, daysFromCivil } from '../../arrow/temporal.ts'
import type { Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import { jointValidity, type ScalarFunction } from './argument.ts'
import { type RowResult, type RowValue, rowReader, vectorOfResults } from './row-function.ts'
import { splitDays, ticksPerSecond } from './temporal.ts'

/** A date (then at midnight) or timestamp: days since 1970-01-01, and microseconds of that day. */
export interface Moment {
  readonly days: number
  readonly micros: number
}

export const DAY_MICROS = 86_400_000_000
const DAYS_MIN = daysFromCivil(0, 1, 1)
const DAYS_MAX = daysFromCivil(9999, 12, 31)

/** Reads the moment of a row that is not null. */
export function momentReader(vector: Vector, length: number): (row: number) => Moment {
  const { days, ticks } = splitDays(expand(vector, length))
  const micros = 1_000_000 / ticksPerSecond(vector.type)
  const isDate = vector.type.name === 'date'
  return (row) => ({ days: days[row]!, micros: isDate ? 0 : ticks[row]! * micros })
}

/** A function of a moment and further values, computed row by row; null where an argument is. */
export function momentFunction(
  // biome-ignore lint/suspicious/noExplicitAny: each function names the values that it takes
  of: (moment: Moment, ...values: any[]) => RowResult | Moment,
): ScalarFunction {
  return (args, type, length) => {
    const validity = jointValidity(args, length)
    const [first, ...rest] = args
    const moment = momentReader(first!, length)
    const readers: ((row: number) => RowValue | Moment)[] = rest.map((arg) =>
      arg.type.name === 'date' || arg.type.name === 'timestamp'
        ? momentReader(arg, length)
        : rowReader(arg),
    )
    const results = Array.from({ length }, (_, row) => {
      if (validity !== null && validity[row] === 0) return null
      const result = of(moment(row), ...readers.map((read) => read(row)))
      return isMoment(result) ? momentValue(result, type) : result
    })
    return vectorOfResults(type, results)
  }
}

const isMoment = (value: RowResult | Moment): value is Moment =>
  typeof value === 'object' && value !== null && 'days' in value

/** The value of a date or timestamp column. INVALID outside of the years 0 to 9999. */
export function momentValue({ days, micros }: Moment, type: DataType): number | bigint {
  if (!(days >= DAYS_MIN && days <= DAYS_MAX)) {
    throw invalid('the result is a time outside of the years 0000 to 9999', { days })
  }
  if (type.name === 'date') return days
  const ticks = ticksPerSecond(type)
  const inDay = Math.floor((micros * ticks) / 1_000_000)
  const value = days * 86_400 * ticks + inDay
  return Number.isSafeInteger(value) ? value : BigInt(days) * BigInt(86_400 * ticks) + BigInt(inDay)
}

/** The moment `micros` after the beginning of day `days`, however many or few these are. */
export function momentAt(days: number, micros: number): Moment {
  const over = Math.floor(micros / DAY_MICROS)
  return { days: days + over, micros: micros - over * DAY_MICROS }
}

/** 1 for Monday to 7 for Sunday. */
export const weekday = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1

/** ISO 8601 week and the year that it belongs to: that of its Thursday. */
export function isoWeek(days: number): { year: number; week: number } {
  const thursday = days + 4 - weekday(days)
  const [year] = civilFromDays(thursday)
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 }
}
