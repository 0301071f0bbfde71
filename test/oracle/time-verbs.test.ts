import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, fn, t } from '../../src/index.ts'
import { runs, seed } from '../support/random.ts'

const HOUR_MS = 3_600_000
const schema = { k: t.int32(), at: t.timestamp().nullable(), x: t.int32().nullable() }

const random = fc.array(
  fc.record({
    k: fc.integer({ min: 0, max: 2 }),
    // Around 1970 too, where rounding toward zero would be wrong.
    at: fc.option(
      fc.integer({ min: -60, max: 60 }).map((quarter) => new Date((quarter * HOUR_MS) / 4)),
    ),
    x: fc.option(fc.integer({ min: 0, max: 9 })),
  }),
  { maxLength: 20 },
)

const iso = (rows: readonly object[]) =>
  rows.map((row) =>
    JSON.stringify(Object.values(row), (_, value) =>
      typeof value === 'bigint' ? Number(value) : value,
    ),
  )

test("groupByDynamic and fillGaps give DuckDB's rows", { timeout: 240_000 }, async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const duck = await instance.connect()
  await using lake = await connect('memory:')
  const db = await lake.database('test/time', { create: true })
  const sqlRows = async (sql: string) => {
    const reader = await duck.runAndReadAll(sql)
    return reader.getRowsJson().map((row) => JSON.stringify(row.map(plain)))
  }
  let number = 0
  await fc.assert(
    fc.asyncProperty(
      random,
      fc.constantFrom('15m', '2h', '7h', '1d', '2d', '1w', '1mo', '3mo', '1y'),
      fc.integer({ min: 1, max: 3 }),
      async (rows, every, more) => {
        const table = await db.createTable(`t${number++}`, schema)
        await table.insert(rows)
        await duck.run('CREATE OR REPLACE TABLE t (k INT, ts TIMESTAMP, x INT)')
        for (const { k, at, x } of rows) {
          const stamp = at === null ? 'NULL' : `'${at.toISOString().slice(0, 19)}'`
          await duck.run(`INSERT INTO t VALUES (${k}, ${stamp}, ${x})`)
        }
        const [, count, unit] = /^(\d+)(\w+)$/.exec(every)!
        const names: Record<string, string> = {
          m: 'minute',
          h: 'hour',
          d: 'day',
          w: 'week',
          mo: 'month',
          y: 'year',
        }
        const interval = (times: number) => `INTERVAL ${Number(count) * times} ${names[unit!]}`
        const origin = unit === 'w' ? '1969-12-29' : '1970-01-01'
        const period = `${Number(count) * more}${unit}` as '1d'
        const grouped = table
          .groupByDynamic('at', { every: every as '1d', period, by: 'k' })
          .agg((o) => ({ n: fn.count(), x: o.x.sum() }))
          .sort('k', 'at')
        expect(iso(await grouped.toArray())).toEqual(
          await sqlRows(`SELECT k, w, CAST(count(*) AS INT), CAST(sum(x) AS INT) FROM (
            SELECT k, x, ts, time_bucket(${interval(1)}, ts, TIMESTAMP '${origin}') - i * ${interval(1)} AS w
            FROM t, range(${more}) r(i) WHERE ts IS NOT NULL) GROUP BY k, w ORDER BY k, w`),
        )
        if (unit === 'mo' || unit === 'y') return
        const filled = table
          .filter((o) => o.at.isNotNull())
          .fillGaps('at', { every: every as '1d', by: 'k' })
          .sort('k', 'at', 'x')
        expect(iso(await filled.toArray())).toEqual(
          await sqlRows(`SELECT k, ts + i * ${interval(1)} AS a, CASE WHEN i = 0 THEN x END AS y FROM (
            SELECT *, lead(ts) OVER (PARTITION BY k ORDER BY ts) AS n FROM t WHERE ts IS NOT NULL),
            range(500) r(i) WHERE i = 0 OR ts + i * ${interval(1)} < n ORDER BY k, a, y NULLS LAST`),
        )
      },
    ),
    { seed, numRuns: runs(25) },
  )
  duck.closeSync()
  instance.closeSync()
})

function plain(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\d{4}-/.test(value)) return value
  return new Date(`${value.replace(' ', 'T')}Z`).toISOString()
}
