import * as arrow from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { batchesFrom } from '../../src/arrow/batches-from.ts'
import * as types from '../../src/arrow/data-type.ts'
import { jsReader } from '../../src/arrow/js-value.ts'
import { field, schema, schemaText } from '../../src/arrow/schema.ts'

const rowsOf = ({ batches }: ReturnType<typeof batchesFrom>) =>
  batches.flatMap((part) => {
    const readers = part.columns.map((column) => jsReader(column))
    return Array.from({ length: part.length }, (_, row) => readers.map((read) => read(row)))
  })

describe('batchesFrom', () => {
  test('the kind of the values decides the type of a column', () => {
    const data = batchesFrom([
      {
        b: true,
        w: 1,
        f: 1,
        g: 1n,
        s: '',
        d: new Date(0),
        x: new Uint8Array(1),
        j: [1],
        n: null,
        z: -0,
      },
      { b: null, w: 2, f: 0.5, g: 2, s: 'a', d: new Date(1), x: new Uint8Array(), j: {}, z: 1 },
    ])
    expect(schemaText(data.schema)).toBe(
      'b bool?, w int64, f float64, g int64, s utf8, d timestamp, x binary, j json, n utf8?, z float64',
    )
    expect(rowsOf(data)[1]).toEqual([
      null,
      2n,
      0.5,
      2n,
      'a',
      new Date(1),
      new Uint8Array(),
      {},
      null,
      1,
    ])
  })

  test('names of columns are data and only own properties are values', () => {
    const row = JSON.parse('{"__proto__": 1, "then": 2, "constructor": 3, "": 4}')
    const data = batchesFrom([row, {}])
    expect(data.schema.fields.map(({ name }) => name)).toEqual([
      '__proto__',
      'then',
      'constructor',
      '',
    ])
    expect(rowsOf(data)).toEqual([
      [1n, 2n, 3n, 4n],
      [null, null, null, null],
    ])
  })

  test('mixed kinds and unknown columns are refused by name and row', () => {
    expect(() => batchesFrom([{ a: 1 }, { a: 'x' }])).toThrowError(
      'column "a", row 1: a string after a whole number; give a schema',
    )
    const of = schema([field('amount', types.float64)])
    expect(() => batchesFrom([{ ammount: 1 }], of)).toThrowError(/did you mean "amount"/)
    expect(() => batchesFrom([{ amount: 1 }, { amount: 'x' }], of, { batchRows: 1 })).toThrowError(
      'column "amount", row 1: "x" is not a float64',
    )
    expect(() => batchesFrom([null as unknown as object])).toThrowError('row 0 is no object')
  })

  test('columns may be arrays or typed arrays of one length', () => {
    const data = batchesFrom({ a: Int16Array.of(1, 2), b: ['x', null] }, undefined, {
      batchRows: 1,
    })
    expect(schemaText(data.schema)).toBe('a int16, b utf8?')
    expect(data.batches.map(({ length }) => length)).toEqual([1, 1])
    expect(rowsOf(data)).toEqual([
      [1, 'x'],
      [2, null],
    ])
    expect(() => batchesFrom({ a: [1], b: [1, 2] })).toThrowError(/"b" has 2 values .* 1/)
    expect(() => batchesFrom({ a: 1 as unknown as [] })).toThrowError(/"a" is no array/)
  })

  test('an Arrow table keeps its schema', () => {
    const table = arrow.tableFromArrays({ n: Int32Array.of(1, 2) })
    const data = batchesFrom(table)
    expect(data.schema.fields[0]!.type).toEqual(types.int32)
    expect(rowsOf(data)).toEqual([[1], [2]])
    expect(() => batchesFrom(table, schema([field('m', types.int32)]))).toThrowError(
      /not \(m int32\?\)/,
    )
  })
})
