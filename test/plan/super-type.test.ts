import { describe, expect, it } from 'vitest'
import {
  integerRange,
  isExact,
  isFloat,
  isNumeric,
  parseDataType,
  typeText,
} from '../../src/arrow/data-type.ts'
import { superType } from '../../src/plan/super-type.ts'
import { TYPES } from './term-samples.ts'

const meet = (a: string, b: string): string | undefined => {
  const found = superType(parseDataType(a), parseDataType(b))
  return found === undefined ? undefined : typeText(found)
}

describe('superType', () => {
  it('does not depend on the order, and is the type itself for equal ones', () => {
    for (const a of TYPES) {
      expect(superType(a, a)).toBe(a)
      for (const b of TYPES) expect(superType(a, b)).toEqual(superType(b, a))
    }
  })

  it('of two exact types holds all whole values of both, up to 38 digits', () => {
    const exact = TYPES.filter((type) => isNumeric(type) && isExact(type) && !isFloat(type))
    for (const a of exact) {
      for (const b of exact) {
        const found = superType(a, b)!
        if (found.name === 'decimal' && found.precision === 38) continue
        const scale = (type: typeof a) => (type.name === 'decimal' ? type.scale : 0)
        for (const side of [a, b]) {
          const factor = 10n ** BigInt(scale(found) - scale(side))
          expect(integerRange(found)[0] <= integerRange(side)[0] * factor).toBe(true)
          expect(integerRange(found)[1] >= integerRange(side)[1] * factor).toBe(true)
        }
      }
    }
  })

  it('is the least that will do', () => {
    expect(meet('int8', 'uint8')).toBe('int16')
    expect(meet('uint8', 'uint32')).toBe('uint32')
    expect(meet('uint32', 'int32')).toBe('int64')
    expect(meet('uint16', 'int8')).toBe('int32')
    expect(meet('int32', 'decimal(5,2)')).toBe('decimal(12,2)')
    expect(meet('float32', 'float64')).toBe('float64')
    expect(meet('float32', 'decimal(5,2)')).toBe('float64')
    expect(meet('date', 'timestamp(us)')).toBe('timestamp(us)')
    expect(meet('timestamp', 'timestamp(us)')).toBe('timestamp(us)')
  })

  it('is nothing for types that do not go together', () => {
    expect(meet('utf8', 'int32')).toBeUndefined()
    expect(meet('bool', 'int8')).toBeUndefined()
    expect(meet('timestamp', 'timestamp(ms,UTC)')).toBeUndefined()
    expect(meet('time', 'timestamp')).toBeUndefined()
    expect(meet('json', 'utf8')).toBeUndefined()
  })
})
