import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { connect } from '../../src/index.ts'
import { compareRows, frameRows, sqlRows } from '../support/compare-rows.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { createRandomTable, randomTable, tableSql } from '../support/random-table.ts'
import { randomWindow } from '../support/random-window.ts'

const WINDOWS = runs(400)
const WINDOWS_PER_TABLE = 40

test(`${WINDOWS} random windows give DuckDB's values, with and without a memory limit`, {
  timeout: 600_000,
}, async () => {
  for (let at = 0; at < WINDOWS; at += WINDOWS_PER_TABLE) {
    const prng = new Prng(seed + 31_337 + at)
    const table = randomTable(prng, 'l')
    const instance = await DuckDBInstance.create(':memory:')
    const duck = await instance.connect()
    for (const statement of tableSql(table)) await duck.run(statement)
    await using lake = await connect('memory:', prng.chance(0.5) ? {} : { memoryLimit: 8000 })
    const db = await lake.database('test/windows', { create: true })
    const frame = await createRandomTable(db, prng, table)
    for (let index = 0; index < Math.min(WINDOWS_PER_TABLE, WINDOWS - at); index++) {
      const { build, sql } = randomWindow(prng, table.columns)
      const where = `seed ${seed + 31_337 + at}, window ${index}: ${sql}`
      const expected = await sqlRows(duck, `SELECT *, ${sql} FROM l`).catch((cause) => {
        throw new Error(`DuckDB refused ${where}`, { cause })
      })
      const actual = await frameRows(frame.withColumns((row: any) => ({ w: build(row) }))).catch(
        (cause) => {
          throw new Error(`graupel refused ${where}`, { cause })
        },
      )
      expect(compareRows(actual, expected, { ordered: false }), where).toBeNull()
    }
    duck.closeSync()
    instance.closeSync()
  }
})
