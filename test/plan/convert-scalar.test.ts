import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  date,
  decimal,
  float32,
  float64,
  int8,
  int64,
  integerRange,
  timestamp,
} from '../../src/arrow/data-type.ts'
import { convertScalar } from '../../src/plan/convert-scalar.ts'
import { runs } from '../support/random.ts'

describe('convertScalar', () => {
  it('keeps every value of int64 as a decimal, and back', () => {
    const [min, max] = integerRange(int64)
    fc.assert(
      fc.property(fc.bigInt({ min, max }), fc.integer({ min: 0, max: 19 }), (value, scale) => {
        const type = decimal(38, scale)
        const wide = convertScalar(value, int64, type)!
        expect(wide).toBe(value * 10n ** BigInt(scale))
        expect(convertScalar(wide, type, int64)).toBe(value)
      }),
      { numRuns: runs(200) },
    )
  })

  it('is undefined where the value would change', () => {
    expect(convertScalar(128n, int64, int8)).toBeUndefined()
    expect(convertScalar(127n, int64, int8)).toBe(127)
    expect(convertScalar(15n, decimal(3, 1), int8)).toBeUndefined()
    expect(convertScalar(2n ** 53n + 1n, int64, float64)).toBeUndefined()
    expect(convertScalar(0.1, float64, float32)).toBeUndefined()
    expect(convertScalar(0.5, float64, int8)).toBeUndefined()
    expect(convertScalar(1001n, timestamp('us'), timestamp('ms'))).toBeUndefined()
  })

  it('reads a date as its midnight', () => {
    expect(convertScalar(1, date, timestamp('us'))).toBe(86_400_000_000n)
    expect(convertScalar(5n, timestamp('ms'), timestamp('us'))).toBe(5000n)
  })
})
