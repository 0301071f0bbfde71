import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DataType, decimal, int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { ownVector } from '../../../src/arrow/own-vector.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import { scalarAt } from '../../../src/arrow/scalar.ts'
import { SAFE, take, type Vector } from '../../../src/arrow/vector.ts'
import { addFloat64, mulWhole, subFloat64 } from '../../../src/kernel/arithmetic.ts'
import { ascendingIds } from '../../../src/kernel/ascending-ids.ts'
import { evenTexts } from '../../../src/kernel/even-texts.ts'
import { countByGroup } from '../../../src/kernel/few-groups.ts'
import { GroupTable } from '../../../src/kernel/group-table.ts'
import { ExactSums } from '../../../src/kernel/sum.ts'
import {
  addressOf,
  type Blocks,
  freeBlocks,
  inBlocks,
  newFloat64,
  newInt32,
  newUint8,
  takeBlocks,
} from '../../../src/kernel/wasm/blocks.ts'
import { addWholes, mulWholes, subWholes } from '../../../src/kernel/wasm/combine-wholes.ts'
import { takeRows } from '../../../src/kernel/wasm/take-rows.ts'
import { runs } from '../../support/random.ts'
import { vectorOf } from '../../support/scalar-rows.ts'
import { reachesKernelsOf } from './held-kernels.ts'

let blocks: Blocks

beforeEach(() => {
  blocks = takeBlocks()!
})

afterEach(() => freeBlocks(blocks))

const floats = (values: readonly number[]) => {
  const array = inBlocks(blocks, () => newFloat64(values.length))
  array.set(values)
  return array
}

const ints = (values: readonly number[]) => {
  const array = inBlocks(blocks, () => newInt32(values.length))
  array.set(values)
  return array
}

/** `vector` with all that it consists of in the blocks. */
function lent(vector: Vector): Vector {
  const { length } = vector
  switch (vector.layout) {
    case 'f64':
      return { ...vector, values: floats([...vector.values]) }
    case 'i32':
      return { ...vector, values: ints([...vector.values]) }
    case 'utf8': {
      const bytes = inBlocks(blocks, () => newUint8(vector.bytes.length + 16))
      bytes.set(vector.bytes)
      const [starts, ends] = [ints([...vector.starts]), ints([...vector.ends])]
      return { ...vector, length, bytes, starts, ends }
    }
    default:
      return vector
  }
}

const whole = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 1, -1, SAFE, -SAFE, 2 ** 26, 2 ** 31),
)

describe('sums, differences and products of whole numbers in blocks', () => {
  const bounds = fc
    .tuple(fc.constantFrom(SAFE, 1e6, 2 ** 31 - 1), fc.constantFrom(-SAFE, -1e6, 0))
    .map(([greatest, least]) => ({ least, greatest }))
  const side = fc.array(whole, { minLength: 1, maxLength: 37 })
  const OPERATIONS = [
    ['add', addWholes, addFloat64],
    ['sub', subWholes, subFloat64],
    ['mul', mulWholes, mulWhole],
  ] as const

  it.each(OPERATIONS)(
    '%s as on the heap, rows and constants, within bounds or not',
    (_, fast, twin) => {
      fc.assert(
        fc.property(side, side, fc.boolean(), fc.boolean(), bounds, (a, b, oneA, oneB, within) => {
          blocks.clear()
          const length = oneA
            ? oneB
              ? 5
              : b.length
            : oneB
              ? a.length
              : Math.min(a.length, b.length)
          const left = (values: Float64Array) => ({ values, mask: oneA ? 0 : -1 })
          const right = (values: Float64Array) => ({ values, mask: oneB ? 0 : -1 })
          const expected = new Float64Array(length)
          const [x, y] = [Float64Array.from(a), Float64Array.from(b)]
          const fits = twin(left(x), right(y), length, within, expected)
          const out = floats(new Array(length).fill(7))
          expect(fast(left(floats(a)), right(floats(b)), length, within, out)).toBe(fits)
          if (fits) expect(Array.from(out)).toEqual(Array.from(expected))
        }),
        { numRuns: runs(300) },
      )
    },
  )
})

