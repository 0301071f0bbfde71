import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCents, decodeDecimal } from '../../../src/kernel/decode-decimal.ts'
import { decodeFloats } from '../../../src/kernel/decode-float.ts'
import {
  decodeDates,
  decodeTimestamps,
  enterYear,
  MONTHS,
} from '../../../src/kernel/decode-temporal.ts'
import { decodeExact, decodeInt32 } from '../../../src/kernel/decode-whole.ts'
import {
  type WasmDecode,
  wasmCents,
  wasmDates,
  wasmDecode,
  wasmDigits,
  wasmExact,
  wasmFloats,
  wasmInt32,
  wasmTimestamps,
} from '../../../src/kernel/wasm/decode-number.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'
import { anyLines, type Chunk, withChunk } from './twin.ts'

const SAFE = Number.MAX_SAFE_INTEGER

interface Outcome {
  readonly values: Int32Array | Float64Array
  readonly validity: Uint8Array
  readonly cursor: Int32Array
}

type Kernel = (chunk: Chunk, of: Outcome, row: number, limit: number) => number

/** What a kernel answers and all that it has written. */
function outcomeOf(kernel: Kernel, chunk: Chunk, frame: Frame) {
  const values = new frame.type(frame.rows + 5)
  const validity = new Uint8Array(frame.nulls ? frame.rows + 5 : 0).fill(1)
  const cursor = new Int32Array(3)
  const end = kernel(chunk, { values, validity, cursor }, frame.row, frame.row + frame.rows)
  const known = Array.from(values.subarray(0, end))
  return { end, rest: cursor[0], values: known, validity: Array.from(validity.subarray(0, end)) }
}

interface Frame {
  readonly type: typeof Int32Array | typeof Float64Array
  readonly row: number
  readonly rows: number
  readonly nulls: boolean
}

interface Case {
  readonly name: string
  readonly type: typeof Int32Array | typeof Float64Array
  readonly usual: fc.Arbitrary<string>
  readonly twin: Kernel
  readonly wasm: Kernel
  /** The twin goes on where it stops: it knows more lines. */
  readonly isPartial?: boolean
}

const inWasm =
  (of: WasmDecode): Kernel =>
  ({ address, from, to }, { values, validity, cursor }, row, limit) =>
    wasmDecode(of, address, from, to, values, row, limit, validity, cursor)

const digits = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.nat(1e9), fc.nat(1e9)).map(([count, a, b]) =>
    `${a}${String(b).padStart(9, '0')}`
      .padStart(count, '7')
      .slice(-count)
      .replace(/^0+(?=.)/, '9'),
  )
const signed = (text: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom('', '', '-'), text).map(([sign, number]) => sign + number)
const decimals = (scale: number, most: number) =>
  fc
    .tuple(digits(1, most), fc.nat(10 ** scale - 1))
    .map(([whole, part]) => `${whole}.${String(part).padStart(scale, '0')}`)
const calendar = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.nat(32))
  .map((parts) => parts.map((part, i) => String(part).padStart(i === 0 ? 4 : 2, '0')).join('-'))
const dates = fc
  .integer({ min: -719_528, max: 2_932_896 })
  .map((day) => new Date(day * 86_400_000).toISOString())
  .map((text) => (text.startsWith('+') ? '9999-12-31' : text.slice(0, 10)))

const months = new Int32Array(MONTHS)
for (let year = 0; year < 10_000; year++) enterYear(months, year)

const int32 = (name: string, least: number, greatest: number): Case => ({
  name,
  type: Int32Array,
  usual: fc.oneof(digits(1, 8), digits(1, 3), signed(digits(1, 10))),
  twin: ({ view, from, to }, { values, validity, cursor }, row, limit) =>
    decodeInt32(
      view,
      from,
      to,
      values as Int32Array,
      row,
      limit,
      validity,
      least,
      greatest,
      cursor,
    ),
  wasm: inWasm(wasmInt32(least, greatest)),
})

const exact = (name: string, least: number, greatest: number): Case => ({
  name,
  type: Float64Array,
  usual: fc.oneof(digits(1, 8), digits(7, 8), signed(digits(1, 16))),
  twin: ({ view, from, to }, { values, validity, cursor }, row, limit) => {
    const into = values as Float64Array
    return decodeExact(view, from, to, into, row, limit, validity, least, greatest, cursor)
  },
  wasm: inWasm(wasmExact(0, least, greatest)),
})

