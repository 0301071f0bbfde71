import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, int8, int64, integerRange } from '../../src/arrow/data-type.ts'
import { field } from '../../src/arrow/schema.ts'
import { COMPARISONS, compareBeyond, isBeyond } from '../../src/plan/compare-literal.ts'
import { scaleOf } from '../../src/plan/convert-scalar.ts'
import type { CallExpr, LiteralExpr } from '../../src/plan/expr.ts'
import { columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import { runs } from '../support/random.ts'

const holds = (name: string, a: bigint, b: bigint): boolean => {
  switch (name) {
    case 'eq':
      return a === b
    case 'ne':
      return a !== b
    case 'lt':
      return a < b
    case 'lte':
      return a <= b
    case 'gt':
      return a > b
    default:
      return a >= b
  }
}

describe('compareBeyond', () => {
  it('says of every value what the comparison with the true constant says', () => {
    let met = 0
    const decimals = fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
      .map(([precision, scale]) => decimal(precision, Math.min(scale, precision)))
    const types = fc.oneof(decimals, fc.constantFrom(int8, int64, decimal(38, 0), decimal(38, 38)))
    fc.assert(
      fc.property(
        types,
        types,
        fc.bigInt({ min: 0n, max: 2n ** 130n }),
        fc.bigInt({ min: 0n, max: 2n ** 130n }),
        fc.integer({ min: -1, max: 1 }),
        fc.constantFrom(...COMPARISONS),
        (type, literalType, seed, literalSeed, near, name) => {
          const pick = (of: typeof type, from: bigint): bigint => {
            const [least, greatest] = integerRange(of)
            return least + (from % (greatest - least + 1n))
          }
          const wide = (value: bigint, of: typeof type) => value * 10n ** BigInt(38 - scaleOf(of))
          const constant = pick(literalType, literalSeed)
          const literal = literalExpr(
            literalType.name === 'int8' ? Number(constant) : constant,
            literalType,
          )
          const input = columnExpr(field('x', type))
          if (!isBeyond(input, literal)) return
          met++
          const { name: op, args } = compareBeyond(name, input, literal) as CallExpr
          const bound = BigInt((args[1] as LiteralExpr).value as number | bigint)
          const [least, greatest] = integerRange(type)
          for (const value of [pick(type, seed), bound + BigInt(near), least, greatest]) {
            if (value < least || value > greatest) continue
            expect(holds(op, value, bound)).toBe(
              holds(name, wide(value, type), wide(constant, literalType)),
            )
          }
        },
      ),
      { numRuns: runs(3000) },
    )
    expect(met).toBeGreaterThan(0)
  })
})
