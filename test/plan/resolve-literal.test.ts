import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DataType,
  decimal,
  float32,
  int8,
  int16,
  int32,
  int64,
  integerRange,
  isFloat,
  json,
  typesEqual,
  uint8,
  uint16,
  uint32,
} from '../../src/arrow/data-type.ts'
import { parseDecimal } from '../../src/arrow/scalar.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { scaleOf } from '../../src/plan/convert-scalar.ts'
import type { CallExpr, LiteralExpr } from '../../src/plan/expr.ts'
import { adoptLiteral, loneLiteral } from '../../src/plan/resolve-literal.ts'
import { resolveTerm } from '../../src/plan/resolve-term.ts'
import { runs } from '../support/random.ts'
import { call, column, lit } from './term-samples.ts'

const EXACT: readonly DataType[] = [
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  decimal(12, 2),
  decimal(38, 0),
  decimal(38, 37),
]
const exactType = fc.constantFrom(...EXACT)
const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const

/** Whole numbers of 10^-60, in which every number of these tests is exact. */
const wide = (unscaled: bigint, scale: number): bigint => unscaled * 10n ** BigInt(60 - scale)

const HOLDS: Record<string, (a: bigint, b: bigint) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
}

/** Checks `x <name> value` as resolved, for the values of `type` that lie next to `value`. */
function checkComparison(name: string, type: DataType, value: number | bigint, truth: bigint) {
  const expr = resolveTerm(call(name, column('x'), lit(value)), schema([field('x', type)]))
  const { name: op, args } = expr as CallExpr
  const [left, right] = args as [CallExpr, LiteralExpr]
  expect(right.kind).toBe('literal')
  expect(typesEqual(left.type, right.type)).toBe(true)
  expect(isFloat(right.type)).toBe(false)
  const meant = wide(BigInt(right.value as number | bigint), scaleOf(right.type))
  const [least, greatest] = integerRange(type)
  const near = truth / 10n ** BigInt(60 - scaleOf(type))
  for (const x of [least, near - 1n, near, near + 1n, greatest]) {
    if (x < least || x > greatest) continue
    const inside = wide(x, scaleOf(type))
    expect(HOLDS[op]!(inside, meant)).toBe(HOLDS[name]!(inside, truth))
  }
}

describe('a literal beside an exact number', () => {
  it('is compared as the very number it is, without a float', () => {
    const whole = fc.oneof(
      fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
      fc.integer(),
      fc.constantFrom(
        127,
        128,
        -129,
        2 ** 31,
        2 ** 53 - 1,
        2n ** 53n + 1n,
        2n ** 63n,
        -(2n ** 63n),
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...COMPARISONS), exactType, whole, (name, type, value) => {
        checkComparison(name, type, value, wide(BigInt(value), 0))
      }),
      { numRuns: runs(1000) },
    )
  })

  it('keeps every digit of a fraction as it is written', () => {
    const fraction = fc
      .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 1, max: 12 }))
      .map(([digits, scale]) => Number(`${digits}e-${scale}`))
    fc.assert(
      fc.property(fc.constantFrom(...COMPARISONS), exactType, fraction, (name, type, value) => {
        checkComparison(name, type, value, wide(parseDecimal(String(value), 38)!, 38))
      }),
      { numRuns: runs(1000) },
    )
  })

  it('leaves the column as it is when it fits the type of the column', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COMPARISONS),
        fc.integer({ min: 0, max: 127 }),
        fc.constantFrom(...EXACT.slice(0, 9)),
        (name, value, type) => {
          const expr = resolveTerm(call(name, column('x'), lit(value)), schema([field('x', type)]))
          expect((expr as CallExpr).args[0]).toMatchObject({ kind: 'column' })
        },
      ),
      { numRuns: runs(200) },
    )
  })
})

describe('loneLiteral', () => {
  it('is the narrower of int32 and int64 that holds a whole number, float64 for others', () => {
    expect(loneLiteral(5)).toMatchObject({ type: { name: 'int32' }, value: 5 })
    expect(loneLiteral(-0).value).toBe(0)
    expect(loneLiteral(2 ** 31)).toMatchObject({ type: { name: 'int64' }, value: 2n ** 31n })
    expect(loneLiteral(5n)).toMatchObject({ type: { name: 'int64' }, value: 5n })
    expect(loneLiteral(2n ** 63n)).toMatchObject({ type: { name: 'decimal', precision: 38 } })
    expect(loneLiteral(0.5)).toMatchObject({ type: { name: 'float64' }, value: 0.5 })
    expect(loneLiteral(2 ** 53)).toMatchObject({ type: { name: 'float64' } })
    expect(loneLiteral(new Date(5))).toMatchObject({ type: { name: 'timestamp' }, value: 5n })
  })

  it('refuses what no type holds', () => {
    for (const value of [undefined, {}, () => 0, Symbol('s'), 10n ** 38n, new Date(8.64e15)]) {
      expect(() => loneLiteral(value)).toThrow(expect.objectContaining({ code: 'INVALID' }))
    }
    expect(() => loneLiteral('\ud800')).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })
})

describe('adoptLiteral', () => {
  it('is a float32 only for numbers that one holds', () => {
    expect(adoptLiteral(0.5, float32, 'compare').type.name).toBe('float32')
    expect(adoptLiteral(0.1, float32, 'compare').type.name).toBe('float64')
  })

  it('is json text beside json', () => {
    expect(adoptLiteral({ a: [1] }, json, 'same').value).toBe('{"a":[1]}')
    expect(adoptLiteral('x', json, 'same').value).toBe('"x"')
    expect(() => adoptLiteral(1n, json, 'same')).toThrow(
      expect.objectContaining({ code: 'INVALID' }),
    )
  })

  it('is a timestamp beside a date when the Date is not midnight', () => {
    const day = { name: 'date' } as const
    expect(adoptLiteral(new Date(86_400_000), day, 'compare')).toMatchObject({
      value: 1,
      type: day,
    })
    expect(adoptLiteral(new Date(1), day, 'compare').type.name).toBe('timestamp')
  })
})
