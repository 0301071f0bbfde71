import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bool,
  type DataType,
  date,
  decimal,
  float32,
  float64,
  int8,
  int32,
  int64,
  integerRange,
  json,
  layoutOf,
  time,
  timestamp,
  typeText,
  uint32,
  utf8,
} from '../../../src/arrow/data-type.ts'
import { decimalText, type Scalar, scalarText } from '../../../src/arrow/scalar.ts'
import { canCast, castVector } from '../../../src/exec/function/cast.ts'
import { scaleOf } from '../../../src/exec/function/rescale.ts'
import { runs } from '../../support/random.ts'
import { nullable, outcome, scalarsOf, valuesOf, vectorOf } from './vectors.ts'

const EXACT: DataType[] = [
  int8,
  int32,
  int64,
  uint32,
  decimal(5, 2),
  decimal(12, 4),
  decimal(38, 10),
]

function cast(values: readonly Scalar[], from: DataType, to: DataType): Scalar[] | 'INVALID' {
  return outcome(() => scalarsOf(castVector(vectorOf(from, values), to, { orNull: false })))
}

function tryCast(values: readonly Scalar[], from: DataType, to: DataType): Scalar[] {
  return scalarsOf(castVector(vectorOf(from, values), to, { orNull: true }))
}

/** An exact value at another scale, half away from zero; undefined out of range. */
function moved(value: bigint, from: DataType, to: DataType): Scalar | undefined {
  const shift = scaleOf(to) - scaleOf(from)
  let whole = value * 10n ** BigInt(Math.max(shift, 0))
  if (shift < 0) {
    const unit = 10n ** BigInt(-shift)
    const size = value < 0n ? -value : value
    const rounded = (size + unit / 2n) / unit
    whole = value < 0n ? -rounded : rounded
  }
  const [least, greatest] = integerRange(to)
  if (whole < least || whole > greatest) return undefined
  return layoutOf(to) === 'i32' ? Number(whole) : whole
}

describe('casts between exact numbers', () => {
  for (const from of EXACT) {
    test(`from ${typeText(from)} round half away from zero and keep the range`, () => {
      fc.assert(
        fc.property(
          fc.array(nullable(valuesOf(from)), { maxLength: 8 }),
          fc.constantFrom(...EXACT),
          (rows, to) => {
            const want = rows.map((row) =>
              row === null ? null : moved(BigInt(row as bigint), from, to),
            )
            expect(cast(rows, from, to)).toEqual(want.includes(undefined) ? 'INVALID' : want)
            expect(tryCast(rows, from, to)).toEqual(want.map((value) => value ?? null))
          },
        ),
        { numRuns: runs(150) },
      )
    })

    test(`from ${typeText(from)} to float64 take the nearest float`, () => {
      fc.assert(
        fc.property(fc.array(nullable(valuesOf(from)), { maxLength: 8 }), (rows) => {
          const want = rows.map((row) =>
            row === null ? null : Number(decimalText(BigInt(row as bigint), scaleOf(from))) + 0,
          )
          expect(cast(rows, from, float64)).toEqual(want)
        }),
        { numRuns: runs(100) },
      )
    })
  }
})

describe('casts of floats', () => {
  test('to integers round half to even', () => {
    const values = [2.5, 3.5, -2.5, -3.5, -0.5, 0.5, 0.49999999999999994, null]
    expect(cast(values, float64, int32)).toEqual([2, 4, -2, -4, 0, 0, 0, null])
    expect(cast([2 ** 62, 2 ** 53 + 2], float64, int64)).toEqual([2n ** 62n, 2n ** 53n + 2n])
  })

  test('to decimals round half away from zero by their shortest text', () => {
    expect(cast([0.285, 2.675, -0.285, 1.005], float64, decimal(9, 2))).toEqual([
      29n,
      268n,
      -29n,
      101n,
    ])
    expect(cast([1e20, 0.1], float64, decimal(38, 17))).toEqual([10n ** 37n, 10n ** 16n])
    expect(cast([5e-324, 1e-7], float64, decimal(38, 7))).toEqual([0n, 1n])
  })

  test('that no value stands for are INVALID, or null with orNull', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 63, -1e300]) {
      expect(cast([1, bad], float64, int64)).toBe('INVALID')
      expect(tryCast([1, bad], float64, int64)).toEqual([1n, null])
      expect(tryCast([1, bad], float64, decimal(5, 2))).toEqual([100n, null])
    }
    expect(cast([127.5], float64, int8)).toBe('INVALID')
    expect(cast([127.4], float64, int8)).toEqual([127])
    expect(cast([1e300], float64, float32)).toBe('INVALID')
    expect(tryCast([1e300, 0.1, Number.NaN], float64, float32)).toEqual([
      null,
      Math.fround(0.1),
      Number.NaN,
    ])
  })
})

describe('casts to and from text', () => {
  const types = [...EXACT, bool, float64, date, time, timestamp('ms'), timestamp('us', 'UTC')]
  for (const type of types) {
    test(`of ${typeText(type)} come back as they were`, () => {
      fc.assert(
        fc.property(fc.array(nullable(valuesOf(type)), { maxLength: 8 }), (rows) => {
          const printed = castVector(vectorOf(type, rows), utf8, { orNull: false })
          expect(scalarsOf(printed)).toEqual(
            rows.map((row) => (row === null ? null : scalarText(row, type))),
          )
          expect(scalarsOf(castVector(printed, type, { orNull: false }))).toEqual(rows)
        }),
        { numRuns: runs(60) },
      )
    })
  }

  test('refuse text that is no value', () => {
    expect(cast(['12', 'x'], utf8, int32)).toBe('INVALID')
    expect(tryCast(['12', 'x', null, '2000-02-30'], utf8, date)).toEqual([null, null, null, null])
    expect(tryCast(['12', 'x', null], utf8, int32)).toEqual([12, null, null])
    expect(cast(['{"a":1}'], utf8, json)).toEqual(['{"a":1}'])
  })
})

describe('casts of times', () => {
  test('to a coarser unit go toward negative infinity', () => {
    const us = timestamp('us')
    expect(cast([-1n, 999n, 1000n], us, timestamp('ms'))).toEqual([-1n, 0n, 1n])
    expect(cast([-1n, 86_400_000_000n], us, date)).toEqual([-1, 1])
    expect(cast([-1n], us, time)).toEqual([86_399_999_999n])
    const late = 253_000_000_000_000_999n
    expect(cast([late, -1n], us, timestamp('ms'))).toEqual([253_000_000_000_000n, -1n])
  })

  test('to a finer unit are exact, also beyond 2^53', () => {
    const late = 253_000_000_000_000n
    expect(cast([late, -1n], timestamp('ms'), timestamp('us'))).toEqual([late * 1000n, -1000n])
    expect(cast([2_932_896, -1], date, timestamp('us'))).toEqual([
      2_932_896n * 86_400_000_000n,
      -86_400_000_000n,
    ])
  })
})

test('booleans are 1 and 0, numbers are true unless 0', () => {
  expect(cast([true, false, null], bool, int32)).toEqual([1, 0, null])
  expect(cast([true, false], bool, decimal(5, 2))).toEqual([100n, 0n])
  expect(cast([true], bool, decimal(2, 2))).toBe('INVALID')
  expect(cast([2n, 0n, null, 2n ** 60n], int64, bool)).toEqual([true, false, null, true])
})

test('a pair of types without a cast is INVALID', () => {
  expect(canCast(date, int32)).toBe(false)
  expect(cast([1], date, int32)).toBe('INVALID')
})
