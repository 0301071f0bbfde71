import fc from 'fast-check'
import { expect, it } from 'vitest'
import { selectFlags, selectNumbers } from '../../../src/kernel/select-numbers.ts'
import { wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'

const INT32 = { least: -(2 ** 31), greatest: 2 ** 31 - 1 }
const SAFE = Number.MAX_SAFE_INTEGER

const ends = [0, 1, -1, INT32.least, INT32.greatest, SAFE, -SAFE, 2 ** 53, 2 ** 63, -(2 ** 63)]
const float = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double(),
  fc.constantFrom(...ends, -0, Number.NaN, Infinity, -Infinity, 1e-320),
)
const whole = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer())
const kept = fc.record({
  flip: fc.constantFrom(0, 1),
  base: fc.constantFrom(0, 1, 7, 65_536),
  validity: fc.option(fc.constantFrom('all null', 'none null', 'some null')),
  coins: fc.infiniteStream(fc.boolean()),
})

it.each([
  ['float64', Float64Array, float],
  ['int32', Int32Array, whole],
] as const)('%s: selects and packs the rows that the twins do', (_, heap, value) => {
  const bound = fc.oneof(value, fc.constantFrom(Infinity, -Infinity, 0.5))
  const many = fc.array(value, { minLength: 1, maxLength: 9 })
  const values = fc.tuple(many, fc.nat(3000)).map(([some, count]) => {
    const filled = new heap(count)
    for (let row = 0; row < count; row++) filled[row] = some[(row * row + row) % some.length]!
    return filled
  })
  fc.assert(
    fc.property(values, bound, bound, kept, (all, least, greatest, of) => {
      const { run, places, ints, floats, bytes } = wasmKernels()!
      const { OUT, SELECTED, VALIDITY, LANES } = places
      const count = all.length
      const flags = Uint8Array.from({ length: count }, () => {
        return of.validity === 'some null' ? Number(of.coins.next().value) : 1
      })
      if (of.validity === 'all null') flags.fill(0)
      const range = { least, greatest, flip: of.flip }
      const expected = new Uint32Array(count)
      let some = selectNumbers(all, range, null, count, expected)
      if (of.validity !== null) some = selectFlags(flags, 1, expected, some, expected)

      const memory = heap === Int32Array ? ints : floats
      const size = heap.BYTES_PER_ELEMENT
      memory.set(all, OUT / size)
      bytes.set(flags, VALIDITY)
      const valid = of.validity === null ? 0 : VALIDITY
      const head = [OUT, count, of.base] as const
      const found =
        heap === Int32Array
          ? run.selectInt32(...head, ...inInt32(range), of.flip, valid, SELECTED)
          : run.selectFloat64(...head, least, greatest, of.flip, valid, SELECTED)
      const rows = [...ints.subarray(SELECTED >> 2, (SELECTED >> 2) + found)]
      expect(rows).toEqual(Array.from(expected.subarray(0, some), (row) => row + of.base))

      // In place, as a decoder does it; elsewhere all that stands there stays.
      const lanes = floats.slice(LANES >> 3, (LANES >> 3) + 4)
      if (heap === Int32Array) run.packInt32(OUT, SELECTED, found, of.base, OUT)
      else run.packFloat64(OUT, SELECTED, found, of.base, OUT)
      const packed = memory.subarray(OUT / size, OUT / size + found)
      expect([...packed]).toEqual(Array.from(expected.subarray(0, some), (row) => all[row]!))
      expect(floats.slice(LANES >> 3, (LANES >> 3) + 4)).toEqual(lanes)
    }),
    { numRuns: runs(300) },
  )
})

/** Bounds as the decoder hands them to the kernel. */
function inInt32({ least, greatest }: { least: number; greatest: number }): [number, number] {
  const from = Math.max(Math.ceil(least), INT32.least)
  const to = Math.min(Math.floor(greatest), INT32.greatest)
  return from <= to ? [from, to] : [1, 0]
}

reachesKernelsOf('select-decoded')
