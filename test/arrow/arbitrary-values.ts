import fc from 'fast-check'
import * as types from '../../src/arrow/data-type.ts'
import { type DataType, integerRange } from '../../src/arrow/data-type.ts'
import { decimalText, scalarText } from '../../src/arrow/scalar.ts'
import { type Field, field } from '../../src/arrow/schema.ts'

const decimalType = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.integer({ min: 0, max: precision }).map((scale) => types.decimal(precision, scale)),
  )

export const anyType: fc.Arbitrary<DataType> = fc.oneof(
  fc.constantFrom<DataType>(
    types.bool,
    types.int8,
    types.int16,
    types.int32,
    types.int64,
    types.uint8,
    types.uint16,
    types.uint32,
    types.float32,
    types.float64,
    types.utf8,
    types.binary,
    types.date,
    types.time,
    types.json,
    types.timestamp('ms'),
    types.timestamp('us'),
    types.timestamp('ms', 'UTC'),
    types.timestamp('us', 'UTC'),
  ),
  decimalType,
)

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\\N', '"', ',', '\n', '\r\n', '\r', '\uFEFF', ' a ', '""', 'a"b', '\0', '€'),
)

/** Values in the form in which `jsReader` with `temporal: 'iso'` gives them back. */
export function valuesOf(type: DataType): fc.Arbitrary<unknown> {
  switch (type.name) {
    case 'bool':
      return fc.boolean()
    case 'float64':
      return fc.oneof(fc.double(), fc.constantFrom(-0, Number.NaN, 0.1, 1e23, 5e-324, 2 ** 53 + 2))
    case 'float32':
      return fc.float()
    case 'utf8':
      return anyText
    case 'binary':
      return fc.uint8Array({ maxLength: 9 })
    case 'json':
      return fc
        .jsonValue({ noUnicodeString: false } as object)
        .filter((value) => value !== null)
        .map((value) => JSON.parse(JSON.stringify(value)))
    default: {
      const [min, max] = integerRange(type)
      return fc
        .oneof(
          fc.bigInt({ min, max }),
          fc.constantFrom(min, max, clamp(0n, min, max)),
          near(min, max),
        )
        .map((value) => exactValue(value, type))
    }
  }
}

function near(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const edge = 2n ** 53n
  return fc
    .bigInt({ min: -300n, max: 300n })
    .chain((by) => fc.constantFrom(by, edge + by, by - edge))
    .map((value) => clamp(value, min, max))
}

const clamp = (value: bigint, min: bigint, max: bigint) =>
  value < min ? min : value > max ? max : value

function exactValue(value: bigint, type: DataType): unknown {
  if (type.name === 'int64') return value
  if (type.name === 'decimal') return decimalText(value, type.scale)
  if (type.name === 'date') return scalarText(Number(value), type)
  if (type.name === 'time' || type.name === 'timestamp') return scalarText(value, type)
  return Number(value)
}

export const anyColumn: fc.Arbitrary<{ field: Field; values: unknown[] }> = fc
  .tuple(anyType, fc.boolean())
  .chain(([type, nullable]) =>
    fc
      .array(nullable ? fc.option(valuesOf(type), { freq: 4 }) : valuesOf(type), { maxLength: 30 })
      .map((values) => ({ field: field('c', type, nullable), values })),
  )

/** Fields with odd names, and rows of values for them. */
export const anyTable: fc.Arbitrary<{ fields: Field[]; rows: unknown[][] }> = fc
  .uniqueArray(
    fc.oneof(
      fc.constantFrom(
        '__proto__',
        'then',
        'constructor',
        '',
        'a,b',
        'q"',
        'line\nend',
        '\\N',
        '\uFEFFx',
      ),
      fc.string({ minLength: 1, maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  // Arrow's own IPC reader drops a byte order mark at the beginning of a name.
  .filter(
    (names) => new Set(names.map((name) => name.replace(/^\uFEFF/, ''))).size === names.length,
  )
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), anyType, fc.boolean()))),
  )
  .chain((parts) => {
    const fields = parts.map(([name, type, nullable]) => field(name, type, nullable))
    const row = fc.tuple(
      ...fields.map(({ type, nullable }) =>
        nullable ? fc.option(valuesOf(type), { freq: 4 }) : valuesOf(type),
      ),
    )
    return fc.record({ fields: fc.constant(fields), rows: fc.array(row, { maxLength: 25 }) })
  })
