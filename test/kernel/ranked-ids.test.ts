import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int32, int64 } from '../../src/arrow/data-type.ts'
import type { Scalar } from '../../src/arrow/scalar.ts'
import { GroupTable } from '../../src/kernel/group-table.ts'
import { RankedIds } from '../../src/kernel/ranked-ids.ts'
import { runs } from '../support/random.ts'
import { vectorOf } from '../support/scalar-rows.ts'

const spread = fc.constantFrom(1, 2, 31, 33, 1000)
const keySets = fc
  .tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.array(spread, { maxLength: 400 }))
  .map(([first, steps]) => {
    const keys = [first]
    for (const step of steps) keys.push(keys.at(-1)! + step)
    return keys
  })
const asked = (keys: readonly number[]) =>
  fc.array(
    fc.oneof(
      fc.constantFrom(...keys, null),
      fc.constantFrom(...keys).chain((key) => fc.constantFrom(key - 1, key + 1, key + 32)),
      fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0),
    ),
    { minLength: 1, maxLength: 200 },
  )

test('ids are found as a Map finds them', () => {
  const cases = keySets.chain((keys) => fc.tuple(fc.constant(keys), asked(keys)))
  fc.assert(
    fc.property(cases, ([keys, values]) => {
      const ranked = RankedIds.of(Float64Array.from(keys), keys.length)!
      const ids = new Int32Array(values.length)
      const validity = Uint8Array.from(values, (value) => (value === null ? 0 : 1))
      const numbers = Float64Array.from(values, (value) => value ?? keys[0]!)
      ranked.find(numbers, validity, values.length, ids)
      const known = new Map(keys.map((key, id) => [key, id]))
      expect([...ids]).toEqual(values.map((value) => known.get(value ?? Number.NaN) ?? -1))
    }),
    { numRuns: runs(300) },
  )
})

test.each([
  ['int32', int32, (n: number): Scalar => n],
  ['int64', int64, (n: number): Scalar => BigInt(n)],
])('%s keys are found between keys that are added, ascending or not', (_, type, value) => {
  const steps = fc.array(
    fc.record({
      keys: fc.array(fc.nat(300), { minLength: 1, maxLength: 30 }),
      sorted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(steps, (batches) => {
      const table = new GroupTable([type])
      const known = new Map<number, number>()
      for (const { keys, sorted } of batches) {
        const rows = sorted ? [...keys].sort((a, b) => a - b) : keys
        const ids = new Int32Array(rows.length)
        table.assign(
          [
            vectorOf(
              type,
              rows.map((key) => value(key)),
            ),
          ],
          rows.length,
          ids,
        )
        for (const key of rows) if (!known.has(key)) known.set(key, known.size)
        expect([...ids]).toEqual(rows.map((key) => known.get(key)))
        const probes = Array.from({ length: 302 }, (_, n) => n - 1)
        const found = new Int32Array(probes.length)
        table.find(
          [
            vectorOf(
              type,
              probes.map((key) => value(key)),
            ),
          ],
          probes.length,
          found,
        )
        expect([...found]).toEqual(probes.map((key) => known.get(key) ?? -1))
      }
    }),
    { numRuns: runs(200) },
  )
})

test('keys that lie too far apart have no ranks', () => {
  expect(RankedIds.of(Float64Array.of(0, 2 ** 40), 2)).toBeNull()
  expect(RankedIds.of(new Float64Array(0), 0)).toBeNull()
  const far = new GroupTable([int64])
  const ids = new Int32Array(2)
  far.assign([vectorOf(int64, [0n, 2n ** 40n])], 2, ids)
  far.find([vectorOf(int64, [2n ** 40n, 7n])], 2, ids)
  expect([...ids]).toEqual([1, -1])
})
