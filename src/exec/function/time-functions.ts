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
      const isClock = hour >= 0 && hour < 24 && minute >= 0 && minute < 60
      if (!(isClock && second >= 0 && second < 60)) {
        throw invalid(`there is no time ${hour}:${minute}:${second}`, { hour, minute, second })
      }
      const micros = Math.min(Math.round(second * 1_000_000), 59_999_999)
      return momentValue({ days, micros: (hour * 60 + minute) * 60_000_000 + micros }, type)
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
} satisfies Record<string, ScalarFunction>
