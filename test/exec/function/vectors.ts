import fc from 'fast-check'
import { constantVector } from '../../../src/arrow/constant-vector.ts'
import type { DataType } from '../../../src/arrow/data-type.ts'
import * as types from '../../../src/arrow/data-type.ts'
import { type Scalar, scalarAt } from '../../../src/arrow/scalar.ts'
import { concat, type Vector } from '../../../src/arrow/vector.ts'
import { GraupelError } from '../../../src/error.ts'

/** A vector of `values`, each in canonical form. */
export function vectorOf(type: DataType, values: readonly Scalar[]): Vector {
  if (values.length === 0) return { ...constantVector(null, type), length: 0 } as Vector
  return concat(
    type,
    values.map((value) => constantVector(value, type)),
  )
}

export function scalarsOf(vector: Vector): Scalar[] {
  return Array.from({ length: vector.length }, (_, row) => scalarAt(vector, row))
}

/** What `compute` gives, or 'INVALID' when it throws that. */
export function outcome<T>(compute: () => T): T | 'INVALID' {
  try {
    return compute()
  } catch (error) {
    if (error instanceof GraupelError && error.code === 'INVALID') return 'INVALID'
    throw error
  }
}

/** Values of an exact type: anywhere, small, and at the edges that matter. */
export function wholes(type: DataType): fc.Arbitrary<bigint> {
  const [min, max] = types.integerRange(type)
  const edges = [min, max, 0n, 1n, -1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 1n - 2n ** 53n]
  const inside = edges.filter((edge) => edge >= min && edge <= max)
  const small = { min: min < -20n ? -20n : min, max: max > 20n ? 20n : max }
  return fc.oneof(
    { weight: 4, arbitrary: fc.bigInt(small) },
    fc.bigInt({ min, max }),
    fc.constantFrom(...inside),
  )
}

export const floats: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.constantFrom(
    Number.NaN,
    0,
    -0,
    1,
    -1,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ),
  fc.integer({ min: -100, max: 100 }).map((value) => value / 4),
)

export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', 'é', '😀', ' '), maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.isWellFormed()),
  fc.string({ maxLength: 5 }),
)

/** A canonical value of `type`, never null. */
export function valuesOf(type: DataType): fc.Arbitrary<Scalar> {
  if (type.name === 'bool') return fc.boolean()
  if (type.name === 'utf8') return texts
  if (type.name === 'float32') return fc.float()
  if (type.name === 'float64') return floats
  const numeric = types.layoutOf(type) === 'i32'
  return wholes(type).map((value) => (numeric ? Number(value) : value))
}

export const nullable = (values: fc.Arbitrary<Scalar>): fc.Arbitrary<Scalar> =>
  fc.option(values, { freq: 5, nil: null })

/** Two columns of equal length. */
export function pairs(a: DataType, b: DataType): fc.Arbitrary<[Scalar, Scalar][]> {
  return fc.array(fc.tuple(nullable(valuesOf(a)), nullable(valuesOf(b))), { maxLength: 12 })
}
