import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasKey, hasKeyBetween, KeySetBuilder } from '../../src/arrow/key-set.ts'
import { keepKeys, selectNumbers } from '../../src/kernel/select-numbers.ts'
import { runs } from '../support/random.ts'

const number = fc.oneof(
  fc.integer({ min: -70, max: 70 }),
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.constantFrom(2 ** 52, 2 ** 52 + 31, 2 ** 52 + 32, -(2 ** 52)),
)
const batches = fc.array(fc.array(fc.tuple(number, fc.boolean()), { maxLength: 12 }), {
  maxLength: 5,
})

test('a set has the numbers that it was given, and between two there is one when there is', () => {
  fc.assert(
    fc.property(batches, fc.array(number, { maxLength: 20 }), (given, asked) => {
      const builder = new KeySetBuilder()
      const wanted = new Set<number>()
      for (const rows of given) {
        const validity = Uint8Array.from(rows, ([, valid]) => Number(valid))
        builder.add(
          Float64Array.from(rows, ([value]) => value),
          validity,
          rows.length,
        )
        for (const [value, valid] of rows) if (valid) wanted.add(value)
      }
      const set = builder.finish()
      const values = [...wanted]
      const span = Math.max(...values) - Math.min(...values)
      if (set === null) {
        expect(wanted.size === 0 || span >= 2 ** 26).toBe(true)
        return
      }
      expect(set.count).toBe(wanted.size)
      const near = [...values, ...asked].flatMap((value) => [value - 1, value, value + 1])
      for (const value of near) expect(hasKey(set, value)).toBe(wanted.has(value))
      for (const from of near.slice(0, 12)) {
        for (const to of near.slice(-12)) {
          const expected = values.some((value) => value >= from && value <= to)
          expect(hasKeyBetween(set, from, to)).toBe(expected)
        }
      }
      const rows = new Uint32Array(near.length)
      const range = { least: set.least, greatest: set.greatest, flip: 0, keys: set }
      const count = selectNumbers(Float64Array.from(near), range, null, near.length, rows)
      const kept = near.flatMap((value, row) => (wanted.has(value) ? [row] : []))
      expect([...rows.subarray(0, count)]).toEqual(kept)
    }),
    { numRuns: runs(300) },
  )
})

test('keys are kept by the row that they are of', () => {
  const builder = new KeySetBuilder()
  builder.add(Int32Array.of(5, 7), null, 2)
  const rows = Uint32Array.of(100, 101, 103)
  const count = keepKeys(Int32Array.of(5, 6, 0, 7), builder.finish()!, 100, rows, 3)
  expect([...rows.subarray(0, count)]).toEqual([100, 103])
})

test('numbers too far apart are no set', () => {
  const builder = new KeySetBuilder()
  builder.add(Float64Array.of(0, 2 ** 40), null, 2)
  builder.add(Float64Array.of(1), null, 1)
  expect(builder.finish()).toBeNull()
})
