import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as types from '../../src/arrow/data-type.ts'
import { jsReader } from '../../src/arrow/js-value.ts'
import { field } from '../../src/arrow/schema.ts'
import { vectorFrom } from '../../src/arrow/vector-from.ts'
import { GraupelError } from '../../src/error.ts'
import { runs } from '../support/random.ts'
import { anyColumn } from './arbitrary-values.ts'

function refusal(run: () => unknown): GraupelError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(GraupelError)
    return error as GraupelError
  }
  throw new Error('nothing was thrown')
}

const read = (values: unknown[], type: types.DataType, options = {}) => {
  const vector = vectorFrom(values, field('c', type))
  const reader = jsReader(vector, options)
  return values.map((_, row) => reader(row))
}

describe('vectorFrom', () => {
  test('what goes in comes out, for every type', () => {
    fc.assert(
      fc.property(anyColumn, ({ field, values }) => {
        const vector = vectorFrom(values, field)
        expect(vector.length).toBe(values.length)
        const reader = jsReader(vector, { temporal: 'iso' })
        expect(values.map((_, row) => reader(row))).toEqual(values)
      }),
      { numRuns: runs(1500) },
    )
  })

  test('whole numbers are held as float64 up to 2^53 - 1 and as bigint beyond', () => {
    const edge = 2n ** 53n
    const held = (value: bigint) => vectorFrom([1n, value], field('c', types.int64)).layout
    expect(held(edge - 1n)).toBe('f64')
    expect(held(1n - edge)).toBe('f64')
    expect(held(edge)).toBe('big')
    expect(held(-edge)).toBe('big')
  })

  test('other forms of a value are taken where they are exact', () => {
    expect(read([1, '2.50', 3n, 0.25, 1e-2, '1e1'], types.decimal(6, 2))).toEqual([
      '1.00',
      '2.50',
      '3.00',
      '0.25',
      '0.01',
      '10.00',
    ])
    expect(read([1, 2n, -0], types.int64)).toEqual([1n, 2n, 0n])
    expect(read([1n, -0], types.float64)).toEqual([1, -0])
    const noon = new Date('2024-02-29T12:00:00.123Z')
    expect(read([noon, '2024-02-29 12:00:00.123'], types.timestamp())).toEqual([noon, noon])
    expect(read([noon], types.timestamp('us'))).toEqual([noon])
    expect(read([new Date('2024-02-29')], types.date)).toEqual([new Date('2024-02-29')])
    expect(read(['text', { a: [null] }, 1, true], types.json)).toEqual([
      'text',
      { a: [null] },
      1,
      true,
    ])
    expect(read([undefined, null], types.utf8)).toEqual([null, null])
  })

  const refused: [unknown, types.DataType][] = [
    ['true', types.bool],
    [1.5, types.int32],
    [128, types.int8],
    [-1, types.uint32],
    [2 ** 53, types.int64],
    [2n ** 63n, types.int64],
    ['1', types.int64],
    ['1.234', types.decimal(9, 2)],
    [0.1 + 0.2, types.decimal(9, 2)],
    ['100', types.decimal(2, 0)],
    [10n ** 38n, types.decimal(38, 0)],
    [Number.NaN, types.decimal(9, 2)],
    ['.', types.decimal(9, 2)],
    ['-', types.decimal(9, 2)],
    [2n ** 53n + 1n, types.float64],
    ['1', types.float64],
    ['\ud800', types.utf8],
    [`${'x'.repeat(40)}\udc00`, types.utf8],
    [1, types.utf8],
    ['00', types.binary],
    [new Date('2024-02-29T01:00Z'), types.date],
    ['2023-02-29', types.date],
    [new Date(Number.NaN), types.timestamp()],
    [new Date('+010000-01-01T00:00:00Z'), types.timestamp()],
    ['2024-01-01T00:00:00.0001', types.timestamp()],
    [0, types.timestamp()],
    ['24:00', types.time],
    [() => 1, types.json],
    [1n, types.json],
    [{ a: Number.NaN }, types.json],
  ]
  test.each(refused)('%s is refused as %o', (value, type) => {
    const error = refusal(() => vectorFrom([null, value], field('c', type), { rowOffset: 7 }))
    expect(error.code).toBe('INVALID')
    expect(error.facts).toEqual({ column: 'c', row: 8, value, type: types.typeText(type) })
  })

  test('a null is refused where the field takes none', () => {
    const error = refusal(() => vectorFrom([1, undefined], field('n', types.int32, false)))
    expect(error.message).toBe('column "n", row 1: null: the column takes no nulls')
    expect(error.facts).toEqual({ column: 'n', row: 1, value: null, type: 'int32' })
  })
})

describe('jsReader', () => {
  test('numbers in place of int64 and decimal are given only where no digit is lost', () => {
    expect(read([5n], types.int64, { int64: 'number' })).toEqual([5])
    expect(read(['0.10'], types.decimal(9, 2), { decimal: 'number' })).toEqual([0.1])
    const wide = vectorFrom([2n ** 53n], field('c', types.int64))
    expect(refusal(() => jsReader(wide, { int64: 'number' })(0)).facts).toEqual({
      row: 0,
      value: '9007199254740992',
    })
    const long = vectorFrom(['0.12345678901234567'], field('c', types.decimal(38, 17)))
    expect(refusal(() => jsReader(long, { decimal: 'number' })(0)).code).toBe('INVALID')
  })

  test('a timestamp with digits below the millisecond is no Date', () => {
    const vector = vectorFrom(['2024-01-01T00:00:00.000001'], field('c', types.timestamp('us')))
    const error = refusal(() => jsReader(vector)(0))
    expect(error.code).toBe('INVALID')
    expect(error.message).toContain("temporal: 'iso'")
    expect(jsReader(vector, { temporal: 'iso' })(0)).toBe('2024-01-01T00:00:00.000001')
  })
})
