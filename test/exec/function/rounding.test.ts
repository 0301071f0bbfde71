import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DataType,
  decimal,
  float64,
  int8,
  int32,
  int64,
  integerRange,
  layoutOf,
} from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import { scaleOf } from '../../../src/exec/function/rescale.ts'
import { SCALAR_FUNCTIONS } from '../../../src/exec/function/scalar-functions.ts'
import { runs } from '../../support/random.ts'
import { floats, nullable, outcome, scalarsOf, valuesOf, vectorOf } from './vectors.ts'

type Mode = 'round' | 'floor' | 'ceil'

/** `value / 10^drop` to a whole number, by the definition of each mode. */
function whole(value: bigint, drop: number, mode: Mode): bigint {
  const unit = 10n ** BigInt(drop)
  const floor = (value - (((value % unit) + unit) % unit)) / unit
  const rest = value - floor * unit
  if (mode === 'floor') return floor
  if (mode === 'ceil') return rest === 0n ? floor : floor + 1n
  if (rest * 2n === unit) return value < 0n ? floor : floor + 1n
  return rest * 2n > unit ? floor + 1n : floor
}

const CASES: [DataType, number, DataType][] = [
  [decimal(12, 4), 2, decimal(12, 2)],
  [decimal(12, 4), 0, decimal(12, 0)],
  [decimal(12, 4), -2, decimal(12, 0)],
  [decimal(38, 30), 3, decimal(38, 3)],
  [decimal(5, 2), 7, decimal(5, 2)],
  [int8, -1, int8],
  [int32, 0, int32],
  [int64, -3, int64],
]

describe('rounding of exact numbers', () => {
  for (const [type, digits, result] of CASES) {
    test(`round of ${type.name} to ${digits} digits is half away from zero`, () => {
      fc.assert(
        fc.property(fc.array(nullable(valuesOf(type)), { maxLength: 10 }), (rows) => {
          const [least, greatest] = integerRange(result)
          let bad = false
          const want = rows.map((row): Scalar => {
            if (row === null) return null
            const drop = Math.max(0, scaleOf(type) - digits)
            const grow = 10n ** BigInt(Math.max(0, scaleOf(result) - digits))
            const value =
              digits >= scaleOf(type)
                ? BigInt(row as bigint)
                : whole(BigInt(row as bigint), drop, 'round') * grow
            bad ||= value < least || value > greatest
            return layoutOf(result) === 'i32' ? Number(value) : value
          })
          const args = [vectorOf(type, rows), vectorOf(int32, [digits])]
          const got = outcome(() => scalarsOf(SCALAR_FUNCTIONS.round(args, result, rows.length)))
          expect(got).toEqual(bad ? 'INVALID' : want)
        }),
        { numRuns: runs(100) },
      )
    })
  }

  test('floor and ceil of decimals are the whole numbers around them', () => {
    for (const [type, result] of [
      [decimal(12, 4), decimal(12, 0)],
      [decimal(38, 20), decimal(38, 0)],
    ] as const) {
      fc.assert(
        fc.property(fc.array(nullable(valuesOf(type)), { maxLength: 10 }), (rows) => {
          for (const mode of ['floor', 'ceil'] as const) {
            const got = scalarsOf(
              SCALAR_FUNCTIONS[mode]([vectorOf(type, rows)], result, rows.length),
            )
            expect(got).toEqual(
              rows.map((row) => (row === null ? null : whole(row as bigint, type.scale, mode))),
            )
          }
        }),
        { numRuns: runs(100) },
      )
    }
  })
})

describe('rounding and functions of floats', () => {
  test('round is half away from zero', () => {
    const input = vectorOf(float64, [2.5, -2.5, 0.49999999999999994, 1e300, Number.NaN, 1234.5])
    const to = (digits: number) =>
      scalarsOf(SCALAR_FUNCTIONS.round([input, vectorOf(int32, [digits])], float64, 6))
    expect(to(0)).toEqual([3, -3, 0, 1e300, Number.NaN, 1235])
    expect(to(-2)).toEqual([0, -0, 0, 1e300, Number.NaN, 1200])
    expect(to(1)).toEqual([2.5, -2.5, 0.5, 1e300, Number.NaN, 1234.5])
  })

  test('floor, ceil, sqrt, exp, ln and pow are those of Math', () => {
    const functions = {
      floor: Math.floor,
      ceil: Math.ceil,
      sqrt: Math.sqrt,
      exp: Math.exp,
      ln: Math.log,
    }
    fc.assert(
      fc.property(fc.array(nullable(floats), { maxLength: 10 }), (rows) => {
        const input = vectorOf(float64, rows)
        for (const [name, of] of Object.entries(functions)) {
          const got = SCALAR_FUNCTIONS[name as 'sqrt']([input], float64, rows.length)
          expect(scalarsOf(got)).toEqual(
            rows.map((row) => (row === null ? null : of(row as number))),
          )
        }
        const squares = SCALAR_FUNCTIONS.pow([input, vectorOf(int32, [2])], float64, rows.length)
        expect(scalarsOf(squares)).toEqual(
          rows.map((row) => (row === null ? null : (row as number) ** 2)),
        )
      }),
      { numRuns: runs(100) },
    )
  })
})
