import * as arrow from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, sliceBatch } from '../../src/arrow/batch.ts'
import { rowsToBatches } from '../../src/arrow/batches-from.ts'
import * as types from '../../src/arrow/data-type.ts'
import {
  fromArrowIpc,
  fromArrowTable,
  toArrowBatch,
  toArrowTable,
} from '../../src/arrow/interop.ts'
import { jsReader } from '../../src/arrow/js-value.ts'
import { field, schema, schemaText } from '../../src/arrow/schema.ts'
import { runs } from '../support/random.ts'
import { anyTable } from './arbitrary-values.ts'

function objectOf(names: readonly string[], row: readonly unknown[]): object {
  const object = {}
  names.forEach((name, index) => {
    Object.defineProperty(object, name, { value: row[index], enumerable: true })
  })
  return object
}

function rowsIn(batches: readonly Batch[]): unknown[][] {
  return batches.flatMap((part) => {
    const readers = part.columns.map((column) => jsReader(column, { temporal: 'iso' }))
    return Array.from({ length: part.length }, (_, row) => readers.map((read) => read(row)))
  })
}

const column = (vector: arrow.Vector) => {
  const { batches, schema } = fromArrowTable(new arrow.Table({ c: vector }))
  return { type: types.typeText(schema.fields[0]!.type), values: rowsIn(batches).map(([v]) => v) }
}

const longs = (...values: bigint[]) => new BigInt64Array(values)

describe('Arrow', () => {
  test('a table goes to Arrow and back, also through IPC bytes and when sliced', async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, fc.nat(4), async ({ fields, rows }, skip) => {
        const of = schema(fields)
        const names = fields.map(({ name }) => name)
        const batches = rowsToBatches(
          rows.map((row) => objectOf(names, row)),
          of,
          { batchRows: 7 },
        )
        const table = await toArrowTable(of, batches)
        expect(table.numRows).toBe(rows.length)
        const back = fromArrowTable(table)
        expect(schemaText(back.schema)).toBe(schemaText(of))
        expect(rowsIn(back.batches)).toEqual(rows)
        // Arrow's IPC reader changes odd names: '' to 'null', and it drops a byte order mark.
        const sent = await fromArrowIpc(arrow.tableToIPC(table))
        expect(sent.schema.fields.map(({ type }) => type)).toEqual(fields.map(({ type }) => type))
        expect(rowsIn(sent.batches)).toEqual(rows)
        const from = Math.min(skip, rows.length)
        expect(rowsIn(fromArrowTable(table.slice(from)).batches)).toEqual(rows.slice(from))
        const first = batches[0]
        if (first !== undefined) {
          const cut = sliceBatch(first, Math.min(1, first.length), first.length)
          const part = fromArrowTable(new arrow.Table([await toArrowBatch(cut)]))
          expect(rowsIn(part.batches)).toEqual(rowsIn([cut]))
        }
      }),
      { numRuns: runs(250) },
    )
  })

  test('Arrow itself reads the values that we wrote', async () => {
    const of = schema([
      field('n', types.int64),
      field('d', types.decimal(38, 2)),
      field('b', types.bool),
      field('t', types.timestamp('ms', 'UTC')),
    ])
    const rows = [
      { n: -1n, d: '-12345678901234567890.12', b: true, t: new Date(-5) },
      { n: 2n ** 62n, d: '-0.01', b: null, t: new Date(1e12) },
    ]
    const table = await toArrowTable(of, rowsToBatches(rows, of))
    const at = (name: string) => [...table.getChild(name)!]
    expect(at('n')).toEqual([-1n, 2n ** 62n])
    expect(at('b')).toEqual([true, null])
    expect(at('t')).toEqual([-5, 1e12])
    expect(String(table.schema.fields[3]!.type)).toBe('Timestamp<MILLISECOND, UTC>')
    expect(at('d').map((value) => value.toString())).toEqual(['-1234567890123456789012', '-1'])
  })

  test('foreign types become the nearest of ours', () => {
    const words = arrow.vectorFromArray(['x', null, 'y', 'x'])
    expect(arrow.DataType.isDictionary(words.type)).toBe(true)
    expect(column(words)).toEqual({ type: 'utf8', values: ['x', null, 'y', 'x'] })
    const half = arrow.vectorFromArray([1.5, null, -0.25], new arrow.Float16())
    expect(column(half)).toEqual({ type: 'float32', values: [1.5, null, -0.25] })
    const wide = arrow.vectorFromArray([1n, 2n ** 63n - 1n], new arrow.Uint64())
    expect(column(wide)).toEqual({ type: 'int64', values: [1n, 2n ** 63n - 1n] })
    const make = (type: arrow.DataType, data: unknown) =>
      new arrow.Vector([arrow.makeData({ type, length: 1, nullCount: 0, data } as never)])
    const iso = '1970-01-01T00:00:07.000'
    expect(column(make(new arrow.DateMillisecond(), longs(7000n))).values).toEqual([iso])
    expect(column(make(new arrow.TimestampSecond(), longs(7n)))).toEqual({
      type: 'timestamp',
      values: [iso],
    })
    expect(column(make(new arrow.TimestampNanosecond('CET'), longs(7_000_001_000n)))).toEqual({
      type: 'timestamp(us,UTC)',
      values: ['1970-01-01T00:00:07.000001Z'],
    })
    expect(column(make(new arrow.TimeSecond(), Int32Array.of(61))).values).toEqual([
      '00:01:01.000000',
    ])
    expect(column(make(new arrow.TimeNanosecond(), longs(1000n))).values).toEqual([
      '00:00:00.000001',
    ])
    const large = arrow.vectorFromArray(['a', null, 'ß'], new arrow.LargeUtf8())
    expect(column(large)).toEqual({ type: 'utf8', values: ['a', null, 'ß'] })
  })

  test('values and types without a counterpart are refused by name', () => {
    const list = arrow.vectorFromArray(
      [[1]],
      new arrow.List(new arrow.Field('i', new arrow.Int32())),
    )
    expect(() => column(list)).toThrowError(/column "c": Arrow's List<Int32> has no counterpart/)
    const wide = arrow.vectorFromArray([1n, 2n ** 63n], new arrow.Uint64())
    expect(() => column(wide)).toThrowError(
      /column "c", row 1: 9223372036854775808 .* does not fit int64/,
    )
    const nanos = new arrow.Vector([
      arrow.makeData({ type: new arrow.TimestampNanosecond(), length: 1, data: longs(1n) }),
    ])
    expect(() => column(nanos)).toThrowError(/does not fit timestamp\(us\) exactly/)
    const broken = new arrow.Vector([
      arrow.makeData({
        type: new arrow.Utf8(),
        length: 1,
        valueOffsets: Int32Array.of(0, 1),
        data: Uint8Array.of(255),
      }),
    ])
    expect(() => column(broken)).toThrowError(/no UTF-8/)
  })

  test('bytes that are no IPC are refused', async () => {
    await expect(fromArrowIpc(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'INVALID' })
  })
})
