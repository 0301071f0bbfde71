import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countLines } from '../../../src/kernel/count-lines.ts'
import { onlyPrintable } from '../../../src/kernel/skip-lines.ts'
import { wasmCountLines } from '../../../src/kernel/wasm/count-lines.ts'
import { wasmOnlyPrintable } from '../../../src/kernel/wasm/decode-number.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'
import { anyLines, withChunk } from './twin.ts'

const line = fc.oneof(
  fc.string({ maxLength: 20, unit: 'binary-ascii' }),
  fc.stringMatching(/^[ -~]{0,90}$/),
  fc.constantFrom('', '\\N', '"a\nb"', '\x0b', '\x7f', '\x80', '\xff', '\x8a', '\t', '\0'),
)
const printable = fc.oneof(fc.stringMatching(/^[ -~]{0,40}$/), fc.constantFrom('', '~', ' '))
const part = fc.record({ from: fc.nat(70), skipped: fc.nat(70), cut: fc.nat(70) })

it('counts the newlines that the twin counts', () => {
  const many = fc.tuple(anyLines(line, line), fc.constantFrom(1, 1, 1, 40)).map(([text, times]) => {
    return Buffer.concat(Array.from({ length: times }, () => Buffer.from(text)))
  })
  fc.assert(
    fc.property(many, part, (bytes, { skipped, cut }) => {
      const from = Math.min(bytes.length, skipped)
      const to = Math.max(from, bytes.length - cut)
      const expected = bytes.subarray(from, to).filter((byte) => byte === 10).length
      expect(countLines(bytes, from, to)).toBe(expected)
      expect(wasmCountLines(bytes, from, to)).toBe(expected)
    }),
    { numRuns: runs(300) },
  )
})

it('knows as its twin does whether all bytes are printable', () => {
  const answers = new Set<boolean>()
  const lines = fc.oneof(anyLines(printable, printable), anyLines(printable, line))
  fc.assert(
    fc.property(lines, part, (text, of) => {
      withChunk(text, of.from, ({ address, bytes, words, to }) => {
        const start = Math.min(to, of.from + of.skipped)
        const stop = Math.max(start, to - of.cut)
        const expected = onlyPrintable(bytes, words, start, stop)
        expect(wasmOnlyPrintable(address + start, address + stop)).toBe(expected)
        answers.add(expected)
      })
    }),
    { numRuns: runs(500) },
  )
  expect(answers).toEqual(new Set([true, false]))
})

reachesKernelsOf('whole-chunks')
