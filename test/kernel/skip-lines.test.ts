import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onlyPrintable, skipLines } from '../../src/kernel/skip-lines.ts'
import { runs } from '../support/random.ts'

const texts = fc.array(
  fc.constantFrom('', 'a', '17.25', '1234567890', '~', ' ', '@`', 'x'.repeat(90)),
  {
    maxLength: 60,
  },
)

test('passes exactly as many lines as asked, or all whole lines there are', () => {
  fc.assert(
    fc.property(texts, fc.nat(70), fc.nat(7), fc.nat(12), (lines, ask, pad, tail) => {
      const text = Buffer.from(
        `${'#'.repeat(pad)}${lines.map((line) => `${line}\n`).join('')}${'y'.repeat(tail)}`,
      )
      const bytes = new Uint8Array((text.length + 67) & ~3)
      bytes.set(text)
      const cursor = new Int32Array(2)
      const wanted = ask + 1
      skipLines(bytes, new Int32Array(bytes.buffer), pad, text.length, wanted, cursor)
      const passed = Math.min(wanted, lines.length)
      const expected = lines
        .slice(0, passed)
        .reduce((at, line) => at + Buffer.byteLength(line) + 1, pad)
      expect([...cursor]).toEqual([expected, passed])
    }),
    { numRuns: runs(2000) },
  )
})

test('finds every byte that is neither printable ASCII nor a newline', () => {
  const byte = fc.oneof(fc.constantFrom(10, 32, 48, 127), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 24 }), fc.nat(5), (text, from) => {
      const bytes = new Uint8Array(28)
      bytes.set(text)
      const looked = text.slice(from)
      const expected = looked.every((b) => b === 10 || (b >= 32 && b < 128))
      const words = new Int32Array(bytes.buffer)
      expect(onlyPrintable(bytes, words, from, Math.max(from, text.length))).toBe(expected)
    }),
    { numRuns: runs(3000) },
  )
})
