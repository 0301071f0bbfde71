import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { connect, type Lake } from 'graupel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateTpch } from '../../bench/tpch/generate.ts'
import { loadTables, tpchFrames } from '../../bench/tpch/load-tables.ts'
import { TPCH_QUERIES } from '../../bench/tpch/queries.ts'
import type { Tpch } from '../../bench/tpch/tables.ts'
import { compareRows, frameRows, sqlRows } from '../support/compare-rows.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type RemotePlace, startRemotePlace } from './remote-place.ts'

/** Queries whose joins are shuffled as well: of two and more large sides, outer, semi and anti ones. */
const SHUFFLED = ['q3', 'q4', 'q9', 'q13', 'q21']
const SCALE = Number(process.env['GRAUPEL_TPCH_SCALE'] ?? '0.1')

describe(`TPC-H at scale ${SCALE} on three nodes of ClickHouse`, () => {
  let instance: DuckDBInstance
  let duck: DuckDBConnection
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let place: RemotePlace
  let lake: Lake
  let tables: Tpch

  beforeAll(async () => {
    place = await startRemotePlace()
    folder = await temporaryFolder()
    instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    duck = await instance.connect()
    for (const statement of generateTpch(SCALE)) await duck.run(statement)
    lake = await connect(`s3://${place.bucket.name}/tpch`, place.bucket.options)
    const db = await lake.database('test/tpch', { create: true })
    await loadTables(duck, db, `${folder.path}/`, { partitionRows: Math.ceil(SCALE * 1e6) })
    tables = await tpchFrames(db)
  })

  afterAll(async () => {
    await lake?.close()
    duck?.closeSync()
    instance?.closeSync()
    await folder?.remove()
    await place?.stop()
  })

  test.each(TPCH_QUERIES)(
    '$name gives the rows of DuckDB, there and here',
    async ({ frame, sql }) => {
      const expected = await sqlRows(duck, sql)
      const of = frame(tables)
      const there = await frameRows(of, { engine: place.engine })
      expect(compareRows(there, expected, { ordered: true })).toBeNull()
      expect(compareRows(await frameRows(of), expected, { ordered: true })).toBeNull()
    },
  )

  test.each(TPCH_QUERIES.filter(({ name }) => SHUFFLED.includes(name)))(
    '$name gives the rows of DuckDB with every join shuffled',
    async ({ frame, sql }) => {
      const of = frame(tables)
      const sent = await of.explain({ engine: place.shuffling })
      expect(sent.includes('shuffle of the left side')).toBe(true)
      const there = await frameRows(of, { engine: place.shuffling })
      expect(compareRows(there, await sqlRows(duck, sql), { ordered: true })).toBeNull()
      expect(await place.leftovers()).toEqual([])
    },
  )
})
