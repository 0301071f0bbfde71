import type { TimestampType } from './data-type.ts'

const DAY_MS = 86_400_000n

/** Days since 1970-01-01 of a proleptic Gregorian date; `month` 1 to 12. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The inverse: `[year, month 1-12, day 1-31]`. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function civilFromDays(days: number): readonly [number, number, number] {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day]
}

export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

const digits = (value: number | bigint, width: number) => String(value).padStart(width, '0')

/** `YYYY-MM-DD`, years 0000 to 9999. */
export function printDate(days: number): string {
  const [year, month, day] = civilFromDays(days)
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
}

/** `YYYY-MM-DD` to days; undefined when it is no date of the calendar. */
export function parseDate(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (parts === null) return undefined
  const year = Number(parts[1])
  const month = Number(parts[2])
  const day = Number(parts[3])
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return daysFromCivil(year, month, day)
}

/** `HH:MM:SS.ffffff` from microseconds since midnight. */
export function printTime(micros: bigint): string {
  return clock(micros, 6)
}

/** `HH:MM[:SS[.f{1,6}]]` to microseconds since midnight. */
export function parseTime(text: string): bigint | undefined {
  const parts = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text)
  if (parts === null) return undefined
  const [, hour = '', minute = '', second = '0', fraction = ''] = parts
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second)
  return seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}

function clock(ticks: bigint, fractionDigits: 3 | 6): string {
  const perSecond = fractionDigits === 3 ? 1000n : 1_000_000n
  const seconds = ticks / perSecond
  const fraction = digits(ticks % perSecond, fractionDigits)
  return `${digits(seconds / 3600n, 2)}:${digits((seconds / 60n) % 60n, 2)}:${digits(seconds % 60n, 2)}.${fraction}`
}

/** `YYYY-MM-DDTHH:MM:SS.fff[fff][Z]`: the fraction has the unit's digits, `Z` marks a zone. */
export function printTimestamp(value: bigint, type: TimestampType): string {
  const perDay = type.unit === 'ms' ? DAY_MS : DAY_MS * 1000n
  const inDay = ((value % perDay) + perDay) % perDay
  const days = Number((value - inDay) / perDay)
  const zone = type.zone === null ? '' : 'Z'
  return `${printDate(days)}T${clock(inDay, type.unit === 'ms' ? 3 : 6)}${zone}`
}

const STAMP =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/**
 * ISO 8601 text to a timestamp in the type's unit; undefined when it is none, or when it has more
 * fraction digits than the unit holds. An offset is applied for a zoned type and refused otherwise,
 * but for `Z`, which a wall-clock type takes as its own.
 */
export function parseTimestamp(text: string, type: TimestampType): bigint | undefined {
  const parts = STAMP.exec(text)
  if (parts === null) return undefined
  const days = parseDate(parts[1]!)
  const micros = parts[2] === undefined ? 0n : parseTime(parts[2])
  if (days === undefined || micros === undefined) return undefined
  const offset = offsetMinutes(parts[3])
  if (offset === undefined || (offset !== 0 && type.zone === null)) return undefined
  const total = BigInt(days) * DAY_MS * 1000n + micros - BigInt(offset) * 60_000_000n
  if (type.unit === 'us') return total
  return total % 1000n === 0n ? total / 1000n : undefined
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || '0')
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
