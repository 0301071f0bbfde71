import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SAFE } from '../../src/arrow/vector.ts'
import { addByGroup, countByGroup, sizeOf } from '../../src/kernel/few-groups.ts'
import { runs } from '../support/random.ts'

/** Rows of some groups: few enough for lanes or not, with fewer rows than a lane takes or more. */
const grouped = fc
  .constantFrom(1, 2, 7, 256, 257)
  .chain((groupCount) =>
    fc.record({
      groupCount: fc.constant(groupCount),
      rows: fc.array(
        fc.tuple(fc.nat(groupCount - 1), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
        { maxLength: 40, size: 'max' },
      ),
      repeat: fc.constantFrom(1, 3, 40),
      before: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    }),
  )
  .map(({ rows, repeat, ...rest }) => ({ ...rest, rows: Array(repeat).fill(rows).flat() }))

test('sums and counts by group are those of a loop over the rows, few groups or many', () => {
  fc.assert(
    fc.property(grouped, ({ groupCount, rows, before }) => {
      const groups = Int32Array.from(rows, ([group]) => group)
      const values = Float64Array.from(rows, ([, value]) => value)
      const sums = new Float64Array(groupCount).fill(before)
      const counts = new Float64Array(groupCount).fill(before)
      const expectedSums = sums.slice()
      const expectedCounts = counts.slice()
      for (const [group, value] of rows) {
        expectedSums[group]! += value
        expectedCounts[group]! += 1
      }
      addByGroup(values, groups, rows.length, sums, groupCount)
      countByGroup(groups, rows.length, counts, groupCount)
      expect(sums).toEqual(expectedSums)
      expect(counts).toEqual(expectedCounts)
    }),
    { numRuns: runs(200) },
  )
})

test('the size of values is exact below 2^53 and never told as less than it is beyond', () => {
  const value = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.integer({ min: -SAFE, max: SAFE }),
    fc.constantFrom(SAFE, -SAFE, 1, 2 ** 52, -(2 ** 52)),
  )
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), fc.nat(20), (values, most) => {
      const length = Math.min(most, values.length)
      const size = values.slice(0, length).reduce((sum, of) => sum + BigInt(Math.abs(of)), 0n)
      const told = sizeOf(Float64Array.from(values), length)
      if (size <= BigInt(SAFE)) expect(told).toBe(Number(size))
      else expect(told).toBeGreaterThan(SAFE)
    }),
    { numRuns: runs(300) },
  )
})
