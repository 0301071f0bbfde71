import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DataType,
  date,
  int32,
  integerRange,
  time,
  timestamp,
  utf8,
} from '../../../src/arrow/data-type.ts'
import { SCALAR_FUNCTIONS } from '../../../src/exec/function/scalar-functions.ts'
import { runs } from '../../support/random.ts'
import { nullable, outcome, scalarsOf, valuesOf, vectorOf } from './vectors.ts'

const DAY = 86_400_000
const floorDiv = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b

/** A moment's milliseconds, floored. */
function millis(value: unknown, type: DataType): number {
  if (type.name === 'date') return Number(value) * DAY
  return Number(
    type.name === 'timestamp' && type.unit === 'us' ? floorDiv(value as bigint, 1000n) : value,
  )
}

const FIELDS = {
  year: (at: Date) => at.getUTCFullYear(),
  quarter: (at: Date) => Math.floor(at.getUTCMonth() / 3) + 1,
  month: (at: Date) => at.getUTCMonth() + 1,
  day: (at: Date) => at.getUTCDate(),
  dayOfWeek: (at: Date) => ((at.getUTCDay() + 6) % 7) + 1,
  dayOfYear: (at: Date) => Math.floor((at.getTime() - yearStart(at)) / DAY) + 1,
  hour: (at: Date) => at.getUTCHours(),
  minute: (at: Date) => at.getUTCMinutes(),
  second: (at: Date) => at.getUTCSeconds(),
}

function utc(year: number, month: number): number {
  const at = new Date(0)
  at.setUTCFullYear(year, month, 1)
  return at.getTime()
}
const yearStart = (at: Date) => utc(at.getUTCFullYear(), 0)
const dayStart = (at: Date) => Math.floor(at.getTime() / DAY) * DAY

const UNITS = {
  year: yearStart,
  quarter: (at: Date) => utc(at.getUTCFullYear(), at.getUTCMonth() - (at.getUTCMonth() % 3)),
  month: (at: Date) => utc(at.getUTCFullYear(), at.getUTCMonth()),
  week: (at: Date) => dayStart(at) - ((at.getUTCDay() + 6) % 7) * DAY,
  day: dayStart,
  hour: (at: Date) => Math.floor(at.getTime() / 3_600_000) * 3_600_000,
  minute: (at: Date) => Math.floor(at.getTime() / 60_000) * 60_000,
  second: (at: Date) => Math.floor(at.getTime() / 1000) * 1000,
}

describe('fields of dates and timestamps', () => {
  for (const type of [date, timestamp('ms'), timestamp('us')]) {
    const [least, greatest] = integerRange(type)
    const anywhere = fc.bigInt({ min: least, max: greatest })
    const wide = anywhere.map((value) => (type.name === 'date' ? Number(value) : value))
    const column = fc.array(nullable(fc.oneof(wide, valuesOf(type))), {
      minLength: 1,
      maxLength: 10,
    })

    test(`of ${type.name} ${'unit' in type ? type.unit : ''} are those of Date in UTC`, () => {
      fc.assert(
        fc.property(column, (rows) => {
          const input = [vectorOf(type, rows)]
          for (const [name, of] of Object.entries(FIELDS)) {
            const got = SCALAR_FUNCTIONS[name as keyof typeof FIELDS](input, int32, rows.length)
            expect(scalarsOf(got)).toEqual(
              rows.map((row) => (row === null ? null : of(new Date(millis(row, type))))),
            )
          }
          expect(scalarsOf(SCALAR_FUNCTIONS.date(input, date, rows.length))).toEqual(
            rows.map((row) => (row === null ? null : dayStart(new Date(millis(row, type))) / DAY)),
          )
        }),
        { numRuns: runs(200) },
      )
    })

    test(`truncate of ${type.name} ${'unit' in type ? type.unit : ''} goes back to the unit's start`, () => {
      fc.assert(
        fc.property(column, (rows) => {
          const input = vectorOf(type, rows)
          for (const [unit, of] of Object.entries(UNITS)) {
            const got = SCALAR_FUNCTIONS.truncate(
              [input, vectorOf(utf8, [unit])],
              type,
              rows.length,
            )
            expect(scalarsOf(got)).toEqual(
              rows.map((row) => {
                if (row === null) return null
                const start = of(new Date(millis(row, type)))
                if (type.name === 'date') return Math.floor(start / DAY)
                return 'unit' in type && type.unit === 'us' ? BigInt(start) * 1000n : BigInt(start)
              }),
            )
          }
        }),
        { numRuns: runs(150) },
      )
    })
  }

  test('a time has a clock and no calendar', () => {
    const noon = (12n * 3600n + 34n * 60n + 56n) * 1_000_000n + 789n
    const input = vectorOf(time, [noon])
    const fields = (['hour', 'minute', 'second'] as const).map((name) =>
      scalarsOf(SCALAR_FUNCTIONS[name]([input], int32, 1)),
    )
    expect(fields).toEqual([[12], [34], [56]])
    const to = (unit: string) => () =>
      scalarsOf(SCALAR_FUNCTIONS.truncate([input, vectorOf(utf8, [unit])], time, 1))
    expect(to('hour')()).toEqual([12n * 3_600_000_000n])
    expect(outcome(to('month'))).toBe('INVALID')
    expect(outcome(to('fortnight'))).toBe('INVALID')
  })
})
