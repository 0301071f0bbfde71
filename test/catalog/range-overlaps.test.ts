import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverage, rangeOverlaps } from '../../src/catalog/range-overlaps.ts'
import { runs } from '../support/random.ts'

const RANKS = 12

test('overlaps and depths are those that counting point by point gives', () => {
  const range = fc.tuple(fc.nat(RANKS - 1), fc.nat(RANKS - 1)).map(([a, b]) => {
    return [Math.min(a, b), Math.max(a, b)] as const
  })
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
      const lower = Int32Array.from(ranges, ([from]) => from)
      const upper = Int32Array.from(ranges, ([, to]) => to)
      const points = Array.from({ length: RANKS }, (_, at) => at)
      const over = points.map((at) => ranges.filter(([a, b]) => a <= at && at <= b).length)
      const { overlaps, depths } = rangeOverlaps(lower, upper, RANKS)
      expect([...coverage(lower, upper, RANKS)]).toEqual(over)
      for (const [at, [from, to]] of ranges.entries()) {
        const others = ranges.filter(([a, b], other) => other !== at && a <= to && from <= b)
        expect(overlaps[at]).toBe(others.length)
        expect(depths[at]).toBe(Math.max(...over.slice(from, to + 1)))
      }
    }),
    { numRuns: runs(300) },
  )
})
