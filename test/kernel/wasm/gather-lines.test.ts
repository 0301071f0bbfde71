import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wasmGatherEven, wasmGatherLines } from '../../../src/kernel/wasm/gather-lines.ts'
import { wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { freeSlot, takeSlot } from '../../../src/kernel/wasm/slots.ts'
import { runs } from '../../support/random.ts'
import { reachesKernelsOf } from './held-kernels.ts'
import { anyLines, withChunk } from './twin.ts'

const words = fc.stringMatching(/^[a-z0-9,"\xe4]{0,9}$/)
const long = fc.nat(300).map((size) => 'x'.repeat(size))

/** Text that the gathering kernels put into a slot of `room` bytes. */
function gathered(room: number, work: (target: number, full: number) => number): string {
  const target = takeSlot()
  try {
    const end = work(target, target + room)
    return Buffer.from(wasmKernels()!.bytes.slice(target, end)).toString('latin1')
  } finally {
    freeSlot(target)
  }
}

it('gathers exactly the wanted lines that stand there whole and fit', () => {
  const plan = fc.record({
    from: fc.nat(70),
    row: fc.nat(5),
    keep: fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
    dense: fc.boolean(),
    cut: fc.nat(20),
    spare: fc.nat(30),
    room: fc.oneof(fc.constant(200_000), fc.nat(400)),
  })
  fc.assert(
    fc.property(anyLines(words, fc.oneof(words, long)), plan, (text, of) => {
      const lines = text.slice(0, Math.max(0, text.length - of.cut)).split('\n')
      const there = lines.slice(0, -1)
      const rows = of.row + there.length + of.spare
      const wanted = Array.from({ length: rows - of.row }, (_, i) => i)
        .filter((i) => of.keep[of.dense ? i % of.keep.length : i >> 4] === true)
        .map((i) => i + of.row)
      const cursor = new Int32Array(4)
      const copies: string[] = []
      let stop = there.length
      let full = 0
      let left = of.room
      for (const [i, line] of there.entries()) {
        if (!wanted.includes(i + of.row)) continue
        left -= line.length + 1
        if (left < 0) {
          stop = i
          full = 1
          break
        }
        copies.push(`${line}\n`)
      }
      withChunk(lines.join('\n'), of.from, ({ address, from, to }) => {
        let count = -1
        const found = gathered(of.room, (target, end) => {
          const [start, stop] = [address + from, address + to]
          const of2 = [Uint32Array.from(wanted), 0, wanted.length] as const
          count = wasmGatherLines(start, stop, of.row, rows, ...of2, target, end, cursor)
          return cursor[2]!
        })
        expect(found).toBe(copies.join(''))
        expect(count).toBe(copies.length)
        const passed = there.slice(0, stop).reduce((sum, line) => sum + line.length + 1, 0)
        expect(Array.from(cursor.subarray(0, 2))).toEqual([address + from + passed, of.row + stop])
        expect(cursor[3]).toBe(full)
      })
    }),
    { numRuns: runs(500) },
  )
})

it('gathers wanted lines of equal length', () => {
  const plan = fc.record({
    from: fc.nat(70),
    width: fc.integer({ min: 1, max: 70 }),
    keep: fc.array(fc.boolean(), { maxLength: 300 }),
    first: fc.nat(3),
  })
  fc.assert(
    fc.property(plan, ({ from, width, keep, first }) => {
      const lines = keep.map((_, i) => `${String(i).repeat(70).slice(0, width)}\n`)
      const rows = keep.flatMap((kept, i) => (kept ? [i + 7] : []))
      const wanted = Uint32Array.from(rows)
      withChunk(lines.join(''), from, ({ address }) => {
        const count = Math.max(0, wanted.length - first)
        const found = gathered(100_000, (target) => {
          const of = [wanted, Math.min(first, wanted.length), wanted.length] as const
          wasmGatherEven(address + from, width + 1, 7, ...of, target)
          return target + count * (width + 1)
        })
        const expected = rows.slice(first).map((row) => lines[row - 7]!)
        expect(found).toBe(expected.join(''))
      })
    }),
    { numRuns: runs(500) },
  )
})

reachesKernelsOf('gather-lines')
