import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type KeySet, KeySetBuilder } from '../../../src/arrow/key-set.ts'
import { keepKeys } from '../../../src/kernel/select-numbers.ts'
import { wasmKeepKeys } from '../../../src/kernel/wasm/keep-keys.ts'
import { wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'

const setOf = (values: readonly number[]): KeySet => {
  const builder = new KeySetBuilder()
  builder.add(Float64Array.from(values), null, values.length)
  return builder.finish()!
}

function kept(layout: 'i32' | 'f64', keys: KeySet, values: readonly number[], base: number) {
  const { ints, floats, places } = wasmKernels()!
  const rows = values.flatMap((value, i) => {
    return value >= keys.least && value <= keys.greatest && i % 5 !== 3 ? [base + i] : []
  })
  const selected = places.SELECTED >> 2
  if (layout === 'i32') ints.set(values, places.OUT >> 2)
  else floats.set(values, places.OUT >> 3)
  ints.set(rows, selected)
  const count = wasmKeepKeys(layout, keys, base, places.SELECTED, rows.length)
  const twin = Int32Array.from(rows)
  const expected = keepKeys(Float64Array.from(values), keys, base, twin, rows.length)
  return [[...ints.subarray(selected, selected + count)], [...twin.subarray(0, expected)]]
}

const bounds = { i32: [-(2 ** 31), 2 ** 31 - 1], f64: [-(2 ** 53) + 1, 2 ** 53 - 1] } as const

test.each(['i32', 'f64'] as const)(
  '%s: the rows whose value is a key are those of the twin',
  (layout) => {
    const [min, max] = bounds[layout]
    const input = fc
      .record({ around: fc.integer({ min, max }), width: fc.constantFrom(1, 40, 5000, 400_000) })
      .chain(({ around, width }) => {
        const near = fc.nat(width).map((by) => Math.min(max, around + by))
        return fc.record({
          keys: fc.array(near, { minLength: 1, maxLength: 60 }),
          others: fc.array(near, { maxLength: 60 }),
          base: fc.nat(100_000),
        })
      })
    fc.assert(
      fc.property(input, ({ keys, others, base }) => {
        const [found, expected] = kept(layout, setOf(keys), [...keys, ...others], base)
        expect(found).toEqual(expected)
      }),
      { numRuns: runs(300) },
    )
  },
)

test('sets too wide for the kernels, and many in turn, are asked all the same', () => {
  const wide = setOf([5, 5 + 2 ** 26])
  const [found, expected] = kept('f64', wide, [5, 6, 5 + 2 ** 26], 0)
  expect(found).toEqual(expected)
  const some = [0, 1, 2, 3, 4].map((i) => setOf([i, i + 2_000_000]))
  for (const set of [...some, ...some]) {
    const [found, expected] = kept('i32', set, [0, 1, 2, 3, 4, 2_000_002], 7)
    expect(found).toEqual(expected)
  }
})

reachesKernelsOf('keep-keys')
