import fc from 'fast-check'
import { expect, test } from 'vitest'
import { date, decimal, float64, int64 } from '../../../src/arrow/data-type.ts'
import { hasKey } from '../../../src/arrow/key-set.ts'
import { listKeys } from '../../../src/exec/function/list-keys.ts'
import { columnExpr, inExpr } from '../../../src/plan/expr-walk.ts'
import { runs } from '../../support/random.ts'

const column = (type: typeof int64 | typeof float64) =>
  columnExpr({ name: 'x', type, nullable: true })

test('a list of whole numbers near each other is a set of exactly these, nulls left out', () => {
  const number = fc.oneof(fc.integer({ min: -99, max: 99 }), fc.constantFrom(2 ** 52, 1 - 2 ** 52))
  fc.assert(
    fc.property(fc.array(fc.option(number), { maxLength: 9 }), number, (listed, asked) => {
      const values = listed.map((value) => (value === null ? null : BigInt(value)))
      const keys = listKeys(inExpr(column(int64), values))
      const given = listed.filter((value) => value !== null)
      const width = Math.max(...given) - Math.min(...given)
      if (given.length === 0 || width >= 2 ** 27) expect(keys).toBe(null)
      else expect(hasKey(keys!, asked)).toBe(given.includes(asked))
    }),
    { numRuns: runs(1000) },
  )
})

test('decimals and dates are whole numbers too; floats, and numbers that no float holds, are not', () => {
  expect(listKeys(inExpr(column(decimal(12, 2) as never), [100n, 250n]))?.count).toBe(2)
  expect(listKeys(inExpr(column(date as never), [1, 2, 3]))?.count).toBe(3)
  expect(listKeys(inExpr(column(float64), [1, 2]))).toBe(null)
  expect(listKeys(inExpr(column(int64), [2n ** 53n, 1n]))).toBe(null)
})
