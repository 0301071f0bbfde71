import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PACK_SLACK, packTexts } from '../../src/arrow/pack-texts.ts'
import { textLength, type Utf8Vector } from '../../src/arrow/vector.ts'
import { runs } from '../support/random.ts'

const range = fc.tuple(fc.nat(300), fc.oneof(fc.nat(12), fc.nat(100)))

test('texts are packed one behind the other, wherever they lay', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 320 }),
      fc.array(range, { maxLength: 20 }),
      fc.record({ isRun: fc.boolean(), from: fc.nat(5), row: fc.nat(4), at: fc.nat(9) }),
      (bytes, ranges, { isRun, from, row, at }) => {
        let last = 0
        const bounds = ranges.map(([start, size]) => {
          const first = Math.min(bytes.length, isRun ? last : start)
          last = Math.min(bytes.length, first + size)
          return [first, last] as const
        })
        const starts = Int32Array.from(bounds, ([start]) => start)
        const ends = Int32Array.from(bounds, ([, end]) => end)
        const source = { bytes, starts, ends }
        const texts = bounds.slice(from).map(([start, end]) => [...bytes.subarray(start, end)])
        const rows = texts.length
        const size = textLength(source as Utf8Vector, Math.min(from, bounds.length), bounds.length)
        expect(size).toBe(texts.flat().length)
        const target = {
          bytes: new Uint8Array(at + size + PACK_SLACK),
          starts: new Int32Array(row + rows),
          ends: new Int32Array(row + rows),
        }
        const first = Math.min(from, bounds.length)
        const end = packTexts(source, first, bounds.length, target, row, at)
        expect(end).toBe(rows === 0 ? at : at + size)
        for (const [i, text] of texts.entries()) {
          const [start, stop] = [target.starts[row + i]!, target.ends[row + i]!]
          expect([...target.bytes.subarray(start, stop)]).toEqual(text)
        }
        expect([...target.bytes.subarray(at, end)]).toEqual(texts.flat())
      },
    ),
    { numRuns: runs(500) },
  )
})
