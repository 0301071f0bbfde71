import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findSeparators } from '../../../src/kernel/find-separators.ts'
import { wasmFindSeparators } from '../../../src/kernel/wasm/find-separators.ts'
import { switchWasm } from '../../../src/kernel/wasm/slots.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'

const text = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 90, unit: 'binary-ascii' }),
      fc.constantFrom(',', '\n', '\r\n', '\r', ';', '\x8a', '\xac', '\xff', ',,,,,,,,'),
      fc.nat(200).map((size) => 'x'.repeat(size)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))
const part = fc.record({ skipped: fc.nat(70), cut: fc.nat(70) })
const delimiters = fc.constantFrom(',', ';', '\t', '|', 'x', '\x7f')

function positions(find: typeof findSeparators, ...of: [Uint8Array, number, number, number]) {
  const out = new Int32Array(of[2] - of[1])
  return [...out.subarray(0, find(...of, out))]
}

it('finds the separators that the twin finds', () => {
  fc.assert(
    fc.property(text, part, delimiters, (of, { skipped, cut }, delimiter) => {
      const bytes = Buffer.from(of, 'latin1')
      const from = Math.min(bytes.length, skipped)
      const to = Math.max(from, bytes.length - cut)
      const where = [bytes, from, to, delimiter.charCodeAt(0)] as const
      expect(positions(wasmFindSeparators, ...where)).toEqual(positions(findSeparators, ...where))
    }),
    { numRuns: runs(1000) },
  )
})

it('finds all of many chunks, also where every byte is one', () => {
  for (const byte of [44, 10, 65]) {
    const bytes = new Uint8Array(100_000).fill(byte)
    bytes[77_777] = 13
    const found = positions(wasmFindSeparators, bytes, 5, 99_999, 44)
    expect(found).toEqual(positions(findSeparators, bytes, 5, 99_999, 44))
    expect(found.length).toBe(byte === 65 ? 1 : 99_994)
  }
})

it('finds them where there is no memory for kernels', () => {
  switchWasm('off')
  try {
    expect(positions(wasmFindSeparators, Buffer.from('a,b\nc'), 0, 5, 44)).toEqual([1, 3])
  } finally {
    switchWasm('on')
  }
})

reachesKernelsOf('find-separators')
