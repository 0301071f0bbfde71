import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DataType,
  decimal,
  float64,
  int8,
  int16,
  int32,
  int64,
  integerRange,
  layoutOf,
  uint8,
  uint32,
} from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import { scaleOf } from '../../../src/exec/function/rescale.ts'
import { SCALAR_FUNCTIONS } from '../../../src/exec/function/scalar-functions.ts'
import { runs } from '../../support/random.ts'
import { outcome, pairs, scalarsOf, vectorOf } from './vectors.ts'

type Name = 'add' | 'sub' | 'mul' | 'mod' | 'intDiv'

const NAMES: Name[] = ['add', 'sub', 'mul', 'mod', 'intDiv']

function exactResult(name: Name, a: bigint, b: bigint): bigint | 'INVALID' {
  if (name === 'add') return a + b
  if (name === 'sub') return a - b
  if (name === 'mul') return a * b
  if (b === 0n) return 'INVALID'
  return name === 'mod' ? a % b : a / b
}

function reference(name: Name, rows: [Scalar, Scalar][], of: DataType[], type: DataType) {
  const [least, greatest] = integerRange(type)
  const out: Scalar[] = []
  for (const [left, right] of rows) {
    if (left === null || right === null) {
      out.push(null)
      continue
    }
    const lift = (value: Scalar, from: DataType) =>
      BigInt(value as bigint) * (name === 'mul' ? 1n : 10n ** BigInt(scaleOf(type) - scaleOf(from)))
    const value = exactResult(name, lift(left, of[0]!), lift(right, of[1]!))
    if (value === 'INVALID' || value < least || value > greatest) return 'INVALID'
    out.push(layoutOf(type) === 'i32' ? Number(value) : value)
  }
  return out
}

const INT_CASES: [DataType, DataType, DataType][] = [
  [int8, int8, int8],
  [int16, int8, int16],
  [int32, int32, int32],
  [uint8, int8, int16],
  [uint32, uint32, uint32],
  [int64, int32, int64],
  [int64, int64, int64],
]
const DECIMAL_CASES: [DataType, DataType, DataType, DataType][] = [
  [decimal(12, 2), decimal(12, 2), decimal(13, 2), decimal(24, 4)],
  [decimal(12, 2), decimal(10, 5), decimal(16, 5), decimal(22, 7)],
  [decimal(38, 0), decimal(38, 0), decimal(38, 0), decimal(38, 0)],
  [decimal(38, 10), decimal(5, 1), decimal(38, 10), decimal(38, 11)],
  [int32, decimal(4, 2), decimal(13, 2), decimal(14, 2)],
]

