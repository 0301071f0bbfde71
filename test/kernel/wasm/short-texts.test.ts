import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freeBlocks, takeBlocks } from '../../../src/kernel/wasm/blocks.ts'
import { wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { ShortTexts } from '../../../src/kernel/wasm/short-texts.ts'
import { runs } from '../../support/random.ts'

const unit = fc.constantFrom('a', '\0', '\x02', '\x05', '\x07', 'b')

/** Texts of up to 20 bytes that differ in little: by length, by a byte that could be one. */
const text = fc.oneof(
  fc.string({ maxLength: 20, unit }),
  fc.constantFrom('abc', 'abc\0', 'abc\0\0\0\0\x03', 'aaaaaaa', 'aaaaaaaa', 'aaaaaaa\x07'),
  fc.nat(3000).map(String),
)

/** Some that are equally long, as those of a column often are, between others. */
const texts = (maxLength: number) =>
  fc
    .array(
      fc.oneof(
        fc.array(text, { maxLength: 8 }),
        fc
          .nat(8)
          .chain((size) =>
            fc.array(fc.string({ minLength: size, maxLength: size, unit }), { maxLength: 40 }),
          ),
      ),
      { maxLength },
    )
    .map((parts) => parts.flat())

test('texts are found by the ids under which they were entered, and no others are', () => {
  fc.assert(
    fc.property(texts(30), fc.oneof(texts(6), fc.constant([])), (known, asked) => {
      const blocks = takeBlocks()!
      try {
        const short = ShortTexts.within(blocks)!
        const ids = new Map<string, number>()
        const all = [...known, ...asked]
        const at = blocks.take(8192 + all.length * 12 + all.join('').length)
        const memory = wasmKernels()!.bytes.buffer as ArrayBuffer
        const bytes = new Uint8Array(memory, at, all.join('').length + 1)
        const room = (at + bytes.length + 63) & ~15
        const [starts, ends, out] = [0, 1, 2].map(
          (part) => new Int32Array(memory, room + part * all.length * 4, all.length),
        ) as [Int32Array, Int32Array, Int32Array]
        let end = 0
        for (const [row, one] of all.entries()) {
          starts[row] = end
          bytes.set(Buffer.from(one, 'latin1'), end)
          end += one.length
          ends[row] = end
        }
        for (const [row, one] of known.entries()) {
          if (ids.has(one) || one.length > 16) continue
          ids.set(one, ids.size)
          short.enter(bytes, starts[row]!, ends[row]!, ids.get(one)!)
        }
        const type = { name: 'utf8' } as const
        const head = { type, layout: 'utf8', bytes, validity: null } as const
        const vector = { ...head, length: all.length, starts, ends }
        for (let row = 0; row < all.length; row++) {
          const next = short.find(vector, row, out)
          for (; row < next; row++) expect(out[row]).toBe(ids.get(all[row]!))
          if (row < all.length) expect(ids.get(all[row]!)).toBe(undefined)
        }
      } finally {
        freeBlocks(blocks)
      }
    }),
    { numRuns: runs(200) },
  )
})
