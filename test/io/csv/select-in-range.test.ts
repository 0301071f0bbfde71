import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { layoutOf } from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { openColumn } from '../../../src/io/csv/open-column.ts'
import { switchWasm } from '../../../src/kernel/wasm/slots.ts'
import { runs } from '../../support/random.ts'
import { columnFile, oneFileStore, scalarsOf, vectorOf } from './column-store.ts'
import { columnsOf, TYPES } from './column-values.ts'

const NUMBERS = TYPES.filter((type) => ['i32', 'f64'].includes(layoutOf(type)))

const anyColumn = fc.constantFrom(...NUMBERS).chain((type) =>
  columnsOf(type).chain((values) => {
    const known = values.filter((value) => value !== null).map(Number)
    const bound = fc.constantFrom(-Infinity, Infinity, 0, -1, 1.5, ...known).map(safe)
    const range = fc.record({ least: bound, greatest: bound, flip: fc.constantFrom(0, 1) })
    return fc.record({ type: fc.constant(type), values: fc.constant(values), range })
  }),
)

/** As the planner gives bounds: whole numbers are compared within 2^53 only. */
function safe(bound: number): number {
  return Number.isFinite(bound) && Math.abs(bound) > Number.MAX_SAFE_INTEGER ? 0 : bound
}

afterEach(() => switchWasm('on'))

describe.each(['on', 'off'] as const)('with WebAssembly %s, a range of numbers', (state) => {
  it('selects exactly the rows in it and keeps their values', async () => {
    const plan = fc.record({
      keep: fc.boolean(),
      wanted: fc.option(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 })),
      run: fc.integer({ min: 1, max: 60 }),
      waits: fc.boolean(),
    })
    switchWasm(state)
    await fc.assert(
      fc.asyncProperty(anyColumn, plan, async ({ type, values, range }, of) => {
        const { bytes, statistics } = encodeColumn('c', vectorOf(type, values))
        const store = oneFileStore(bytes, { waits: of.waits })
        const passes = (value: Scalar) => {
          if (value === null) return false
          const inside = Number(value) >= range.least && Number(value) <= range.greatest
          return inside !== (range.flip === 1)
        }
        for (let pass = 0; pass < 2; pass++) {
          const reader = await openColumn(store, columnFile(type, statistics))
          for (let start = 0; start < values.length; start += of.run) {
            const part = values.slice(start, start + of.run)
            const all = part.map((_, i) => i)
            const rows = of.wanted === null ? all : all.filter((i) => of.wanted![i % 40] === true)
            const among = of.wanted === null ? null : Uint32Array.from(rows)
            const out = new Uint32Array(of.run)
            const query = { range, out, keep: of.keep }
            const found = await reader.selectInRange(part.length, among, rows.length, query)
            const expected = rows.flatMap((row, i) => (passes(part[row]!) ? [i] : []))
            expect(Array.from(out.subarray(0, found.count))).toEqual(expected)
            const kept = found.vector === null ? null : scalarsOf(found.vector)
            expect(kept).toEqual(of.keep ? expected.map((i) => part[rows[i]!]!) : null)
          }
          reader.close()
        }
      }),
      { numRuns: runs(300) },
    )
  })
})