describe('arithmetic of exact numbers', () => {
  for (const name of NAMES) {
    const cases = [
      ...INT_CASES,
      ...DECIMAL_CASES.filter(() => name !== 'intDiv').map(
        ([a, b, same, product]) => [a, b, name === 'mul' ? product : same] as const,
      ),
    ]
    for (const [a, b, type] of cases) {
      test(`${name} of ${a.name} and ${b.name} is exact or INVALID, never wrapped`, () => {
        fc.assert(
          fc.property(pairs(a, b), (rows) => {
            const args = [
              vectorOf(
                a,
                rows.map(([x]) => x),
              ),
              vectorOf(
                b,
                rows.map(([, y]) => y),
              ),
            ]
            const got = outcome(() => scalarsOf(SCALAR_FUNCTIONS[name](args, type, rows.length)))
            expect(got).toEqual(reference(name, rows, [a, b], type))
          }),
          { numRuns: runs(120) },
        )
      })
    }
  }

  test('a single row stands for every row', () => {
    const rows = vectorOf(int64, [1n, null, 2n ** 53n])
    const one = vectorOf(int64, [2n])
    expect(scalarsOf(SCALAR_FUNCTIONS.sub([one, rows], int64, 3))).toEqual([
      1n,
      null,
      2n - 2n ** 53n,
    ])
    expect(scalarsOf(SCALAR_FUNCTIONS.mul([rows, one], int64, 3))).toEqual([2n, null, 2n ** 54n])
    expect(scalarsOf(SCALAR_FUNCTIONS.add([rows, vectorOf(int64, [null])], int64, 3))).toEqual([
      null,
      null,
      null,
    ])
  })

  test('what stands under a null neither overflows nor divides', () => {
    const garbage = { ...vectorOf(int8, [127, 127]), validity: Uint8Array.of(0, 0) }
    expect(scalarsOf(SCALAR_FUNCTIONS.add([garbage, garbage], int8, 2))).toEqual([null, null])
    const zeros = vectorOf(int64, [null, null])
    const ones = vectorOf(int64, [1n, 1n])
    expect(scalarsOf(SCALAR_FUNCTIONS.intDiv([ones, zeros], int64, 2))).toEqual([null, null])
    expect(scalarsOf(SCALAR_FUNCTIONS.div([ones, zeros], float64, 2))).toEqual([null, null])
  })

  test('whole zero has no sign', () => {
    const args = [vectorOf(int64, [0n, -4n]), vectorOf(int64, [-5n, 2n])]
    const product = SCALAR_FUNCTIONS.mul([args[0]!, args[1]!], int64, 2)
    const rest = SCALAR_FUNCTIONS.mod([args[0]!, args[1]!], int64, 2)
    expect(Object.is((product as { values: Float64Array }).values[0], 0)).toBe(true)
    expect(Object.is((rest as { values: Float64Array }).values[1], 0)).toBe(true)
  })

  test('neg and abs leave a type only with an error', () => {
    for (const type of [int8, int32, int64, decimal(38, 3), decimal(9, 2), uint32]) {
      fc.assert(
        fc.property(pairs(type, type), (rows) => {
          const input = vectorOf(
            type,
            rows.map(([x]) => x),
          )
          const [least, greatest] = integerRange(type)
          for (const name of ['neg', 'abs'] as const) {
            let bad = false
            const want = rows.map(([x]) => {
              if (x === null) return null
              const value = BigInt(x as bigint)
              const result = name === 'neg' || value < 0n ? -value : value
              bad ||= result < least || result > greatest
              return layoutOf(type) === 'i32' ? Number(result) : result
            })
            const got = outcome(() => scalarsOf(SCALAR_FUNCTIONS[name]([input], type, rows.length)))
            expect(got).toEqual(bad ? 'INVALID' : want)
          }
        }),
        { numRuns: runs(50) },
      )
    }
  })
})

describe('arithmetic of floats', () => {
  test('add, sub, mul, div and mod are those of IEEE 754', () => {
    const operations = {
      add: (a: number, b: number) => a + b,
      sub: (a: number, b: number) => a - b,
      mul: (a: number, b: number) => a * b,
      div: (a: number, b: number) => a / b,
      mod: (a: number, b: number) => a % b,
    }
    fc.assert(
      fc.property(pairs(float64, float64), (rows) => {
        const args = [
          vectorOf(
            float64,
            rows.map(([x]) => x),
          ),
          vectorOf(
            float64,
            rows.map(([, y]) => y),
          ),
        ]
        for (const [name, of] of Object.entries(operations)) {
          const got = scalarsOf(SCALAR_FUNCTIONS[name as 'add'](args, float64, rows.length))
          expect(got).toEqual(
            rows.map(([x, y]) => (x === null || y === null ? null : of(x as number, y as number))),
          )
        }
      }),
      { numRuns: runs(200) },
    )
  })

  test('division of exact numbers is true division and refuses 0', () => {
    const a = vectorOf(decimal(5, 2), [150n, 1n])
    const b = vectorOf(int32, [2, 4])
    expect(scalarsOf(SCALAR_FUNCTIONS.div([a, b], float64, 2))).toEqual([0.75, 0.0025])
    const zero = vectorOf(int32, [0])
    expect(outcome(() => SCALAR_FUNCTIONS.div([a, zero], float64, 2))).toBe('INVALID')
    const float = vectorOf(float64, [1, -1])
    const args = [float, zero]
    expect(scalarsOf(SCALAR_FUNCTIONS.div(args, float64, 2))).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ])
  })
})
