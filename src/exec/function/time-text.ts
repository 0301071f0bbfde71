import { civilFromDays, daysFromCivil, daysInMonth } from '../../arrow/temporal.ts'
import { type TimePiece, timePieces } from '../../plan/time-format.ts'
import { type Moment, weekday } from './moment.ts'

export const WEEKDAYS: readonly string[] =
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

export const MONTHS: readonly string[] =
  'January February March April May June July August September October November December'.split(' ')

const CACHED_MAX = 64
const cached = new Map<string, readonly TimePiece[]>()

function piecesOf(format: string): readonly TimePiece[] {
  const known = cached.get(format)
  if (known !== undefined) return known
  const pieces = timePieces(format)
  if (cached.size >= CACHED_MAX) cached.clear()
  cached.set(format, pieces)
  return pieces
}

/** A moment in the words of a good format. */
export function formatMoment(moment: Moment, format: string): string {
  let text = ''
  for (const piece of piecesOf(format)) {
    if ('text' in piece) text += piece.text
    else {
      const field = fieldText(moment, piece.directive)
      text += piece.padded ? field : field.replace(/^0+(?=\d)/, '')
    }
  }
  return text
}

function fieldText({ days, micros }: Moment, directive: string): string {
  const [year, month, day] = civilFromDays(days)
  const hour = Math.floor(micros / 3_600_000_000)
  switch (directive) {
    case 'Y':
      return digits(year, 4)
    case 'y':
      return digits(year % 100, 2)
    case 'm':
      return digits(month, 2)
    case 'd':
      return digits(day, 2)
    case 'j':
      return digits(days - daysFromCivil(year, 1, 1) + 1, 3)
    case 'H':
      return digits(hour, 2)
    case 'I':
      return digits(hour % 12 === 0 ? 12 : hour % 12, 2)
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 'M':
      return digits(Math.floor(micros / 60_000_000) % 60, 2)
    case 'S':
      return digits(Math.floor(micros / 1_000_000) % 60, 2)
    case 'f':
      return digits(micros % 1_000_000, 6)
    case 'g':
      return digits(Math.floor(micros / 1000) % 1000, 3)
    case 'b':
      return MONTHS[month - 1]!.slice(0, 3)
    case 'B':
      return MONTHS[month - 1]!
    case 'a':
      return WEEKDAYS[weekday(days) - 1]!.slice(0, 3)
    case 'A':
      return WEEKDAYS[weekday(days) - 1]!
    case 'u':
      return String(weekday(days))
    default:
      throw new Error(`no time directive ${directive}`)
  }
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0')

/** Digits at most of the directives that are numbers. */
const WIDTHS = new Map([
  ...[...'ymdHIMS'].map((directive) => [directive, 2] as const),
  ['Y', 4],
  ['j', 3],
  ['f', 6],
  ['g', 3],
  ['u', 1],
])

/** The moment that `text` names in a good format, or what is wrong with it. */
export function parseMoment(text: string, format: string): Moment | string {
  const found = new Map<string, number>()
  let at = 0
  for (const piece of piecesOf(format)) {
    if ('text' in piece) {
      if (!text.startsWith(piece.text, at)) return `no "${piece.text}" at position ${at}`
      at += piece.text.length
      continue
    }
    const field = readField(text, at, piece.directive)
    if (field === undefined) return `no %${piece.directive} at position ${at}`
    found.set(piece.directive, field.value)
    at += field.size
  }
  return at === text.length ? momentOf(found) : `there is more from position ${at} on`
}

function readField(text: string, at: number, directive: string) {
  const width = WIDTHS.get(directive)
  if (width !== undefined) {
    const [run = ''] = /^\d*/.exec(text.slice(at, at + width)) ?? []
    if (run === '') return undefined
    const value = directive === 'f' || directive === 'g' ? run.padEnd(width, '0') : run
    return { value: Number(value), size: run.length }
  }
  for (const [position, name] of namesOf(directive).entries()) {
    if (text.slice(at, at + name.length).toLowerCase() === name.toLowerCase()) {
      return { value: position, size: name.length }
    }
  }
  return undefined
}

function namesOf(directive: string): readonly string[] {
  const short = (names: readonly string[]) => names.map((name) => name.slice(0, 3))
  if (directive === 'p') return ['AM', 'PM']
  if (directive === 'b') return short(MONTHS)
  if (directive === 'B') return MONTHS
  return directive === 'a' ? short(WEEKDAYS) : WEEKDAYS
}

function momentOf(found: ReadonlyMap<string, number>): Moment | string {
  const get = (directive: string) => found.get(directive)
  const short = get('y')
  // Two digits are 1969 to 2068, as in POSIX.
  const year = get('Y') ?? (short === undefined ? 1900 : short + (short < 69 ? 2000 : 1900))
  const named = get('b') ?? get('B')
  const month = get('m') ?? (named === undefined ? 1 : named + 1)
  const day = get('d') ?? 1
  if (month < 1 || month > 12) return `there is no month ${month}`
  if (day < 1 || day > daysInMonth(year, month)) return `that month has no day ${day}`
  const inYear = get('j')
  if (inYear !== undefined && (inYear < 1 || inYear > 366)) return `there is no day ${inYear}`
  const hour = hourOf(get('H'), get('I'), get('p'))
  const [minute, second] = [get('M') ?? 0, get('S') ?? 0]
  if (hour === undefined || minute > 59 || second > 59) return 'there is no such time of day'
  const micros = get('f') ?? (get('g') ?? 0) * 1000
  const days =
    inYear === undefined ? daysFromCivil(year, month, day) : daysFromCivil(year, 1, 1) + inYear - 1
  return { days, micros: ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros }
}

function hourOf(
  hour: number | undefined,
  half: number | undefined,
  afternoon: number | undefined,
): number | undefined {
  if (hour !== undefined || half === undefined) return (hour ?? 0) <= 23 ? (hour ?? 0) : undefined
  if (half < 1 || half > 12) return undefined
  return (half % 12) + (afternoon ?? 0) * 12
}
