import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal, float64, int32, int64 } from '../../src/arrow/data-type.ts'
import { ExactSums, FloatSums } from '../../src/kernel/sum.ts'
import { runs } from '../support/random.ts'
import { vectorOf } from '../support/scalar-rows.ts'

const MOST = 2n ** 53n - 1n

test('exact sums are those of bigints, whatever the sizes', () => {
  const value = fc.oneof(
    fc.bigInt(-9n, 9n),
    fc.constantFrom(MOST, -MOST),
    fc.bigInt(-(10n ** 30n), 10n ** 30n),
  )
  const part = fc.array(fc.tuple(fc.option(value, { nil: null }), fc.nat(5)), {
    minLength: 1,
    maxLength: 30,
  })
  const narrow = part.map((rows) =>
    rows.map(([of, group]) => [of === null || of > MOST || of < -MOST ? null : of, group] as const),
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(part, narrow), { maxLength: 12 }),
      fc.boolean(),
      (parts, grouped) => {
        const sums = new ExactSums()
        const expected = [0n, 0n, 0n, 0n, 0n, 0n]
        for (const rows of parts) {
          const vector = vectorOf(
            decimal(38),
            rows.map(([of]) => of),
          )
          sums.add(
            vector,
            grouped ? Int32Array.from(rows, ([, group]) => group) : null,
            grouped ? 6 : 1,
          )
          for (const [of, group] of rows) expected[grouped ? group : 0]! += of ?? 0n
        }
        expect(expected.map((_, group) => sums.total(group))).toEqual(expected)
      },
    ),
    { numRuns: runs(200) },
  )
})

test('sums stay exact over millions of the largest values', () => {
  const rows = 65_536
  const vector = vectorOf(int64, [...Array(rows - 1).fill(MOST), -1n])
  const groups = new Int32Array(rows)
  const sums = new ExactSums()
  for (let i = 0; i < 1200; i++) sums.add(vector, i % 2 === 0 ? null : groups, 1)
  expect(sums.total(0)).toBe(1200n * (BigInt(rows - 1) * MOST - 1n))
})

test('sums of int32 stay exact past 2^53', () => {
  const vector = vectorOf(int32, Array(65_536).fill(2 ** 31 - 1))
  const sums = new ExactSums()
  for (let i = 0; i < 100; i++) sums.add(vector, null, 1)
  expect(sums.total(0)).toBe(6_553_600n * (2n ** 31n - 1n))
})

test('sums of floats do not depend on the order of the rows', () => {
  const value = fc.double({ min: -1e15, max: 1e15, noNaN: true })
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), (values) => {
      const [ahead, back] = [values, [...values].reverse()].map((list) => {
        const sums = new FloatSums()
        sums.add(vectorOf(float64, list), null, 1)
        return sums.total(0)
      })
      expect(Math.abs(ahead! - back!)).toBeLessThanOrEqual(1e-15 * Math.abs(ahead!) + 1e-13)
    }),
    { numRuns: runs(100) },
  )
})
