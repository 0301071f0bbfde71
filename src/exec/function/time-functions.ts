import { civilFromDays, daysFromCivil, daysInMonth } from '../../arrow/temporal.ts'
import { invalid } from '../../error.ts'
import type { ScalarFunction } from './argument.ts'
import {
  DAY_MICROS,
  isoWeek,
  type Moment,
  momentAt,
  momentFunction,
  momentValue,
  weekday,
} from './moment.ts'
import { rowFunction } from './row-function.ts'
import { formatMoment, MONTHS, parseMoment, WEEKDAYS } from './time-text.ts'
import { fromZone, toZone } from './time-zone.ts'

const MICROS = new Map([
  ['hour', 3_600_000_000],
  ['minute', 60_000_000],
  ['second', 1_000_000],
  ['millisecond', 1000],
  ['microsecond', 1],
])

const MONTHS_OF = new Map([
  ['year', 12],
  ['quarter', 3],
  ['month', 1],
])

/** `amount` units later; a day that the month does not have becomes its last. */
function dateAdd({ days, micros }: Moment, amount: number | bigint, unit: string): Moment {
  const count = Number(amount)
  const months = MONTHS_OF.get(unit)
  if (months !== undefined) {
    const [year, month, day] = civilFromDays(days)
    const index = year * 12 + month - 1 + count * months
    const to = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1 }
    if (!(to.year >= 0 && to.year <= 9999)) return { days: Number.NaN, micros }
    const last = daysInMonth(to.year, to.month)
    return { days: daysFromCivil(to.year, to.month, Math.min(day, last)), micros }
  }
  const size = MICROS.get(unit)
  if (size === undefined) return { days: days + count * (unit === 'week' ? 7 : 1), micros }
  const perDay = DAY_MICROS / size
  const whole = Math.trunc(count / perDay)
  return momentAt(days + whole, micros + (count - whole * perDay) * size)
}

/** How many beginnings of `unit` lie between the two: from the second argument to the first. */
function dateDiff(later: Moment, earlier: Moment, unit: string): number | bigint {
  const size = MICROS.get(unit)
  if (size === undefined) return unitIndex(later.days, unit) - unitIndex(earlier.days, unit)
  const perDay = BigInt(DAY_MICROS / size)
  const index = ({ days, micros }: Moment) =>
    BigInt(days) * perDay + BigInt(Math.floor(micros / size))
  return index(later) - index(earlier)
}

function unitIndex(days: number, unit: string): number {
  const months = MONTHS_OF.get(unit)
  if (months === undefined) return unit === 'week' ? Math.floor((days + 3) / 7) : days
  const [year, month] = civilFromDays(days)
  return Math.floor((year * 12 + month - 1) / months)
}

/** Whole units since 1970-01-01. */
function epoch(moment: Moment, unit: string): number | bigint {
  return dateDiff(moment, { days: 0, micros: 0 }, unit)
}

function makeDate(year: number, month: number, day: number): number {
  const isMonth = year >= 0 && year <= 9999 && month >= 1 && month <= 12
  if (isMonth && day >= 1 && day <= daysInMonth(year, month)) return daysFromCivil(year, month, day)
  throw invalid(`there is no date ${year}-${month}-${day}`, { year, month, day })
}

const makeTimestamp: ScalarFunction = (args, type, length) =>
  rowFunction(
    (year: number, month: number, day: number, hour: number, minute: number, second: number) => {
      const days = makeDate(year, month, day)
      return momentValue({ days, micros: makeTime(hour, minute, second) }, type)
    },
  )(args, type, length)

/** The first day after, that is the weekday `wanted` (1 for Monday to 7). */
function nextDay({ days }: Moment, wanted: number): Moment {
  if (!(wanted >= 1 && wanted <= 7)) {
    throw invalid(`nextDay: a weekday is 1 for Monday to 7 for Sunday, got ${wanted}`, { wanted })
  }
  return { days: days + ((((wanted - weekday(days) - 1) % 7) + 7) % 7) + 1, micros: 0 }
}

function parsed(options: { readonly orNull: boolean }): ScalarFunction {
  return (args, type, length) =>
    rowFunction((text: string, format: string) => {
      const moment = parseMoment(text, format)
      if (typeof moment !== 'string') return momentValue(moment, type)
      if (options.orNull) return null
      throw invalid(`"${text.slice(0, 60)}" is no time of the format "${format}": ${moment}`, {
        value: text.slice(0, 60),
        format,
      })
    })(args, type, length)
}

const year = (days: number) => civilFromDays(days)[0]
const month = (days: number) => civilFromDays(days)[1]

/** The last day before, that is the weekday `wanted` (1 for Monday to 7). */
function previousDay(moment: Moment, wanted: number): Moment {
  const { days } = nextDay(moment, wanted)
  return { days: days - (weekday(moment.days) === wanted ? 14 : 7), micros: 0 }
}

const isBefore = (a: Moment, b: Moment): boolean =>
  a.days < b.days || (a.days === b.days && a.micros < b.micros)

