import fc from 'fast-check'
import { type Batch, batch } from '../../src/arrow/batch.ts'
import {
  bool,
  type DataType,
  date,
  decimal,
  float64,
  int32,
  int64,
  isExact,
  layoutOf,
  utf8,
} from '../../src/arrow/data-type.ts'
import { compareScalars, type Scalar, scalarAt } from '../../src/arrow/scalar.ts'
import { field, type Schema, schema } from '../../src/arrow/schema.ts'
import { exactVector, type Vector } from '../../src/arrow/vector.ts'

/** A row as canonical scalars, in the order of its columns. */
export type ScalarRow = readonly Scalar[]

/** One column of every layout that a vector can have. */
export const WIDE_SCHEMA: Schema = schema([
  field('i', int32),
  field('f', float64),
  field('b', int64),
  field('s', utf8),
  field('o', bool),
  field('d', decimal(38, 2)),
  field('t', date),
])

const orNull = (values: fc.Arbitrary<Scalar>): fc.Arbitrary<Scalar> =>
  fc.option(values, { nil: null, freq: 6 })

const WIDE = 2n ** 53n

const ARBITRARIES: readonly fc.Arbitrary<Scalar>[] = [
  orNull(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  ),
  orNull(
    fc.oneof(
      fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1.5, -2.25, 1e300, 5e-324),
      fc.double({ min: -1000, max: 1000, noNaN: true }),
    ),
  ),
  orNull(
    fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(WIDE - 2n, WIDE + 2n), fc.bigInt(-WIDE - 2n, 2n - WIDE)),
  ),
  orNull(
    fc.oneof(
      fc.constantFrom('', 'a', 'b', 'ab', 'abcdefg', 'abcdefh', 'née', '日本', '😀', '\uffff'),
      fc.string({ maxLength: 20, unit: 'binary' }),
    ),
  ),
  orNull(fc.boolean()),
  orNull(fc.oneof(fc.bigInt(-5n, 5n), fc.bigInt(-(10n ** 30n), 10n ** 30n))),
  orNull(fc.integer({ min: -10, max: 10 })),
]

/** Rows of WIDE_SCHEMA, up to `maxLength`. */
export const wideRows = (maxLength = 40): fc.Arbitrary<ScalarRow[]> =>
  fc.array(fc.tuple(...ARBITRARIES), { maxLength })

/** `rows` cut into batches of random lengths; what is null holds whatever is allowed. */
export const batchesOf = (of: Schema, rows: readonly ScalarRow[], cuts: readonly number[]) => {
  const batches: Batch[] = []
  let from = 0
  for (let index = 0; from < rows.length; index++) {
    const to = Math.min(rows.length, from + (cuts[index % cuts.length] ?? 3))
    batches.push(batchOf(of, rows.slice(from, to)))
    from = to
  }
  return batches
}

export const cutLengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

export function batchOf(of: Schema, rows: readonly ScalarRow[]): Batch {
  const columns = of.fields.map(({ type }, position) =>
    vectorOf(
      type,
      rows.map((row) => row[position]!),
    ),
  )
  return batch(of, columns, rows.length)
}

export function vectorOf(type: DataType, values: readonly Scalar[]): Vector {
  const validity = values.includes(null)
    ? Uint8Array.from(values, (v) => (v === null ? 0 : 1))
    : null
  const head = { type, length: values.length, validity }
  switch (layoutOf(type)) {
    case 'bool':
      return { ...head, layout: 'bool', values: Uint8Array.from(values, Number) }
    case 'i32':
      return { ...head, layout: 'i32', values: Int32Array.from(values, Number) }
    case 'utf8': {
      const texts = values.map((value) => Buffer.from((value ?? '') as string))
      let at = 1
      const starts = texts.map((text) => {
        const start = at
        at += text.length + 1
        return start
      })
      const bytes = Buffer.concat([
        Buffer.from('|'),
        ...texts.flatMap((text) => [text, Buffer.from('|')]),
      ])
      const ends = Int32Array.from(texts, (text, row) => starts[row]! + text.length)
      return { ...head, layout: 'utf8', bytes, starts: Int32Array.from(starts), ends }
    }
    default:
      return isExact(type)
        ? exactVector(
            type,
            values.map((value) => BigInt((value ?? 0) as bigint)),
            validity,
          )
        : { ...head, layout: 'f64', values: Float64Array.from(values, Number) }
  }
}

export const rowsOf = (batches: readonly Batch[]): ScalarRow[] =>
  batches.flatMap(({ columns, length }) =>
    Array.from({ length }, (_, row) => columns.map((column) => scalarAt(column, row))),
  )

/** Text that is equal for equal values: null = null, NaN = NaN, -0 = 0. */
export const keyText = (values: ScalarRow): string =>
  values.map((value) => `${typeof value}:${value === 0 ? 0 : value}`).join('|')

/** Order with nulls placed as told. */
export function compareWith(
  a: Scalar,
  b: Scalar,
  { descending, nulls }: { readonly descending: boolean; readonly nulls: 'first' | 'last' },
): number {
  if (a === null || b === null) {
    if (a === b) return 0
    return (a === null) === (nulls === 'first') ? -1 : 1
  }
  return descending ? compareScalars(b, a) : compareScalars(a, b)
}
