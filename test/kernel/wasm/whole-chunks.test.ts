import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findLines } from '../../../src/kernel/find-lines.ts'
import { onlyPrintable } from '../../../src/kernel/skip-lines.ts'
import { wasmOnlyPrintable } from '../../../src/kernel/wasm/decode-number.ts'
import { wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
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

it('finds the newlines that the twin finds, up to a limit', () => {
  fc.assert(
    fc.property(anyLines(line, line), part, fc.nat(3000), (text, of, limit) => {
      withChunk(text, of.from, ({ address, bytes, words, to }) => {
        const start = Math.min(to, of.from + of.skipped)
        const stop = Math.max(start, to - of.cut)
        const expected = new Int32Array(limit)
        const count = findLines(bytes, words, start, stop, expected, limit)
        const { run, places, ints } = wasmKernels()!
        const out = places.WANTED
        const found = run.findLines(address + start, address + stop, address, out, limit)
        expect(found).toBe(count)
        const ends = ints.subarray(out >> 2, (out >> 2) + count)
        expect([...ends]).toEqual([...expected.subarray(0, count)])
      })
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
