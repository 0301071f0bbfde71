import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GroupPairs } from '../../src/kernel/group-pair.ts'
import { runs } from '../support/random.ts'

/** Ids that grow from batch to batch, as those of group indexes do. */
const batches = fc.array(
  fc.record({
    most: fc.constantFrom(1, 3, 8, 200, 70_000),
    pairs: fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 50 }),
  }),
  { minLength: 1, maxLength: 6 },
)

test('pairs are numbered as a Map numbers them, whether few or many ids come', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const pairs = new GroupPairs()
      const numbers = new Map<string, number>()
      for (const { most, pairs: rows } of all) {
        const left = Int32Array.from(rows, ([id]) => id % most)
        const right = Int32Array.from(rows, ([, id]) => id % most)
        const texts = rows.map((_, row) => `${left[row]} ${right[row]}`)
        const found = new Int32Array(rows.length)
        pairs.find(left, right, rows.length, found)
        expect(Array.from(found)).toEqual(texts.map((text) => numbers.get(text) ?? -1))
        const ids = new Int32Array(rows.length)
        pairs.assign(left, right, rows.length, ids)
        for (const text of texts) if (!numbers.has(text)) numbers.set(text, numbers.size)
        expect(Array.from(ids)).toEqual(texts.map((text) => numbers.get(text)))
      }
      expect(pairs.count).toBe(numbers.size)
      const { left, right } = pairs.sides
      expect(Array.from(left, (id, pair) => `${id} ${right[pair]}`)).toEqual([...numbers.keys()])
    }),
    { numRuns: runs(100) },
  )
})