const decimal = (scale: number, greatest: number): Case => ({
  name: `decimals of ${scale} fraction digits up to ${greatest}`,
  type: Float64Array,
  usual: fc.oneof(decimals(scale, Math.max(1, 8 - scale)), signed(decimals(scale, 10))),
  twin: ({ bytes, view, from, to }, { values, validity, cursor }, row, limit) => {
    const into = values as Float64Array
    const limits = [scale, -greatest, greatest] as const
    return decodeDecimal(bytes, view, from, to, into, row, limit, validity, ...limits, cursor)
  },
  wasm: inWasm(wasmExact(scale, -greatest, greatest)),
})

const cases = (): Case[] => [
  timestamps(3, ''),
  timestamps(3, 'Z'),
  timestamps(6, ''),
  timestamps(6, 'Z'),
  int32('int8', -128, 127),
  int32('uint16', 0, 65_535),
  int32('int32', -(2 ** 31), 2 ** 31 - 1),
  exact('uint32', 0, 2 ** 32 - 1),
  exact('int64', -SAFE, SAFE),
  decimal(1, 99),
  decimal(2, SAFE),
  decimal(3, 99_999),
  decimal(6, SAFE),
  decimal(7, SAFE),
  decimal(8, SAFE),
  decimal(9, SAFE),
  {
    name: 'cents',
    type: Float64Array,
    usual: decimals(2, 1),
    twin: ({ view, from, to }, { values, cursor }, row, limit) =>
      decodeCents(view, from, to, values as Float64Array, row, limit, cursor),
    wasm: inWasm(wasmCents()),
  },
  {
    name: 'digits into int32',
    type: Int32Array,
    usual: fc.nat(9).map(String),
    twin: ({ view, from, to }, { values, validity, cursor }, row, limit) => {
      const into = values as Int32Array
      return decodeInt32(view, from, to, into, row, limit, validity, -128, 127, cursor)
    },
    wasm: inWasm(wasmDigits('i32')),
    isPartial: true,
  },
  {
    name: 'digits into float64',
    type: Float64Array,
    usual: fc.nat(9).map(String),
    twin: ({ view, from, to }, { values, validity, cursor }, row, limit) => {
      const into = values as Float64Array
      return decodeExact(view, from, to, into, row, limit, validity, -SAFE, SAFE, cursor)
    },
    wasm: inWasm(wasmDigits('f64')),
    isPartial: true,
  },
  {
    name: 'floats',
    type: Float64Array,
    usual: shortest,
    twin: ({ bytes, from, to }, { values, validity, cursor }, row, limit) =>
      decodeFloats(bytes, from, to, values as Float64Array, row, limit, validity, cursor),
    wasm: inWasm(wasmFloats()),
  },
  {
    name: 'dates',
    type: Int32Array,
    usual: dates,
    twin: ({ bytes, view, from, to }, { values, validity, cursor }, row, limit) => {
      const into = values as Int32Array
      return decodeDates(bytes, view, from, to, into, row, limit, validity, months, cursor)
    },
    wasm: inWasm(wasmDates()),
  },
]

const clock = fc.tuple(fc.nat(24), fc.nat(60), fc.nat(60), fc.nat(999_999)).map(([h, m, s, f]) => {
  const [hours, minutes, seconds] = [h, m, s].map((part) => String(part).padStart(2, '0'))
  return `${hours}:${minutes}:${seconds}.${String(f).padStart(6, '0')}`
})

const timestamps = (digits: number, suffix: string): Case => ({
  name: `timestamps of ${digits} digits${suffix}`,
  type: Float64Array,
  usual: fc.tuple(dates, clock).map(([date, at]) => `${date}T${at.slice(0, 9 + digits)}${suffix}`),
  twin: ({ bytes, from, to }, { values, validity, cursor }, row, limit) => {
    const into = values as Float64Array
    const code = suffix === '' ? 0 : 90
    const rest = [months, digits, code, cursor] as const
    return decodeTimestamps(bytes, from, to, into, row, limit, validity, ...rest)
  },
  wasm: inWasm(wasmTimestamps(digits, suffix === '' ? 0 : 90)),
})