describe('sums and counts of groups in blocks', () => {
  const grouped = (...counts: number[]) =>
    fc.tuple(fc.constantFrom(...counts), fc.boolean()).chain(([groupCount, near]) => {
      const group = fc.nat(near ? Math.min(50, groupCount - 1) : groupCount - 1)
      return fc.record({
        groupCount: fc.constant(groupCount),
        first: fc.nat(groupCount - 1),
        rows: fc.array(fc.tuple(group, whole), { maxLength: 60 }),
      })
    })
  const lists = fc.oneof(
    fc.array(grouped(1, 2, 256), { minLength: 1, maxLength: 4 }),
    fc.array(grouped(1, 2, 256, 257, 5_000, 40_000), { maxLength: 4 }),
  )

  it('are those of bigints, however large, few groups or many, int32 or float64', () => {
    fc.assert(
      fc.property(lists, fc.boolean(), (batches, narrow) => {
        const groupCount = Math.max(1, ...batches.map((batch) => batch.groupCount))
        const sums = new ExactSums()
        const counts = new Float64Array(groupCount)
        const expected = new Map<number, { sum: bigint; count: number }>()
        for (const { first, rows } of batches) {
          blocks.clear()
          const groups = rows.map(([group]) => (first + group) % groupCount)
          const values = rows.map(([, value]) => (narrow ? value | 0 : value))
          const vector: Vector = narrow
            ? {
                type: int32,
                layout: 'i32',
                length: rows.length,
                validity: null,
                values: ints(values),
              }
            : {
                type: int64,
                layout: 'f64',
                length: rows.length,
                validity: null,
                values: floats(values),
              }
          const ids = ints(groups)
          sums.add(vector, ids, groupCount)
          countByGroup(ids, rows.length, counts, groupCount)
          for (const [row, group] of groups.entries()) {
            const before = expected.get(group) ?? { sum: 0n, count: 0 }
            expected.set(group, { sum: before.sum + BigInt(values[row]!), count: before.count + 1 })
          }
        }
        for (const [group, { sum, count }] of expected) {
          expect(sums.total(group)).toBe(sum)
          expect(counts[group]).toBe(count)
        }
      }),
      { numRuns: runs(800) },
    )
  })

  it('without groups give the sum of all', () => {
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 50 }), (values) => {
        blocks.clear()
        const sums = new ExactSums()
        const length = values.length
        sums.add(
          { type: int64, layout: 'f64', length, validity: null, values: floats(values) },
          null,
          1,
        )
        const small = values.map((value) => value | 0)
        sums.add(
          { type: int32, layout: 'i32', length, validity: null, values: ints(small) },
          null,
          1,
        )
        const all = [...values, ...small].reduce((sum, value) => sum + BigInt(value), 0n)
        expect(sums.total(0)).toBe(all)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('keys in blocks', () => {
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('', 'a', 'b', 'AIR', 'id016', '0123456789abcdef') },
    { weight: 1, arbitrary: fc.string({ maxLength: 20, unit: 'grapheme' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a\0', '\0', '\0\0', '0123456789abcdefg', 'x'.repeat(40)),
    },
  )
  const number = fc.oneof(fc.nat(5), fc.integer({ min: -300, max: 300 }))
  const rows = fc.array(
    fc.record({
      text: fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) }),
      int: number,
      long: fc.oneof(number, fc.maxSafeInteger()).map(BigInt),
    }),
    { minLength: 1, maxLength: 40 },
  )
  const TYPES: readonly [keyof Row, DataType][] = [
    ['text', utf8],
    ['int', int32],
    ['long', int64],
  ]
  interface Row {
    readonly text: string | null
    readonly int: number
    readonly long: bigint
  }

  it('get the numbers that they get on the heap, alone and in tuples, sorted or not', () => {
    fc.assert(
      fc.property(
        fc.array(rows, { minLength: 1, maxLength: 5 }),
        fc.subarray([...TYPES], { minLength: 1 }),
        fc.constantFrom('as they are', 'ascending', 'repeated'),
        (batches, columns, order) => {
          // Tables live as long as their blocks, which would be full of those of other runs.
          freeBlocks(blocks)
          blocks = takeBlocks()!
          const types = columns.map(([, type]) => type)
          const [fast, twin] = [new GroupTable(types, blocks), new GroupTable(types)]
          for (const batch of arranged(batches, order)) {
            blocks.clear()
            const keys = columns.map(([name, type]) =>
              vectorOf(
                type,
                batch.map((row) => row[name]),
              ),
            )
            const [ids, expected] = [
              ints(new Array(batch.length).fill(-9)),
              new Int32Array(batch.length),
            ]
            twin.assign(keys, batch.length, expected)
            fast.assign(keys.map(lent), batch.length, ids)
            expect(Array.from(ids)).toEqual(Array.from(expected))
          }
          expect(fast.count).toBe(twin.count)
          const [found, wanted] = [fast.keys(), twin.keys()]
          for (const [position, vector] of wanted.entries()) {
            expect(scalars(found[position]!)).toEqual(scalars(vector))
          }
          const last = batches.at(-1)!
          const keys = columns.map(([name, type]) =>
            vectorOf(
              type,
              last.map((row) => row[name]),
            ),
          )
          const [ids, expected] = [new Int32Array(last.length), new Int32Array(last.length)]
          twin.find(keys, last.length, expected)
          fast.find(keys, last.length, ids)
          expect(ids).toEqual(expected)
        },
      ),
      { numRuns: runs(400) },
    )
  })

  function arranged(
    batches: readonly (readonly Row[])[],
    order: string,
  ): readonly (readonly Row[])[] {
    if (order === 'as they are') return batches
    if (order === 'repeated')
      return batches.map((batch) => new Array<readonly Row[]>(30).fill(batch).flat())
    const all = batches.flat().sort((a, b) => a.int - b.int || Number(a.long - b.long))
    return batches
      .map((batch, n) => all.slice(n * 7, n * 7 + batch.length))
      .filter(({ length }) => length > 0)
  }

  it('that ascend are numbered without a look, up to the first that does not', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 40 }), fc.boolean(), (values, narrow) => {
        blocks.clear()
        const make = narrow ? ints : floats
        const heap = narrow ? Int32Array : Float64Array
        const { length } = values
        const [ids, keys] = [ints(new Array(length).fill(0)), make(new Array(length).fill(0))]
        const [ownIds, ownKeys] = [new Int32Array(length), new heap(length)]
        const fast = ascendingIds(make(values), length, -1, 4, ids, keys)
        expect(fast).toEqual(ascendingIds(heap.from(values), length, -1, 4, ownIds, ownKeys))
        const fall = values.findIndex((value, row) => value < (values[row - 1] ?? -1))
        expect(fast.rows).toBe(fall < 0 ? length : fall)
        expect(Array.from(ids.subarray(0, fast.rows))).toEqual([...ownIds.subarray(0, fast.rows)])
        expect(Array.from(keys.subarray(0, fast.added))).toEqual([
          ...ownKeys.subarray(0, fast.added),
        ])
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('rows in blocks', () => {
  const COLUMNS: readonly [DataType, fc.Arbitrary<Scalar>][] = [
    [int32, fc.integer({ min: -9, max: 9 })],
    [decimal(12, 2), fc.maxSafeInteger().map((n) => BigInt(n % 1e9))],
    [utf8, fc.string({ maxLength: 9 })],
  ]

  it.each(COLUMNS)('are taken as on the heap: %o', (type, value) => {
    const nullable = fc.oneof(
      { weight: 5, arbitrary: value },
      { weight: 1, arbitrary: fc.constant(null) },
    )
    const values = fc.oneof(
      fc.array(value, { maxLength: 30 }),
      fc.array(nullable, { maxLength: 30 }),
    )
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.boolean()), (all, coins) => {
        blocks.clear()
        const vector = vectorOf(type, all)
        const kept = all.flatMap((_, row) => (coins.next().value ? [row] : []))
        const rows = Uint32Array.from([...kept, 99, 99])
        const taken = inBlocks(blocks, () => takeRows(lent(vector), rows, kept.length))
        expect(scalars(taken)).toEqual(scalars(take(vector, rows, kept.length)))
      }),
      { numRuns: runs(200) },
    )
  })

  it('of even texts have the ranges that a loop gives them', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(5), fc.nat(9), fc.nat(3), (count, row, width, gap) => {
        blocks.clear()
        const fresh = () => new Array<number>(row + count).fill(-1)
        const [starts, ends] = [ints(fresh()), ints(fresh())]
        const [ownStarts, ownEnds] = [Int32Array.from(fresh()), Int32Array.from(fresh())]
        evenTexts(starts, ends, row, count, 13, { width, gap })
        evenTexts(ownStarts, ownEnds, row, count, 13, { width, gap })
        expect([...starts]).toEqual([...ownStarts])
        expect([...ends]).toEqual([...ownEnds])
        if (count > 1) expect(starts[row + 1]! - ends[row]!).toBe(gap)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('blocks', () => {
  it('are void once cleared, and what was copied or kept is not', () => {
    const table = new GroupTable([utf8], blocks)
    const vector = lent(vectorOf(int64, [1n, 2n, 3n]))
    const own = ownVector(vector)
    const names = lent(vectorOf(utf8, ['a', 'b', 'a']))
    const ids = ints([0, 0, 0])
    table.assign([names], 3, ids)
    blocks.clear()
    expect(scalars(own)).toEqual([1n, 2n, 3n])
    expect(vector.layout === 'f64' && vector.values[0]).not.toBe(1)
    const again = lent(vectorOf(utf8, ['b', 'c', 'a']))
    const next = ints([0, 0, 0])
    table.assign([again], 3, next)
    expect([...next]).toEqual([1, 2, 0])
  })

  it('give way to the heap when they are full, and to others when they are given back', () => {
    const large = inBlocks(blocks, () => newFloat64(400_000))
    expect(addressOf(large)).toBeGreaterThan(0)
    expect(addressOf(inBlocks(blocks, () => newFloat64(400_000)))).toBe(0)
    expect(addressOf(newFloat64(1))).toBe(0)
    const others: (Blocks | null)[] = []
    while (others.at(-1) !== null) others.push(takeBlocks())
    for (const other of others) freeBlocks(other)
    const again = takeBlocks()
    expect(again).not.toBeNull()
    freeBlocks(again)
  })
})

function scalars(vector: Vector): Scalar[] {
  return Array.from({ length: vector.length }, (_, row) => scalarAt(vector, row))
}

reachesKernelsOf('blocks')
