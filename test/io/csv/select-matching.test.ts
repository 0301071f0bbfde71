import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { json, utf8 } from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { openColumn } from '../../../src/io/csv/open-column.ts'
import { compileLike, matchesLike } from '../../../src/kernel/like.ts'
import { switchWasm } from '../../../src/kernel/wasm/slots.ts'
import { runs } from '../../support/random.ts'
import { columnFile, oneFileStore, vectorOf } from './column-store.ts'
import { columnsOf } from './column-values.ts'

const encoder = new TextEncoder()
const plain = fc.array(fc.stringMatching(/^x[ab]{0,9}y$/), { minLength: 1, maxLength: 120 })
const repeated = fc
  .tuple(fc.array(fc.constantFrom('ab', 'b,a', null, '"a"', 'a\nb'), { minLength: 1 }), fc.nat(300))
  .map(([values, times]) => Array.from({ length: times }, (_, i) => values[i % values.length]!))
const columns = fc.oneof(columnsOf(utf8), columnsOf(json), plain, repeated)

/** Patterns of pieces that stand in the column, and others. */
const anyCase = columns.chain((values) => {
  const known = values.flatMap((value: Scalar) => (typeof value === 'string' ? [value] : []))
  const piece = fc.tuple(
    fc.constantFrom<string>(...known, 'ab', 'a', '"', '\\N', 'N'),
    fc.nat(9),
    fc.nat(9),
  )
  const text = piece.map(([from, start, size]) => from.slice(start, start + size).toWellFormed())
  const escaped = text.map((literal) => literal.replaceAll(/[\\%_]/g, '\\$&'))
  const joint = fc.constantFrom('', '%', '_', '%_%')
  const pattern = fc.tuple(joint, escaped, joint, fc.oneof(fc.constant(''), escaped), joint)
  return fc.record({ values: fc.constant(values), pattern: pattern.map((parts) => parts.join('')) })
})

afterEach(() => switchWasm('on'))

describe.each(['on', 'off'] as const)('with WebAssembly %s, a pattern', (state) => {
  it('selects exactly the rows whose text matches', async () => {
    const plan = fc.record({
      wanted: fc.option(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(5))),
      run: fc.integer({ min: 1, max: 90 }),
      waits: fc.boolean(),
      chunk: fc.constantFrom(11, 100, 2 ** 20),
    })
    switchWasm(state)
    await fc.assert(
      fc.asyncProperty(anyCase, plan, async ({ values, pattern }, of) => {
        const { bytes, statistics } = encodeColumn('c', vectorOf(utf8, values))
        const store = oneFileStore(bytes, of)
        const program = compileLike(encoder.encode(pattern))!
        const passes = (value: Scalar) => {
          if (value === null) return false
          const text = encoder.encode(value as string)
          return matchesLike(program, text, 0, text.length)
        }
        for (let pass = 0; pass < 2; pass++) {
          const reader = await openColumn(store, columnFile(utf8, statistics))
          for (let start = 0; start < values.length; start += of.run) {
            const part = values.slice(start, start + of.run)
            const all = part.map((_, i) => i)
            const [step, first] = of.wanted ?? [1, 0]
            const rows = all.filter((i) => i % step === first % step)
            const among = of.wanted === null ? null : Uint32Array.from(rows)
            const out = new Uint32Array(of.run)
            const count = of.wanted === null ? part.length : rows.length
            const found = await reader.selectMatching(part.length, among, count, { program, out })
            const looked = of.wanted === null ? all : rows
            const expected = looked.flatMap((row, i) => (passes(part[row]!) ? [i] : []))
            expect(Array.from(out.subarray(0, found))).toEqual(expected)
          }
          reader.close()
        }
      }),
      { numRuns: runs(400) },
    )
  })

  it('in a file longer than what is read at once', async () => {
    switchWasm(state)
    const values = Array.from({ length: 60_000 }, (_, i) =>
      i % 977 === 0 ? `a "special", case ${i}` : i % 499 === 0 ? null : `the ${i}th of its kind`,
    )
    const { bytes, statistics } = encodeColumn('c', vectorOf(utf8, values))
    for (const pattern of ['%special%', '%9th of its kind', 'the 5%', '%special%5_7', '%"%7%']) {
      const program = compileLike(encoder.encode(pattern))!
      const reader = await openColumn(oneFileStore(bytes), columnFile(utf8, statistics))
      const out = new Uint32Array(values.length)
      const found = await reader.selectMatching(values.length, null, values.length, {
        program,
        out,
      })
      const expected = values.flatMap((value, row) => {
        const text = encoder.encode(value ?? '')
        return value !== null && matchesLike(program, text, 0, text.length) ? [row] : []
      })
      expect(expected.length).toBeGreaterThan(0)
      expect(Array.from(out.subarray(0, found))).toEqual(expected)
      reader.close()
    }
  })

  it('refuses a file that changed, and one that no writer of ours wrote', async () => {
    switchWasm(state)
    const values = Array.from({ length: 100 }, (_, i) => `special ${i}`)
    const { bytes, statistics } = encodeColumn('c', vectorOf(utf8, values))
    const program = compileLike(encoder.encode('%cial 5%'))!
    const select = async (changed: Uint8Array) => {
      const reader = await openColumn(oneFileStore(changed), columnFile(utf8, statistics))
      const out = new Uint32Array(100)
      await reader.selectMatching(100, null, 100, { program, out })
    }
    for (const byte of [0x41, 0x22, 0x0a, 0x2c]) {
      const changed = bytes.slice()
      changed[500] = byte
      await expect(select(changed)).rejects.toMatchObject({ code: 'DATA' })
    }
  })
})
