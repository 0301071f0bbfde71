import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareRows } from '../../src/kernel/compare-rows.ts'
import { dealRows, hashRows } from '../../src/kernel/deal-rows.ts'
import { runs } from '../support/random.ts'
import {
  batchesOf,
  batchOf,
  compareWith,
  keyText,
  rowsOf,
  WIDE_SCHEMA,
  wideRows,
} from '../support/scalar-rows.ts'

const part = (hash: number, bits: number) => hash >>> (32 - bits)

test('rows of equal keys fall together, whatever else is in their batch, and no row is lost', () => {
  fc.assert(
    fc.property(wideRows(60), fc.nat(9), fc.constantFrom(1, 3, 5), (rows, seed, bits) => {
      // One batch, and one per row: whole numbers are laid out otherwise beside wide ones.
      const all = batchOf(WIDE_SCHEMA, rows)
      for (const [position] of WIDE_SCHEMA.fields.entries()) {
        const hashes = new Int32Array(rows.length)
        hashRows([all.columns[position]!], rows.length, seed, hashes)
        const seen = new Map<string, number>()
        for (const [row, values] of rows.entries()) {
          const text = keyText([values[position]!])
          const alone = new Int32Array(1)
          const [single] = batchesOf(WIDE_SCHEMA, [values], [1])
          hashRows([single!.columns[position]!], 1, seed, alone)
          expect(alone[0]).toBe(hashes[row])
          expect(seen.get(text) ?? hashes[row]).toBe(hashes[row])
          seen.set(text, hashes[row]!)
        }
        const dealt = dealRows(hashes, rows.length, bits)
        expect([...dealt.rows].sort((a, b) => a - b)).toEqual(rows.map((_, row) => row))
        for (let at = 0; at < 1 << bits; at++) {
          const own = [...dealt.rows.subarray(dealt.starts[at]!, dealt.starts[at + 1]!)]
          expect(own).toEqual([...own].sort((a, b) => a - b))
          for (const row of own) expect(part(hashes[row]!, bits)).toBe(at)
        }
      }
    }),
    { numRuns: runs(40) },
  )
})

test('another seed takes apart what fell together', () => {
  const rows = Array.from({ length: 4096 }, (_, i) => [i, i, BigInt(i), `${i}`, true, 0n, 0])
  const { columns } = batchOf(WIDE_SCHEMA, rows)
  for (const key of [0, 1, 2, 3]) {
    const [first, second] = [new Int32Array(4096), new Int32Array(4096)]
    hashRows([columns[key]!], 4096, 0, first)
    hashRows([columns[key]!], 4096, 1, second)
    const counts = new Map<number, number>()
    for (const [row, hash] of first.entries()) {
      if (part(hash, 3) !== 0) continue
      const again = part(second[row]!, 3)
      counts.set(again, (counts.get(again) ?? 0) + 1)
    }
    expect(counts.size).toBe(8)
    for (const count of counts.values()) expect(count).toBeLessThan(128)
  }
})

test('two rows compare as the rows of a sort do', () => {
  const keys = fc.record({
    position: fc.nat(WIDE_SCHEMA.fields.length - 1),
    descending: fc.boolean(),
    nulls: fc.constantFrom('first' as const, 'last' as const),
  })
  fc.assert(
    fc.property(wideRows(12), wideRows(12), keys, (some, others, key) => {
      const [one, other] = [batchOf(WIDE_SCHEMA, some), batchOf(WIDE_SCHEMA, others)]
      const columnOf = (of: typeof one) => [{ ...key, vector: of.columns[key.position]! }]
      expect(rowsOf([one])).toEqual(some)
      for (const [row, values] of some.entries()) {
        for (const [second, otherValues] of others.entries()) {
          const found = compareRows(columnOf(one), row, columnOf(other), second)
          const wanted = compareWith(values[key.position]!, otherValues[key.position]!, key)
          expect(Math.sign(found)).toBe(Math.sign(wanted))
        }
      }
    }),
    { numRuns: runs(100) },
  )
})
