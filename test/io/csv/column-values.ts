import fc from 'fast-check'
import {
  binary,
  bool,
  type DataType,
  date,
  decimal,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  integerRange,
  json,
  layoutOf,
  time,
  timestamp,
  uint8,
  uint16,
  uint32,
  utf8,
} from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'

export const TYPES: readonly DataType[] = [
  bool,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  float32,
  float64,
  decimal(3, 2),
  decimal(5, 0),
  decimal(15, 2),
  decimal(18, 10),
  decimal(38, 0),
  decimal(38, 5),
  decimal(38, 38),
  utf8,
  binary,
  date,
  time,
  timestamp('ms'),
  timestamp('us'),
  timestamp('ms', 'UTC'),
  timestamp('us', 'UTC'),
  json,
]

const oddTexts = [
  '',
  '\\N',
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  ' a',
  'a ',
  '\t',
  '\ufeffa',
  'é',
  '日本語',
  '😀',
  'a"b,c\nd',
  'NULL',
  '0',
  '-',
  '\\',
  'x'.repeat(70),
  '\u{10ffff}'.repeat(20),
]

function wholeNumbers(type: DataType): fc.Arbitrary<bigint> {
  const [least, greatest] = integerRange(type)
  const near = [least, greatest, 0n, 1n, -1n, 9n, 10n, -10n, 99n, 100n, 2n ** 53n, 10n ** 15n - 1n]
  const edges = [...near, 2n ** 53n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 10n ** 9n, 10n ** 15n]
  return fc.oneof(
    fc.constantFrom(...edges.filter((value) => value >= least && value <= greatest)),
    fc.bigInt({ min: least, max: greatest }),
    fc.bigInt({
      min: least > -100_000n ? least : -100_000n,
      max: greatest < 100_000n ? greatest : 100_000n,
    }),
  )
}

const floats = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, 1 / 0, -1 / 0, 5e-324, 1e21, 1e-7, 1e-6, 123456.789012, 0.1),
  fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 100),
  fc.integer({ min: -1e9, max: 1e9 }),
)

/** Values of `type` in canonical form, never null. */
export function valuesOf(type: DataType): fc.Arbitrary<Exclude<Scalar, null>> {
  switch (type.name) {
    case 'bool':
      return fc.boolean()
    case 'float64':
      return floats
    case 'float32':
      return floats.map(Math.fround)
    case 'utf8':
      return fc.oneof(
        fc.constantFrom(...oddTexts),
        fc.string({ unit: 'grapheme', maxLength: 90 }),
        fc.stringMatching(/^[a-z ]{0,12}$/),
      )
    case 'json':
      return fc.json()
    case 'binary':
      return fc.uint8Array({ maxLength: 80 })
    default:
      return layoutOf(type) === 'i32' ? wholeNumbers(type).map(Number) : wholeNumbers(type)
  }
}

/** Columns of `type`: with nulls, without, all null, of few values, empty. */
export function columnsOf(type: DataType, maxLength = 60): fc.Arbitrary<Scalar[]> {
  const value = valuesOf(type)
  return fc.oneof(
    fc.array(value, { maxLength }),
    fc.array(fc.option(value, { nil: null, freq: 4 }), { maxLength }),
    fc.array(fc.constant(null), { maxLength: 5 }),
    fc
      .tuple(value, value)
      .chain(([a, b]) => fc.array(fc.constantFrom(a, b), { minLength: 1, maxLength })),
  )
}
