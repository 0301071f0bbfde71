import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { connect, type Lake } from 'graupel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateTpch } from '../../bench/tpch/generate.ts'
import { loadTables, tpchFrames } from '../../bench/tpch/load-tables.ts'
import { TPCH_QUERIES } from '../../bench/tpch/queries.ts'
import type { Tpch } from '../../bench/tpch/tables.ts'
import { compareRows, frameRows, sqlRows } from '../support/compare-rows.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SCALE = Number(process.env['GRAUPEL_TPCH_SCALE'] ?? '0.1')

describe(`TPC-H at scale ${SCALE}`, () => {
  let instance: DuckDBInstance
  let duck: DuckDBConnection
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let lake: Lake
  let tables: Tpch

  beforeAll(async () => {
    folder = await temporaryFolder()
    instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    duck = await instance.connect()
    for (const statement of generateTpch(SCALE)) await duck.run(statement)
    lake = await connect(`${folder.path}/lake`, { cache: false })
    const db = await lake.database('test/tpch', { create: true })
    await loadTables(duck, db, `${folder.path}/`)
    tables = await tpchFrames(db)
  }, 300_000)

  afterAll(async () => {
    await lake?.close()
    duck?.closeSync()
    instance?.closeSync()
    await folder?.remove()
  })

  test('the list has all 22 queries, each under its number', () => {
    const numbers = Array.from({ length: 22 }, (_, index) => `q${index + 1}`)
    expect(TPCH_QUERIES.map(({ name }) => name)).toEqual(numbers)
  })

  test.each(TPCH_QUERIES)(
    '$name gives the rows of DuckDB in their order, decimals exactly and floats within 1e-9',
    async ({ frame, sql }) => {
      const expected = await sqlRows(duck, sql)
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.flat().some((value) => value !== null)).toBe(true)
      const actual = await frameRows(frame(tables))
      expect(compareRows(actual, expected, { ordered: true })).toBeNull()
    },
  )
})
