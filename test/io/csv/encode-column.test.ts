import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binary,
  bool,
  date,
  decimal,
  float64,
  int32,
  int64,
  isFloat,
  isNumeric,
  json,
  time,
  timestamp,
  utf8,
} from '../../../src/arrow/data-type.ts'
import { compareScalars, type Scalar, scalarText } from '../../../src/arrow/scalar.ts'
import { slice } from '../../../src/arrow/vector.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { runs } from '../../support/random.ts'
import { vectorOf } from './column-store.ts'
import { columnsOf, TYPES } from './column-values.ts'

const anyColumn = fc
  .constantFrom(...TYPES)
  .chain((type) => columnsOf(type).map((values) => ({ type, values })))

const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const lines = (type: Parameters<typeof vectorOf>[0], values: Scalar[], name = 'c') =>
  text(encodeColumn(name, vectorOf(type, values)).bytes)

/** One value as a line, written as simply as can be. */
function line(value: Scalar, type: Parameters<typeof scalarText>[1]): string {
  if (value === null) return '\\N'
  const plain = scalarText(value, type)
  const quoted = /^$|^\\N$|[",\r\n]|^[ \t]|[ \t]$/.test(plain)
  return quoted ? `"${plain.replaceAll('"', '""')}"` : plain
}

describe('the file of a column', () => {
  it('is its name and then one value a line', () => {
    expect(lines(int32, [1, null, -20])).toBe('c\n1\n\\N\n-20\n')
    expect(lines(decimal(5, 2), [5n, -5n, 12345n, 0n])).toBe('c\n0.05\n-0.05\n123.45\n0.00\n')
    expect(lines(int64, [2n ** 63n - 1n, -(2n ** 63n)])).toBe(
      'c\n9223372036854775807\n-9223372036854775808\n',
    )
    expect(lines(float64, [-0, 0.1, 1e21, Number.NaN, -1 / 0])).toBe(
      'c\n-0\n0.1\n1e+21\nNaN\n-Infinity\n',
    )
    expect(lines(date, [0, -719528])).toBe('c\n1970-01-01\n0000-01-01\n')
    expect(lines(time, [1n])).toBe('c\n00:00:00.000001\n')
    expect(lines(timestamp('us', 'UTC'), [-1n])).toBe('c\n1969-12-31T23:59:59.999999Z\n')
    expect(lines(bool, [true, false])).toBe('c\ntrue\nfalse\n')
    expect(lines(binary, [Uint8Array.of(0, 171), new Uint8Array(0)])).toBe('c\n00ab\n""\n')
    expect(lines(json, ['{"a":1}'])).toBe('c\n"{""a"":1}"\n')
    expect(lines(utf8, ['', '\\N', 'a b', ' a', 'x,y', 'a\nb', '\\n'])).toBe(
      'c\n""\n"\\N"\na b\n" a"\n"x,y"\n"a\nb"\n\\n\n',
    )
    expect(lines(int32, [], 'a,b')).toBe('"a,b"\n')
  })

  it('holds the text of each value, quoted where it must be', () => {
    fc.assert(
      fc.property(anyColumn, fc.string({ unit: 'grapheme' }), ({ type, values }, name) => {
        const expected = [line(name, utf8), ...values.map((value) => line(value, type))]
        expect(lines(type, values, name)).toBe(`${expected.join('\n')}\n`)
      }),
      { numRuns: runs(600) },
    )
  })

  it('is the same for a slice as for its rows alone', () => {
    fc.assert(
      fc.property(anyColumn, fc.nat(60), fc.nat(60), ({ type, values }, a, b) => {
        const from = Math.min(a, b, values.length)
        const to = Math.min(Math.max(a, b), values.length)
        const part = slice(vectorOf(type, values), from, to)
        const alone = vectorOf(type, values.slice(from, to))
        expect(encodeColumn('c', part)).toEqual(encodeColumn('c', alone))
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('the statistics of a column', () => {
  it('are what a plain look at the values says', () => {
    fc.assert(
      fc.property(anyColumn, ({ type, values }) => {
        const { bytes, statistics } = encodeColumn('c', vectorOf(type, values))
        const valid = values.filter((value) => value !== null)
        const real = valid.filter((value) => !Number.isNaN(value))
        expect(statistics).toMatchObject({
          rows: values.length,
          nulls: values.length - valid.length,
          nans: valid.length - real.length,
          bytes: bytes.length,
          crc32: crc32(bytes),
        })
        const whole = isNumeric(type) && !isFloat(type)
        const sum = whole ? valid.reduce((a: bigint, b) => a + BigInt(b as number), 0n) : null
        expect(statistics.sum).toBe(sum)
        const plus = (value: Scalar) => (value === 0 ? 0 : value)
        expect(statistics.distinct).toBe(new Set(valid.map((v) => line(plus(v), type))).size)
        expect(statistics.distinctExact).toBe(true)
        const sorted = [...real].sort(compareScalars)
        const [least, greatest] = [plus(sorted[0] ?? null), plus(sorted.at(-1) ?? null)]
        if (statistics.minExact) expect(statistics.min).toEqual(least)
        else expect(compareScalars(statistics.min, least)).toBeLessThan(0)
        if (statistics.maxExact) expect(statistics.max).toEqual(greatest)
        else expect(compareScalars(statistics.max, greatest)).toBeGreaterThan(0)
      }),
      { numRuns: runs(800) },
    )
  })

  it('give hints that are true', () => {
    fc.assert(
      fc.property(anyColumn, ({ type, values }) => {
        const { hints } = encodeColumn('c', vectorOf(type, values)).statistics
        const texts = values.map((value) => line(value, type))
        const sizes = texts.map((value) => Buffer.byteLength(value))
        expect(hints.longest).toBe(Math.max(0, ...sizes))
        expect(hints.width).toBe(new Set(sizes).size === 1 ? sizes[0] : null)
        expect(hints.plain).toBe(!texts.some((value) => value.startsWith('"')))
        expect(hints.ascii).toBe(texts.every((value) => /^[\0-\x7f]*$/.test(value)))
        const whole = values.every((value) => value !== null && !Number.isNaN(value))
        const steps = values.slice(1).map((value, i) => compareScalars(values[i]!, value))
        const up = whole && values.length > 0 && steps.every((step) => step <= 0)
        const down = whole && values.length > 0 && steps.every((step) => step >= 0)
        expect(hints.order).toBe(up ? 'ascending' : down ? 'descending' : null)
      }),
      { numRuns: runs(600) },
    )
  })

  it('bound long text by 64 bytes, cut between code points', () => {
    const of = (...values: string[]) => encodeColumn('c', vectorOf(utf8, values)).statistics
    const { min, max, minExact, maxExact } = of(`${'é'.repeat(40)}`)
    expect([min, minExact]).toEqual(['é'.repeat(32), false])
    expect([max, maxExact]).toEqual([`${'é'.repeat(31)}ê`, false])
    expect(of(`${'a'.repeat(63)}é`).max).toBe(`${'a'.repeat(62)}b`)
    const highest = '\u{10ffff}'.repeat(20)
    expect(of(highest)).toMatchObject({ max: highest, maxExact: true })
  })

  it('count many distinct values exactly where they lie close, else within 10 %', () => {
    const values = Float64Array.from({ length: 50_000 }, (_, row) => row)
    const head = { length: 50_000, validity: null }
    const near = encodeColumn('c', { ...head, type: int64, layout: 'f64', values })
    expect(near.statistics).toMatchObject({ distinct: 50_000, distinctExact: true })
    const far = values.map((value) => value * 1_000_003)
    const spread = encodeColumn('c', {
      ...head,
      type: int64,
      layout: 'f64',
      values: far,
    }).statistics
    expect(spread.distinctExact).toBe(false)
    expect(Math.abs(spread.distinct / 50_000 - 1)).toBeLessThan(0.1)
    const texts = encodeColumn(
      'c',
      vectorOf(
        utf8,
        Array.from(values, (value) => `row ${value}`),
      ),
    )
    expect(texts.statistics.distinctExact).toBe(false)
    expect(Math.abs(texts.statistics.distinct / 50_000 - 1)).toBeLessThan(0.1)
  })

  it('sum exactly beyond 2^53', () => {
    const value = 2 ** 53 - 1
    const values = new Float64Array(1001).fill(value)
    const vector = { type: int64, layout: 'f64' as const, length: 1001, validity: null, values }
    expect(encodeColumn('c', vector).statistics.sum).toBe(BigInt(value) * 1001n)
    const negative = { ...vector, values: values.map((v, i) => (i % 3 === 0 ? v : -v)) }
    const expected = [...negative.values].reduce((sum, v) => sum + BigInt(v), 0n)
    expect(encodeColumn('c', negative).statistics.sum).toBe(expected)
  })
})
