import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePlainText, decodeQuotedText } from '../../../src/kernel/decode-text.ts'
import { findLines, findRecords } from '../../../src/kernel/find-lines.ts'
import { wasmDecodeTexts } from '../../../src/kernel/wasm/decode-text.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'
import { anyLines, type Chunk, withChunk } from './twin.ts'

const plain = fc.stringMatching(/^[a-zN\\\xe4\xa0\x8a\x8d]( ?[a-z"]{0,20}[a-z\\])?$/)
const unquoted = plain.map((text) => text.replaceAll('"', ''))
const quoted = fc.stringMatching(/^[ab ]?[,\n\r][ab\t\n ]{0,20}$/).map((text) => `"${text}"`)
const doubled = fc.stringMatching(/^"?[ab,]{0,9}"$/).map((t) => `"${t.replaceAll('"', '""')}"`)
const edges = fc.constantFrom('""', '"\\N"', '"\n"', '\\N', '\\NN', '\\M', '" "', '"\t"')
const wrong = fc.constantFrom(
  ...['', ' a', 'a ', '\ta', 'a\t', 'a\r', '\ra', 'a,b', ',', 'a"b', '"a"', '"ab', '"a,"b', ' '],
  ...['"a b"', '"a,b" ', ' "a,b"', '""""a', '"\\NN"'],
)
const frame = fc.record({
  from: fc.nat(70),
  row: fc.nat(3),
  limit: fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 3000 })),
  nulls: fc.boolean(),
  cut: fc.nat(9),
})
type Frame = typeof frame extends fc.Arbitrary<infer Of> ? Of : never

function texts(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, row: number, end: number) {
  return Array.from({ length: end - row }, (_, i) =>
    Buffer.from(bytes.subarray(starts[row + i]!, ends[row + i]!)).toString('latin1'),
  )
}

function inWasm(chunk: Chunk, { row, limit, nulls }: Frame, plain: boolean) {
  const { address, bytes, from, to } = chunk
  const [starts, ends] = [new Int32Array(row + limit), new Int32Array(row + limit)]
  const validity = new Uint8Array(nulls ? row + limit : 0).fill(7)
  const cursor = new Int32Array(3)
  const args = [starts, ends, row, row + limit, validity, cursor] as const
  const end = wasmDecodeTexts(address, from, to, 1000, ...args, { plain })
  const moved = [starts, ends].map((of) => of.map((at) => at - 1000)) as [Int32Array, Int32Array]
  const known = texts(bytes, ...moved, row, end)
  return {
    end,
    next: cursor[0]!,
    odd: cursor[2] === 1,
    known,
    flags: [...validity.slice(row, end)],
  }
}

/** What the twin makes of the records that stand there whole, up to one that it does not take. */
function inTwin({ bytes, words, from, to }: Chunk, { row, limit, nulls }: Frame, isPlain: boolean) {
  const [starts, ends] = [new Int32Array(row + limit), new Int32Array(row + limit)]
  const validity = new Uint8Array(nulls ? row + limit : 0).fill(1)
  const stops = new Int32Array(limit)
  const cursor = new Int32Array(3)
  if (isPlain) {
    const count = findLines(bytes, words, from, to, stops, limit)
    const end = decodePlainText(bytes, from, stops, count, 0, starts, ends, row, validity)
    const next = end === row ? from : stops[end - row - 1]! + 1
    const known = texts(bytes, starts, ends, row, end)
    return { end, next, odd: end < row + count, known, flags: [...validity.slice(row, end)] }
  }
  const count = findRecords(bytes, from, to, stops, limit)
  const stop = count === 0 ? from : stops[count - 1]! + 1
  const text = new Uint8Array(to - from)
  const args = [text, starts, ends, row, row + count, validity, cursor] as const
  const end = decodeQuotedText(bytes, from, stop, ...args)
  const known = texts(text, starts, ends, row, end)
  const flags = [...validity.slice(row, end)]
  return { end, next: cursor[0]!, odd: cursor[2] === 1, known, flags }
}

it.each([
  ['plain lines', true, fc.oneof(unquoted, unquoted, fc.constant('\\N'))],
  ['records with and without quotes', false, fc.oneof(unquoted, quoted, edges)],
] as const)('finds the texts of %s as the twin does', (_, isPlain, usual) => {
  fc.assert(
    fc.property(anyLines(usual, usual), frame, (text, of) => {
      withChunk(text.slice(0, Math.max(0, text.length - of.cut)), of.from, (chunk) => {
        const wanted = inTwin(chunk, of, isPlain)
        const found = inWasm(chunk, of, isPlain)
        if (of.nulls) expect(found).toEqual(wanted)
        else if (!found.odd) expect(found).toEqual(wanted)
        else expect(text).toContain('\\N\n')
      })
    }),
    { numRuns: runs(1000) },
  )
})

it.each([
  ['plain lines', true, unquoted, fc.oneof(wrong, unquoted, plain)],
  ['quoted records', false, fc.oneof(unquoted, quoted, edges), fc.oneof(wrong, wrong, doubled)],
] as const)('stops at or before what is odd among %s', (_, isPlain, usual, rare) => {
  let stops = 0
  fc.assert(
    fc.property(anyLines(usual, rare), frame, (text, of) => {
      withChunk(text, of.from, (chunk) => {
        const wanted = inTwin(chunk, of, isPlain)
        const found = inWasm(chunk, of, isPlain)
        const rows = found.end - of.row
        expect(found.end).toBeLessThanOrEqual(wanted.end)
        expect(found.known).toEqual(wanted.known.slice(0, rows))
        expect(found.flags).toEqual(wanted.flags.slice(0, rows))
        if (!found.odd) expect(found).toEqual(wanted)
        stops += Number(found.odd)
      })
    }),
    { numRuns: runs(1000) },
  )
  expect(stops).toBeGreaterThan(0)
})

reachesKernelsOf('decode-text')
