import fc from 'fast-check'
import { expect, it } from 'vitest'
import { endsEvenly, findLines, findRecords } from '../../src/kernel/find-lines.ts'
import { runs } from '../support/random.ts'

const byte = fc.constantFrom(10, 11, 9, 0, 255, 138, 34, 97, 0x8a, 1)
const anyBytes = fc.array(byte, { maxLength: 80 }).map((values) => {
  const bytes = new Uint8Array(96)
  bytes.set(values)
  return { bytes, words: new Int32Array(bytes.buffer), size: values.length }
})

it('finds every newline within its range and no other byte', () => {
  fc.assert(
    fc.property(anyBytes, fc.nat(80), fc.integer({ min: 1, max: 40 }), (text, start, limit) => {
      const { bytes, words, size } = text
      const from = Math.min(start, size)
      const ends = new Int32Array(limit)
      const count = findLines(bytes, words, from, size, ends, limit)
      const expected = []
      for (let p = from; p < size; p++) if (bytes[p] === 10) expected.push(p)
      expect([...ends.subarray(0, count)]).toEqual(expected.slice(0, limit))
    }),
    { numRuns: runs(1500) },
  )
})

it('leaves newlines within quotes alone', () => {
  const bytes = new TextEncoder().encode('a\n"b\n""\n"\n""\nc"d\n"e\n')
  const ends = new Int32Array(9)
  const count = findRecords(bytes, 0, bytes.length, ends, 9)
  expect([...ends.subarray(0, count)]).toEqual([1, 9, 12, 16])
})

it('knows lines of equal width', () => {
  const bytes = new TextEncoder().encode('ab\ncd\ne\nfg')
  expect(endsEvenly(bytes, 0, 2, 3)).toBe(true)
  expect(endsEvenly(bytes, 0, 3, 3)).toBe(false)
})
