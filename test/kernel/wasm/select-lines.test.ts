import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeQuotedText } from '../../../src/kernel/decode-text.ts'
import { findRecords } from '../../../src/kernel/find-lines.ts'
import { compileLike, type LikeProgram, matchesLike } from '../../../src/kernel/like.ts'
import { lineSearch, wasmSelectLines } from '../../../src/kernel/wasm/select-lines.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'
import { anyLines, type Chunk, withChunk } from './twin.ts'

/** Few letters, so that literals are met, also one into another and at every place of a line. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', 'N', '\\', '\xe4'), maxLength: 30 })
const plain = word.map((text) => `x${text}`)
const quoted = fc
  .string({ unit: fc.constantFrom('a', 'b', 'ab', '"', '"', ',', '\n'), maxLength: 20 })
  .map((text) => `"${`,${text}`.replaceAll('"', '""')}"`)
const edges = fc.constantFrom('""', '"ab,"', '",ab"', '"\nab\n"', '"""ab"""', '",\nab"', '"\\N"')
const record = fc.oneof(
  plain,
  word.map((text) => `${text}ab`),
  quoted,
  edges,
  fc.constant('\\N'),
)
const long = fc.nat(300).map((size) => `${'x'.repeat(size)}ab`)
const wrong = fc.constantFrom('a"b', '"ab"x', '"a" b"', 'ab"', '"ab', '""ab""')

const programs = fc
  .tuple(
    fc.constantFrom('', '%'),
    fc.oneof(word, fc.constantFrom('ab', 'a', 'ba', ',', 'x', 'xabababababababababab', 'a%b')),
    fc.constantFrom('', '%'),
  )
  .map(([front, text, back]) =>
    compileLike(Buffer.from(front + text.replaceAll('\\', '\\\\') + back, 'latin1')),
  )
  .map((program) => program!)

interface Outcome {
  readonly rows: readonly number[]
  readonly next: number
  readonly passed: number
}

/** Decodes whole records and matches each, up to one that no writer of ours wrote. */
function decoded({ bytes, from, to }: Chunk, program: LikeProgram, limit: number) {
  const ends = new Int32Array(limit)
  const whole = findRecords(bytes, from, to, ends, limit)
  const stop = whole === 0 ? from : ends[whole - 1]! + 1
  const text = new Uint8Array(to - from)
  const [starts, stops] = [new Int32Array(limit), new Int32Array(limit)]
  const validity = new Uint8Array(limit).fill(1)
  const cursor = new Int32Array(3)
  const args = [text, starts, stops, 0, whole, validity, cursor] as const
  const passed = decodeQuotedText(bytes, from, stop, ...args)
  const rows = Array.from({ length: passed }, (_, row) => row).filter(
    (row) => validity[row] === 1 && matchesLike(program, text, starts[row]!, stops[row]!),
  )
  return { rows, next: cursor[0]!, passed, odd: cursor[2] === 1 }
}

function searched(chunk: Chunk, program: LikeProgram, limit: number): Outcome & { odd: boolean } {
  const search = lineSearch(program)!
  const out = new Uint32Array(limit + 1)
  const cursor = new Int32Array(3)
  const { address, from, to } = chunk
  const at = new Uint32Array(limit)
  const found = wasmSelectLines(search, address, from, to, 7, 7 + limit, out, 1, at, cursor)
  const rows = Array.from(out.subarray(1, found), (row) => row - 7)
  return { rows, next: cursor[0]!, passed: cursor[1]! - 7, odd: cursor[2] === 1 }
}

const frame = fc.record({
  from: fc.nat(70),
  limit: fc.integer({ min: 1, max: 3000 }),
  cut: fc.nat(9),
})

it('finds in the bytes of records exactly the rows whose text matches', () => {
  fc.assert(
    fc.property(anyLines(record, fc.oneof(record, long)), programs, frame, (text, program, of) => {
      fc.pre(program.kind !== 'general' && lineSearch(program) !== null)
      withChunk(text.slice(0, Math.max(0, text.length - of.cut)), of.from, (chunk) => {
        expect(searched(chunk, program, of.limit)).toEqual(decoded(chunk, program, of.limit))
      })
    }),
    { numRuns: runs(2000) },
  )
})

it('finds what a pattern needs and where its record begins', () => {
  fc.assert(
    fc.property(anyLines(record, record), word, frame, (text, literal, { from, limit }) => {
      const program = compileLike(Buffer.from(`%a_%${literal.replaceAll('\\', '')}b%`, 'latin1'))!
      const search = lineSearch(program)
      fc.pre(search !== null)
      withChunk(text, from, (chunk) => {
        const [out, at] = [new Uint32Array(limit), new Uint32Array(limit)]
        const cursor = new Int32Array(3)
        const { address, bytes, to } = chunk
        const found = wasmSelectLines(search, address, from, to, 0, limit, out, 0, at, cursor)
        const holding = { ...program, kind: 'contains' } as const
        expect([...out.subarray(0, found)]).toEqual(decoded(chunk, holding, limit).rows)
        const ends = new Int32Array(limit)
        findRecords(bytes, from, to, ends, limit)
        const begins = [...out.subarray(0, found)].map((row) => (row ? ends[row - 1]! + 1 : from))
        expect([...at.subarray(0, found)]).toEqual(begins)
      })
    }),
    { numRuns: runs(500) },
  )
})

it('stops before a quote that may not stand where it does', () => {
  let stops = 0
  fc.assert(
    fc.property(anyLines(record, fc.oneof(wrong, wrong, record)), frame, (text, { from }) => {
      const program = compileLike(Buffer.from('%ab%'))!
      withChunk(text, from, (chunk) => {
        const known = decoded(chunk, program, 5000)
        const found = searched(chunk, program, 5000)
        expect(found.passed).toBeLessThanOrEqual(known.passed)
        expect(found.rows).toEqual(known.rows.filter((row) => row < found.passed))
        if (!found.odd) expect(found).toEqual(known)
        stops += Number(found.odd)
      })
    }),
    { numRuns: runs(500) },
  )
  expect(stops).toBeGreaterThan(0)
})

it('leaves literals to others that lines do not tell', () => {
  const kinds = ['%N', '%\\\\%', '\\\\N', 'a\n%', '%"%', '%', '', `${'x'.repeat(3000)}%`]
  for (const kind of kinds) expect(lineSearch(compileLike(Buffer.from(kind))!)).toBe(null)
  for (const kind of ['%Na%', 'R', 'a%b', '%,%']) {
    expect(lineSearch(compileLike(Buffer.from(kind))!)).not.toBe(null)
  }
})

reachesKernelsOf('select-lines')