const shortest = fc.oneof(
  fc.double({ noNaN: true }).map(String),
  fc.tuple(fc.integer(), fc.nat(8)).map(([n, scale]) => String(n / 10 ** scale)),
  fc.tuple(fc.maxSafeInteger(), fc.nat(20)).map(([n, scale]) => String(n / 10 ** scale)),
  fc.integer().map(String),
)

type Result = ReturnType<typeof outcomeOf>

/** `found` is what a twin gives, up to the first line that is no digit. */
function expectPart(found: Result, wanted: Result, text: string, from: number): void {
  const { end } = found
  expect(found.values).toEqual(wanted.values.slice(0, end))
  expect(found.validity).toEqual(wanted.validity.slice(0, end))
  if (end < wanted.end) expect(text.slice(found.rest! - from)).not.toMatch(/^\d\n/)
}

const odd = fc.constantFrom(
  ...[
    '0.0',
    '-0.5',
    '1.50',
    '0.000001',
    '0.0000009',
    '1e-7',
    'NaN',
    'Infinity',
    '1.2.3',
    '..',
    '.',
  ],
  ...['123456789012345', '1234567890123456', '0.12345678901234', '0.123456789012345', '-0.000001'],
  ...['12345678.1234567', '12345678.12345678', '1.', '-.5', '2000-02-29T24:00:00.000'],
  ...['2000-02-29T00:00:00.000', '2000-02-29 00:00:00.000', '2000-02-29T00:00:00,000', '0.1'],
  ...['2262-04-11T23:47:16.854775', '2000-02-29T00:00:00.000000Z', '2000-02-29T00:00:60.000Z'],
  ...[
    '',
    '\\N',
    '-',
    '-0',
    '-0.00',
    '0',
    '00',
    '01',
    '+1',
    '1e3',
    '1.',
    '.5',
    '0.5',
    '0.05',
    '00.5',
  ],
  ...['127', '128', '-128', '-129', '65535', '65536', '4294967295', '4294967296', '-4294967297'],
  ...['2147483647', '2147483648', '-2147483648', '-2147483649', '99999999', '100000000'],
  ...['9007199254740991', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
  ...['999999999999999', '1000000000000000', '12345678.90', '123456789.12', '1234567890.12'],
  ...['12345678901234567890123456789012345678', '1,5', '1 ', ' 1', '1:', '/1', '"1"', '1.255'],
  ...['1994-02-29', '2000-02-29', '1900-02-29', '0000-02-29', '9999-12-31', '0000-01-01'],
  ...['1994-13-01', '1994-00-10', '1994-01-00', '1994/01/01', '1994-01-011', '\xff\xfe', '\\M'],
)

describe('every kernel in WebAssembly does what its twin does:', () => {
  it.each(cases().map((of) => [of.name, of] as const))('%s', (_, of) => {
    const padded = of.usual.map((text) => text.replace(/\d/, '0$&'))
    const rare = fc.oneof(odd, odd, calendar, signed(digits(1, 20)), of.usual, padded, padded)
    const frame = fc.record({
      type: fc.constant(of.type),
      row: fc.nat(3),
      rows: fc.oneof(fc.nat(40), fc.nat(3000)),
      nulls: fc.boolean(),
    })
    const none = fc.constant('\\N')
    const lines = fc.oneof(
      { weight: 8, arbitrary: anyLines(of.usual, rare) },
      { weight: 1, arbitrary: anyLines(fc.oneof(of.usual, none), rare) },
      { weight: 1, arbitrary: anyLines(none, none) },
    )
    fc.assert(
      fc.property(lines, fc.nat(70), frame, (text, from, shape) => {
        withChunk(text, from, (chunk) => {
          const wanted = outcomeOf(of.twin, chunk, shape)
          const found = outcomeOf(of.wasm, chunk, shape)
          if (of.isPartial !== true) expect(found).toEqual(wanted)
          else expectPart(found, wanted, text, from)
        })
      }),
      { numRuns: runs(300) },
    )
  })

  it('lines that are longer than a block', () => {
    const text = `1\n${'7'.repeat(9000)}\n2\n`
    withChunk(text, 3, (chunk) => {
      const of = exact('int64', -SAFE, SAFE)
      const frame = { type: Float64Array, row: 0, rows: 10, nulls: false }
      expect(outcomeOf(of.wasm, chunk, frame)).toEqual(outcomeOf(of.twin, chunk, frame))
    })
  })
})

reachesKernelsOf('decode-number')
