import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCents, decodeDecimal } from '../../src/kernel/decode-decimal.ts'
import { decodeFloats } from '../../src/kernel/decode-float.ts'
import { decodeDates, enterYear, MONTHS } from '../../src/kernel/decode-temporal.ts'
import { decodeExact, decodeInt32 } from '../../src/kernel/decode-whole.ts'
import { runs } from '../support/random.ts'

const NONE = new Uint8Array(0)

/** Lines as a kernel takes them: behind `before` other bytes, with room after. */
function linesOf(texts: readonly string[], before = 0) {
  const text = Buffer.from(texts.map((line) => `${line}\n`).join(''), 'latin1')
  const bytes = new Uint8Array(before + text.length + 64).fill(57)
  bytes.set(text, before)
  const view = new DataView(bytes.buffer)
  return { bytes, view, from: before, to: before + text.length }
}

type Kernel = (
  of: ReturnType<typeof linesOf>,
  rows: number,
  cursor: Int32Array,
) => ArrayLike<number>

/** What a kernel decodes of lines, until it stops. */
function decode(kernel: Kernel, texts: readonly string[], before = 0) {
  const lines = linesOf(texts, before)
  const cursor = new Int32Array(3)
  const values = Array.from(kernel(lines, texts.length, cursor))
  return { values, rest: cursor[0]! - before }
}

function int32(limits: readonly [number, number]): Kernel {
  return ({ view, from, to }, rows, cursor) => {
    const values = new Int32Array(rows)
    const count = decodeInt32(view, from, to, values, 0, rows, NONE, ...limits, cursor)
    return values.subarray(0, count)
  }
}

function float64(
  run: (of: ReturnType<typeof linesOf>, values: Float64Array, cursor: Int32Array) => number,
): Kernel {
  return (lines, rows, cursor) => {
    const values = new Float64Array(rows)
    return values.subarray(0, run(lines, values, cursor))
  }
}

const SAFE = Number.MAX_SAFE_INTEGER
const exact = float64(({ view, from, to }, values, cursor) =>
  decodeExact(view, from, to, values, 0, values.length, NONE, -SAFE, SAFE, cursor),
)
const decimal = (scale: number) =>
  float64(({ bytes, view, from, to }, values, cursor) => {
    const { length } = values
    return decodeDecimal(bytes, view, from, to, values, 0, length, NONE, scale, -SAFE, SAFE, cursor)
  })
const cents = float64(({ view, from, to }, values, cursor) =>
  decodeCents(view, from, to, values, 0, values.length, cursor),
)
const floats = float64(({ bytes, from, to }, values, cursor) =>
  decodeFloats(bytes, from, to, values, 0, values.length, NONE, cursor),
)
const months = new Int32Array(MONTHS)
for (const year of [1900, 1994, 1996, 2000]) enterYear(months, year)
const dates: Kernel = ({ bytes, view, from, to }, rows, cursor) => {
  const values = new Int32Array(rows)
  const end = decodeDates(bytes, view, from, to, values, 0, rows, NONE, months, cursor)
  return values.subarray(0, end)
}

describe('the fast kernels', () => {
  it('decode whole numbers of up to 15 digits as Number does, at any position', () => {
    const size = fc.constantFrom(9, 99, 9999, 10_000, 99_999_999, 1e8, 1e12, 999_999_999_999_999)
    const number = size.chain((most) => fc.integer({ min: -most, max: most }))
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), fc.nat(9), (values, before) => {
        const texts = values.map(String)
        expect(decode(exact, texts, before).values).toEqual(values)
        const small = values.filter((value) => value === (value | 0))
        const limits = [-2147483648, 2147483647] as const
        expect(decode(int32(limits), small.map(String), before).values).toEqual(small)
      }),
      { numRuns: runs(500) },
    )
  })

  it('decode decimals into unscaled numbers', () => {
    const whole = fc.integer({ min: -99_999_999, max: 99_999_999 })
    fc.assert(
      fc.property(
        fc.array(whole, { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        (values, scale) => {
          const texts = values.map((value) => {
            const digits = String(Math.abs(value)).padStart(scale + 1, '0')
            return `${value < 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
          })
          expect(decode(decimal(scale), texts).values).toEqual(values)
        },
      ),
      { numRuns: runs(500) },
    )
  })

  it('decode floats of up to 15 digits as Number does', () => {
    const number = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(6))
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), (parts) => {
        const values = parts.map(([value, scale]) => value / 10 ** scale).filter((v) => v !== 0)
        const simple = values.filter((value) => Math.abs(value) >= 1e-6)
        expect(decode(floats, simple.map(String)).values).toEqual(simple)
      }),
      { numRuns: runs(500) },
    )
  })

  const stops: [string, Kernel, string, string[]][] = [
    [
      'int8',
      int32([-128, 127]),
      '127',
      ['128', '-129', '01', '-0', '', '+1', '1.0', '\\N', 'x', '1 '],
    ],
    [
      'int32',
      int32([-2147483648, 2147483647]),
      '7',
      ['2147483648', '-2147483649', '00', '1:', '-'],
    ],
    [
      'int32',
      int32([-2147483648, 2147483647]),
      '7',
      ['12345678901', '99999999999999', '4294967297'],
    ],
    ['int64', exact, '7', ['1234567890123456', '01', '-0', '12345/', '1234567:', '--1', '']],
    ['decimal', decimal(2), '1.25', ['1.2', '1.255', '1,25', '01.25', '-0.00', '1.2x', '.25', '']],
    ['decimal', decimal(3), '1.255', ['1.25', '1.2555', '1.2 5', '1234567890.125', '-', '1.']],
    ['cents', cents, '1.25', ['11.25', '1.255', '1,25', 'x.25', '1.x5', '1.2x', '-1.2', '1.25 ']],
    ['float', floats, '1.5', ['1.50', '01', '1.', '.5', '1e5', '0.0000001', '-0', 'NaN', '']],
    [
      'date',
      dates,
      '1994-02-28',
      ['1994-02-29', '1900-02-29', '1994-13-01', '1994-00-01', '1995-01-01'],
    ],
    [
      'date',
      dates,
      '1996-02-29',
      ['1994-01-00', '1994-1-001', '1994-01-1', '1994-0:-11', '199/-01-01'],
    ],
  ]
  it.each(stops)('stop at a line that is no simple %s', (_, kernel, good, wrong) => {
    for (const text of wrong) {
      const { values, rest } = decode(kernel, [good, text, good])
      expect([text, values.length, rest]).toEqual([text, 1, good.length + 1])
    }
    expect(decode(kernel, [good, good]).values).toHaveLength(2)
  })
})