/** How many whole units lie between the two: from the second argument to the first. */
function elapsed(later: Moment, earlier: Moment, unit: string): number | bigint {
  if (isBefore(later, earlier)) {
    const count = elapsed(earlier, later, unit)
    return typeof count === 'bigint' ? -count : 0 - count
  }
  const size = MICROS.get(unit)
  if (size !== undefined) {
    const micros = BigInt(later.days - earlier.days) * BigInt(DAY_MICROS)
    return (micros + BigInt(later.micros - earlier.micros)) / BigInt(size)
  }
  const months = MONTHS_OF.get(unit)
  const isShort = later.micros < earlier.micros ? 1 : 0
  if (months === undefined) {
    return Math.floor((later.days - earlier.days - isShort) / (unit === 'week' ? 7 : 1))
  }
  const between = unitIndex(later.days, 'month') - unitIndex(earlier.days, 'month')
  const reached = dateAdd(earlier, between, 'month')
  return Math.floor((between - (isBefore(later, reached) ? 1 : 0)) / months)
}

/** Months, and days as parts of 31; whole where both are the same or the last day of a month. */
function monthsBetween(later: Moment, earlier: Moment): number {
  const months = unitIndex(later.days, 'month') - unitIndex(earlier.days, 'month')
  const [a, b] = [civilFromDays(later.days), civilFromDays(earlier.days)]
  const isLast = ([y, m, d]: readonly [number, number, number]) => d === daysInMonth(y, m)
  if (a[2] === b[2] || (isLast(a) && isLast(b))) return months
  return months + (a[2] - b[2] + (later.micros - earlier.micros) / DAY_MICROS) / 31
}

const MONDAY_2000 = daysFromCivil(2000, 1, 3)

/** The start of the run of `count` units that it is in, counted from the year 2000. */
function timeBucket({ days, micros }: Moment, count: number, unit: string): Moment {
  if (count < 1) throw invalid(`bucket: a whole number of units from 1 on, got ${count}`, { count })
  const floored = (value: number, step: number) => Math.floor(value / step) * step
  const months = MONTHS_OF.get(unit)
  if (months !== undefined) {
    const index = 24_000 + floored(unitIndex(days, 'month') - 24_000, months * count)
    return { days: daysFromCivil(Math.floor(index / 12), (index % 12) + 1, 1), micros: 0 }
  }
  const size = MICROS.get(unit)
  if (size === undefined) {
    const step = count * (unit === 'week' ? 7 : 1)
    return { days: MONDAY_2000 + floored(days - MONDAY_2000, step), micros: 0 }
  }
  const since = BigInt(days - MONDAY_2000) * BigInt(DAY_MICROS) + BigInt(micros)
  const step = BigInt(size) * BigInt(count)
  const rest = ((since % step) + step) % step
  return momentAt(days, micros - Number(rest))
}

const fromEpoch: ScalarFunction = (args, type, length) =>
  rowFunction((value: number | bigint, unit: string) =>
    momentValue(dateAdd({ days: 0, micros: 0 }, value, unit), type),
  )(args, type, length)

function makeTime(hour: number, minute: number, second: number): number {
  const isClock = hour >= 0 && hour < 24 && minute >= 0 && minute < 60
  if (!(isClock && second >= 0 && second < 60)) {
    throw invalid(`there is no time ${hour}:${minute}:${second}`, { hour, minute, second })
  }
  const micros = Math.min(Math.round(second * 1_000_000), 59_999_999)
  return (hour * 60 + minute) * 60_000_000 + micros
}

/** Functions of dates and times beyond their plainest fields. */
export const TIME_FUNCTIONS = {
  isoWeek: momentFunction(({ days }) => isoWeek(days).week),
  isoYear: momentFunction(({ days }) => isoWeek(days).year),
  decade: momentFunction(({ days }) => Math.floor(year(days) / 10)),
  century: momentFunction(({ days }) => Math.ceil(year(days) / 100)),
  daysInMonth: momentFunction(({ days }) => daysInMonth(year(days), month(days))),
  isLeapYear: momentFunction(({ days }) => daysInMonth(year(days), 2) === 29),
  dayName: momentFunction(({ days }) => WEEKDAYS[weekday(days) - 1]!),
  monthName: momentFunction(({ days }) => MONTHS[month(days) - 1]!),
  millisecond: momentFunction(({ micros }) => Math.floor(micros / 1000) % 1000),
  microsecond: momentFunction(({ micros }) => micros % 1_000_000),
  epoch: momentFunction(epoch),
  monthEnd: momentFunction(({ days }) => {
    const [y, m, d] = civilFromDays(days)
    return { days: days + daysInMonth(y, m) - d, micros: 0 }
  }),
  nextDay: momentFunction(nextDay),
  dateAdd: momentFunction(dateAdd),
  dateDiff: momentFunction(dateDiff),
  makeDate: rowFunction(makeDate),
  makeTimestamp,
  formatTime: momentFunction(formatMoment),
  parseDate: parsed({ orNull: false }),
  parseTimestamp: parsed({ orNull: false }),
  tryParseDate: parsed({ orNull: true }),
  tryParseTimestamp: parsed({ orNull: true }),
  toZone: momentFunction(toZone),
  fromZone: momentFunction(fromZone),
  previousDay: momentFunction(previousDay),
  monthsBetween: momentFunction(monthsBetween),
  elapsed: momentFunction(elapsed),
  timeBucket: momentFunction(timeBucket),
  fromEpoch,
  timeOf: momentFunction(({ micros }) => micros),
  makeTime: rowFunction(makeTime),
} satisfies Record<string, ScalarFunction>
