import { expect, test } from 'vitest'
import { type DataType, float64, int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import { type Scalar, scalarAt } from '../../src/arrow/scalar.ts'
import { GroupTable } from '../../src/kernel/group-table.ts'
import { keyText, vectorOf } from '../support/scalar-rows.ts'

const COUNT = 20_000

/** A fixed sequence that repeats itself and jumps about. */
const sequence = Array.from({ length: COUNT }, (_, i) => (Math.imul(i, 7919) >>> 3) % 6007)

const COLUMNS: [string, DataType, (n: number) => Scalar][] = [
  ['int32', int32, (n) => n * 65_536 - 2 ** 27],
  ['int32 of the far ends', int32, (n) => (n % 2 === 0 ? 2 ** 31 - 1 - n : n - 2 ** 31)],
  ['float64', float64, (n) => n / 3],
  ['whole float64', float64, (n) => n * 2 ** 20],
  ['int64 across 2^53', int64, (n) => 2n ** 53n - 3000n + BigInt(n)],
  ['int32 side by side', int32, (n) => 6007 - n],
  ['int64 side by side', int64, (n) => BigInt(n - 3000)],
  ['int32 side by side, but for some', int32, (n) => (n > 6000 ? n * 300_000 : n)],
  ['int64 side by side, but for some', int64, (n) => BigInt(n > 6000 ? n * 2 ** 38 : n)],
  ['int32 one in fifty, rising and falling', int32, (n) => (n - 3000) * 50],
  ['int64 one in fifty, rising and falling', int64, (n) => BigInt((n - 3000) * 50)],
  ['int64 within 2^53 at first', int64, (n) => (n > 6000 ? 2n ** 60n : BigInt(n))],
  ['short utf8', utf8, (n) => 'abcdefghijklmnopqrst'.slice(0, n % 19) + (n % 7)],
  [
    'utf8 that differs in one byte',
    utf8,
    (n) => {
      const at = n % 16
      return `${'-'.repeat(at)}${n % 3}${'-'.repeat(15 - at)}`.slice(n % 2)
    },
  ],
  ['utf8', utf8, (n) => 'x'.repeat(n % 13) + n],
]

test.each(COLUMNS)(
  'thousands of %s values are numbered as a Map numbers them',
  (_, type, value) => {
    const values = sequence.map((n) => (n % 100 === 99 ? null : value(n)))
    const numbers = new Map<string, number>()
    const expected = values.map((of) => {
      const key = keyText([of])
      if (!numbers.has(key)) numbers.set(key, numbers.size)
      return numbers.get(key)!
    })
    const table = new GroupTable([type])
    const ids = new Int32Array(COUNT)
    for (let from = 0; from < COUNT; from += 999) {
      const part = values.slice(from, from + 999)
      table.assign([vectorOf(type, part)], part.length, ids.subarray(from))
    }
    expect(Array.from(ids)).toEqual(expected)
    expect(table.count).toBe(numbers.size)
    const keys = table.keys()[0]!
    expect(values.every((of, row) => scalarAt(keys, expected[row]!) === of)).toBe(true)
    const again = new Int32Array(COUNT)
    table.find([vectorOf(type, values)], COUNT, again)
    expect(again).toEqual(ids)
  },
)

test('what was never assigned is not found', () => {
  const table = new GroupTable([int32, utf8])
  const ids = new Int32Array(3)
  const keys = (ints: Scalar[], texts: Scalar[]) => [vectorOf(int32, ints), vectorOf(utf8, texts)]
  table.assign(keys([1, 2, null], ['a', 'b', 'c']), 3, ids)
  table.find(keys([1, 3, null], ['b', 'a', 'c']), 3, ids)
  expect(Array.from(ids)).toEqual([-1, -1, 2])
})

test('thousands of pairs keep their numbers and their keys', () => {
  const table = new GroupTable([int32, utf8, int32])
  const first = sequence.map((n) => n % 71)
  const second = sequence.map((n) => `t${n % 53}`)
  const third = sequence.map((n) => n % 2)
  const ids = new Int32Array(COUNT)
  const vectors = [vectorOf(int32, first), vectorOf(utf8, second), vectorOf(int32, third)]
  table.assign(vectors, COUNT, ids)
  const keys = table.keys()
  const rows = Array.from(ids, (id) => keys.map((key) => scalarAt(key, id)))
  expect(rows).toEqual(first.map((value, row) => [value, second[row], third[row]]))
  expect(table.count).toBe(new Set(rows.map((row) => keyText(row))).size)
})
