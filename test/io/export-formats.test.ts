import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Batch } from '../../src/arrow/batch.ts'
import { rowsToBatches } from '../../src/arrow/batches-from.ts'
import { jsReader } from '../../src/arrow/js-value.ts'
import { type Field, type Schema, schema } from '../../src/arrow/schema.ts'
import { connect, t } from '../../src/index.ts'
import { type ExportFormat, exportFile } from '../../src/io/export/export-file.ts'
import { anyTable } from '../arrow/arbitrary-values.ts'
import { fileBatches } from '../support/file-batches.ts'
import { runs } from '../support/random.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-formats-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (name: string) => join(folder, name)

async function* given(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches
}

function batchesOf(fields: readonly Field[], rows: readonly unknown[][]): Batch[] {
  const objects = rows.map((row) => {
    const object = Object.create(null) as object
    fields.forEach(({ name }, index) => {
      Object.defineProperty(object, name, { value: row[index], enumerable: true })
    })
    return object
  })
  return rowsToBatches(objects, schema(fields), { batchRows: 3 })
}

async function readBack(file: string, of: Schema): Promise<unknown[][]> {
  const read: unknown[][] = []
  for await (const part of fileBatches(file, of)) {
    const readers = part.columns.map((column) => jsReader(column, { temporal: 'iso' }))
    for (let row = 0; row < part.length; row++) read.push(readers.map((value) => value(row)))
  }
  return read
}

/** The readers of Arrow and Parquet take a byte order mark off a name. */
const namedTable = anyTable.filter(({ fields }) => {
  return fields.every(({ name }) => !name.startsWith('\uFEFF'))
})

/** JSON has one zero. */
const positive = (rows: readonly unknown[][]) =>
  rows.map((row) => row.map((value) => (Object.is(value, -0) ? 0 : value)))

describe.each(['ndjson', 'arrow', 'arrows', 'parquet'] as const)('%s', (format: ExportFormat) => {
  test('loaded back gives the same rows, for every type and name', async () => {
    const file = path(`round.${format}`)
    await fc.assert(
      fc.asyncProperty(namedTable, async ({ fields, rows }) => {
        const of = schema(fields)
        const batches = given(batchesOf(fields, rows))
        const written = await exportFile(file, format, { schema: of, batches })
        expect(written).toEqual({ rows: rows.length, bytes: readFileSync(file).length })
        const back = await readBack(file, of)
        if (format === 'ndjson') expect(positive(back)).toEqual(positive(rows))
        else expect(back).toEqual(rows)
      }),
      { numRuns: runs(60) },
    )
  })

  test('leaves nothing behind when it fails', async () => {
    const rows = [[1n]]
    const fields = [{ name: 'n', type: { name: 'int64' }, nullable: false }] as const
    async function* failing(): AsyncGenerator<Batch> {
      yield* batchesOf(fields, rows)
      throw new Error('boom')
    }
    const own = mkdtempSync(join(folder, 'own-'))
    const work = exportFile(join(own, 'x'), format, { schema: schema(fields), batches: failing() })
    await expect(work).rejects.toThrow('boom')
    expect(readdirSync(own)).toEqual([])
  })
})

const COLUMNS = {
  id: t.int64(),
  price: t.decimal(38, 4).nullable(),
  cost: t.decimal(12, 2),
  name: t.utf8().nullable(),
  at: t.timestamp({ unit: 'us', zone: 'UTC' }).nullable(),
  day: t.date(),
  yes: t.bool(),
  small: t.uint8(),
  wide: t.uint32(),
  weight: t.float64(),
}

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: BigInt(n) - 2n ** 62n,
    price: n % 3 === 0 ? null : `-1234567890123456789012345678901234.${1000 + (n % 9000)}`,
    cost: `${n}.25`,
    name: n % 5 === 0 ? null : `é "${n}"`,
    at: n % 7 === 0 ? null : '2026-01-02T03:04:05.000001Z',
    day: '1969-12-31',
    yes: n % 2 === 0,
    small: n % 256,
    wide: 4294967295 - n,
    weight: n / 3,
  }))

test('other readers find in Parquet and Arrow what was written', async () => {
  const lake = await connect('memory:')
  const rows = rowsOf(200_000)
  const frame = lake.from(rows as never, COLUMNS)
  await frame.toParquet(path('others.parquet'))
  const instance = await DuckDBInstance.create(':memory:')
  const duckdb = await instance.connect()
  await duckdb.run("set timezone = 'UTC'")
  const read = await duckdb.runAndReadAll(
    `select * replace (price::varchar as price, cost::varchar as cost, "at"::varchar as "at", day::varchar as day)
     from '${path('others.parquet')}'`,
  )
  const expected = rows.map((row) => {
    return { ...row, at: row.at === null ? null : '2026-01-02 03:04:05.000001+00' }
  })
  expect(read.getRowObjectsJS()).toEqual(expected)
  const types = await duckdb.runAndReadAll(`describe select * from '${path('others.parquet')}'`)
  expect(types.getColumnsJS()[1]).toEqual([
    ...['BIGINT', 'DECIMAL(38,4)', 'DECIMAL(12,2)', 'VARCHAR', 'TIMESTAMP WITH TIME ZONE'],
    ...['DATE', 'BOOLEAN', 'UTINYINT', 'UINTEGER', 'DOUBLE'],
  ])
  duckdb.closeSync()
  for (const name of ['others.arrow', 'others.arrows']) {
    await frame.toArrowIPC(path(name))
    const table = tableFromIPC(readFileSync(path(name)))
    expect(table.numRows).toBe(rows.length)
    expect(table.getChild('id')!.get(199_999)).toBe(rows[199_999]!.id)
  }
})

test('unload makes files of any format, which load back; CSV options are for CSV', async () => {
  const lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const frame = lake.from(rowsOf(25) as never, COLUMNS)
  for (const format of ['csv', 'ndjson', 'arrow', 'parquet'] as const) {
    const out = path(`out-${format}`)
    const unloaded = await frame.unload(out, { format, fileRows: 10 })
    expect(unloaded).toMatchObject({ files: 3, rows: 25 })
    const table = await db.createTable(`t-${format}`, COLUMNS)
    await table.load(join(out, `part-*.${format}`))
    const back = await table.sort('id').toArray({ temporal: 'iso' })
    expect(back).toEqual(rowsOf(25))
  }
  await expect(frame.unload(path('x'), { format: 'xml' as never })).rejects.toThrow(/format can be/)
  const header = { format: 'parquet', header: true } as const
  await expect(frame.unload(path('x'), header)).rejects.toThrow(/header is about CSV/)
  await expect(frame.toNDJSON(path('x'), header as never)).rejects.toThrow(/unknown option/)
})
