import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as types from '../../../src/arrow/data-type.ts'
import { parseScalar } from '../../../src/arrow/scalar.ts'
import { parseDate } from '../../../src/arrow/temporal.ts'
import {
  clockAt,
  dateAt,
  decimalAt,
  floatAt,
  stampAt,
  wholeAt,
} from '../../../src/io/import/text-number.ts'
import { runs } from '../../support/random.ts'

type At = (bytes: Uint8Array, start: number, end: number) => number

/**
 * A fast reader may pass (NaN), but what it says is what `parseScalar` says, and no error is missed,
 * whatever stands beside the field: any character may be the delimiter.
 */
function agrees(at: At, type: types.DataType, text: string): void {
  for (const beside of '7-.:Z') agreesBeside(beside, at, type, text)
}

function agreesBeside(beside: string, at: At, type: types.DataType, text: string): void {
  const bytes = Buffer.from(`${beside}${text}${beside}`)
  const fast = at(bytes, 1, bytes.length - 1)
  if (Number.isNaN(fast)) return
  let slow: unknown
  try {
    slow = parseScalar(text, type)
  } catch {
    slow = 'no value'
  }
  expect(
    Object.is(typeof slow === 'bigint' ? Number(slow) : slow, fast),
    `${text}: ${fast}, not ${slow}`,
  ).toBe(true)
}

const mixed = (characters: string) =>
  fc.array(fc.constantFrom(...characters), { maxLength: 20 }).map((parts) => parts.join(''))
const digits = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^\d{0,17}$/),
    fc.constantFrom('', '.'),
    fc.stringMatching(/^\d{0,9}$/),
  )
  .map((parts) => parts.join(''))
const stamp = fc
  .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .chain((date) => {
    const iso = date.toISOString()
    return fc.constantFrom(
      iso,
      iso.slice(0, -1),
      iso.slice(0, 19),
      iso.slice(0, 10),
      iso.replace('T', ' '),
      iso.slice(11, 23),
      iso.slice(11, 19),
      iso.replace('Z', '457'),
      iso.replace(/\d/, '9'),
      iso.replace(/-../, '-13'),
    )
  })
const anyText = fc.oneof(digits, stamp, mixed('0123456789.-:TZ'))

test('a date is read in every month that is kept, and beside those', () => {
  const two = (value: number) => String(value).padStart(2, '0')
  for (const year of [1899, 1900, 1904, 1999, 2000, 2023, 2024, 2099, 2100]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${two(month)}-${two(day)}`
        const expected = parseDate(text) ?? Number.NaN
        expect(dateAt(Buffer.from(text), 0, 10), text).toBe(expected)
      }
    }
  }
})

describe('fast readers', () => {
  const readers: [string, At, types.DataType][] = [
    ['whole', wholeAt, types.int64],
    ['decimal(15,2)', (b, s, e) => decimalAt(b, s, e, 2), types.decimal(38, 2)],
    ['decimal(38,20)', (b, s, e) => decimalAt(b, s, e, 20), types.decimal(38, 20)],
    ['float', floatAt, types.float64],
    ['date', dateAt, types.date],
    ['time', (b, s, e) => clockAt(b, s, e, 1_000_000), types.time],
    ['timestamp(ms)', (b, s, e) => stampAt(b, s, e, 1_000), types.timestamp('ms')],
    ['timestamp(us)', (b, s, e) => stampAt(b, s, e, 1_000_000), types.timestamp('us', 'UTC')],
  ]
  test.each(readers)('%s says what parseScalar says', (_, at, type) => {
    fc.assert(
      fc.property(anyText, (text) => agrees(at, type, text)),
      { numRuns: runs(3000) },
    )
  })

  test('the common forms are not left to the slow way', () => {
    const at = (read: At, text: string) => read(Buffer.from(text), 0, text.length)
    expect(at(wholeAt, '-123456789012345')).toBe(-123456789012345)
    expect(at((b, s, e) => decimalAt(b, s, e, 2), '-12345.67')).toBe(-1234567)
    expect(at(floatAt, '0.1')).toBe(0.1)
    expect(at(floatAt, '-0')).toBe(-0)
    expect(at(dateAt, '1969-12-31')).toBe(-1)
    expect(at((b, s, e) => stampAt(b, s, e, 1_000), '1970-01-01T00:00:01.5')).toBeNaN()
    expect(at((b, s, e) => stampAt(b, s, e, 1_000), '1970-01-01T00:00:01.500Z')).toBe(1500)
  })
})
