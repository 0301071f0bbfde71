import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, fn, type Table, t } from '../../src/index.ts'
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
  const every = fc.constantFrom('15m', '2h', '7h', '1d', '2d', '1w', '1mo', '3mo', '1y')
  const more = fc.integer({ min: 1, max: 3 })
  await overRandomRows([every, more], async ({ table: rows, sqlRows }, every, more) => {
    const table = rows.select('k', 'at', 'x')
    const [, count, unit] = /^(\d+)(\w+)$/.exec(every)!
    const step = intervalOf(every)
    const origin = unit === 'w' ? '1969-12-29' : '1970-01-01'
    const period = `${Number(count) * more}${unit}` as '1d'
    const grouped = table
      .groupByDynamic('at', { every: every as '1d', period, by: 'k' })
      .agg((o) => ({ n: fn.count(), x: o.x.sum() }))
      .sort('k', 'at')
    expect(iso(await grouped.toArray())).toEqual(
      await sqlRows(`SELECT k, w, CAST(count(*) AS INT), CAST(sum(x) AS INT) FROM (
        SELECT k, x, ts, time_bucket(${step}, ts, TIMESTAMP '${origin}') - i * ${step} AS w
        FROM t, range(${more}) r(i) WHERE ts IS NOT NULL) GROUP BY k, w ORDER BY k, w`),
    )
    if (unit === 'mo' || unit === 'y') return
    const filled = table
      .filter((o) => o.at.isNotNull())
      .fillGaps('at', { every: every as '1d', by: 'k' })
      .sort('k', 'at', 'x')
    expect(iso(await filled.toArray())).toEqual(
      await sqlRows(`SELECT k, ts + i * ${step} AS a, CASE WHEN i = 0 THEN x END AS y FROM (
        SELECT *, lead(ts) OVER (PARTITION BY k ORDER BY ts) AS n FROM t WHERE ts IS NOT NULL),
        range(500) r(i) WHERE i = 0 OR ts + i * ${step} < n ORDER BY k, a, y NULLS LAST`),
    )
  })
})

const UNITS = { m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' } as const

/** DuckDB's interval of text such as `-3mo`. */
function intervalOf(text: string): string {
  const [, count, unit] = /^(-?\d+)(\w+)$/.exec(text)!
  return `INTERVAL (${count}) ${UNITS[unit as 'm']}`
}

const CLOSED = {
  left: ['>=', '<'],
  right: ['>', '<='],
  both: ['>=', '<='],
  none: ['>', '<'],
} as const

/** Hands random rows to `step` as a table of ours and DuckDB's `t`. */
async function overRandomRows<T extends readonly unknown[]>(
  options: { readonly [P in keyof T]: fc.Arbitrary<T[P]> },
  step: (
    of: { table: Table<any>; sqlRows: (sql: string) => Promise<string[]> },
    ...given: T
  ) => Promise<void>,
): Promise<number> {
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
    fc.asyncProperty(random, fc.tuple(...options), async (rows, given) => {
      const day = (at: Date) => new Date(Math.floor(at.getTime() / 86_400_000) * 86_400_000)
      const table = await db.createTable(`t${number++}`, { ...schema, day: t.date().nullable() })
      await table.insert(rows.map((row) => ({ ...row, day: row.at === null ? null : day(row.at) })))
      await duck.run('CREATE OR REPLACE TABLE t (k INT, ts TIMESTAMP, x INT)')
      for (const { k, at, x } of rows) {
        const stamp = at === null ? 'NULL' : `'${at.toISOString().slice(0, 19)}'`
        await duck.run(`INSERT INTO t VALUES (${k}, ${stamp}, ${x})`)
      }
      await step({ table, sqlRows }, ...(given as unknown as T))
    }),
    { seed, numRuns: runs(40) },
  )
  duck.closeSync()
  instance.closeSync()
  return number
}

const closings = fc.constantFrom('left', 'right', 'both', 'none')

test('groupByDynamic with an offset, a period and ends of its own is an SQL join with the windows', {
  timeout: 240_000,
}, async () => {
  const windows = fc.constantFrom(
    ...([
      ['2h', '3h', '15m'],
      ['1h', '20m', '-10m'],
      ['1d', '36h', '6h'],
      ['6h', '1d', undefined],
      ['1w', '1w', '2d'],
      ['1mo', '10d', '-3d'],
      ['3mo', '1y', '1mo'],
      ['1y', '5w', '7mo'],
      ['2d', '1mo', '-30m'],
      ['1mo', '2mo', '-3d'],
      ['1y', '2y', '59d'],
    ] as const),
  )
  const cases = await overRandomRows(
    [windows, closings],
    async ({ table, sqlRows }, [every, period, offset], closed) => {
      const frame = table
        .groupByDynamic('at', { every, period, ...(offset && { offset }), closed, by: 'k' })
        .agg((o) => ({ n: fn.count(), x: o.x.sum() }))
        .sort('k', 'at')
      const [after, before] = CLOSED[closed as 'left']
      const origin = every.endsWith('w') ? '1969-12-29' : '1970-01-01'
      const [step, length] = [intervalOf(every), intervalOf(period)]
      const begin = `TIMESTAMP '${origin}' + i * ${step}${offset ? ` + ${intervalOf(offset)}` : ''}`
      expect(iso(await frame.toArray())).toEqual(
        await sqlRows(`SELECT k, w, CAST(count(*) AS INT), CAST(sum(x) AS INT)
          FROM t JOIN (SELECT ${begin} AS w FROM range(-100, 100) r(i)) ON ts ${after} w AND ts ${before} w + ${length}
          GROUP BY k, w ORDER BY k, w`),
      )
    },
  )
  console.log(`groupByDynamic: ${cases} tables against DuckDB`)
})

test('rolling is an SQL aggregate over the rows in the time before each row', {
  timeout: 240_000,
}, async () => {
  const periods = fc.constantFrom('15m', '1h', '7h', '1d', '3d', '1w')
  const cases = await overRandomRows(
    [periods, closings, fc.constantFrom('at', 'day')],
    async ({ table, sqlRows }, period, closed, name) => {
      const isDay = name === 'day'
      if (isDay && (/[mh]/.test(period) || (period === '1d' && closed === 'none'))) return
      const frame = table
        .rolling(name, { period, closed, by: 'k' } as never)
        .agg((o: any) => ({
          n: fn.count(),
          x: o.x.sum(),
          most: o.x.max().sub(o.x.min()),
          kinds: o.x.countDistinct(),
          k2: o.k.mul(2),
        }))
        .sort('k', name, 'n', 'x')
      const key = isDay ? "date_trunc('day', ts)" : 'ts'
      const [a, b] = [
        closed === 'left' || closed === 'both',
        closed === 'right' || closed === 'both',
      ]
      const low = `o.u ${a ? '>=' : '>'} r.u - ${intervalOf(period)}`
      const high = `o.u ${b ? '<=' : '<'} r.u`
      expect(iso(await frame.toArray())).toEqual(
        await sqlRows(`WITH r AS (SELECT k, x, ${key} AS u, row_number() OVER () AS i FROM t WHERE ts IS NOT NULL)
          SELECT r.k, ${isDay ? 'CAST(r.u AS TIMESTAMP)' : 'r.u'} AS u, CAST(count(o.u) AS INT) AS n, CAST(sum(o.x) AS INT) AS s,
            CAST(max(o.x) - min(o.x) AS INT), CAST(count(DISTINCT o.x) AS INT), r.k * 2
          FROM r LEFT JOIN r o ON o.k = r.k AND ${low} AND ${high}
          GROUP BY r.i, r.k, r.u ORDER BY r.k, u, n, s NULLS LAST`),
      )
    },
  )
  console.log(`rolling: ${cases} tables against DuckDB`)
})

test('a window or a period that cannot be is INVALID, and too many windows are LIMIT', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from([{ at: '2026-01-01T10:00:00', day: '2026-01-01' }], {
    at: t.timestamp(),
    day: t.date(),
  })
  const wrong = [
    () => frame.groupByDynamic('at', { every: '1d', offset: '1mo' }),
    () => frame.groupByDynamic('at', { every: '1d', offset: '--1d' as '1d' }),
    () => frame.groupByDynamic('at', { every: '-1d' as '1d' }),
    () => frame.groupByDynamic('day', { every: '1d', period: '36h' }),
    () => frame.groupByDynamic('day', { every: '1d', offset: '1h' }),
    () => frame.groupByDynamic('at', { every: '1d', closed: 'open' as 'left' }),
    () => frame.rolling('at', { period: '1mo' }),
    () => frame.rolling('day', { period: '1h' }),
    () => frame.rolling('at', { period: '5us' }),
    () => frame.rolling('day', { period: '1d', closed: 'none' }),
    () => frame.rolling('at', {} as { period: '1d' }),
    () => frame.rolling('at', { period: '1d', every: '1d' } as { period: '1d' }),
    () => frame.rolling('at', { period: '1d' }).agg((o) => ({ day: o.day })),
    () => frame.rolling('at', { period: '1d' }).agg(() => ({ n: fn.rank().over() })),
  ]
  for (const make of wrong) {
    expect(make, String(make)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  }
  expect(() => frame.groupByDynamic('at', { every: '1us', period: '1y' })).toThrow(
    expect.objectContaining({ code: 'LIMIT' }),
  )
})

function plain(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\d{4}-/.test(value)) return value
  return new Date(`${value.replace(' ', 'T')}Z`).toISOString()
}

test('a window that begins at the end of a month has all of its rows', async () => {
  await using lake = await connect('memory:')
  const frame = lake
    .from([{ day: '1992-02-27' }], { day: t.date() })
    .groupByDynamic('day', { every: '1mo', period: '2mo', offset: '-3d' })
    .agg(() => ({ n: fn.count() }))
  const days = (await frame.sort('day').toArray({ temporal: 'iso' })).map(({ day }) => day)
  expect(days).toEqual(['1991-12-29', '1992-01-29', '1992-02-27'])
})

test('rolling tells microseconds apart where its column does', async () => {
  await using lake = await connect('memory:')
  const stamps = ['10:00:00', '10:00:00.000001', '10:00:01', '10:00:01.000001']
  const rows = stamps.map((stamp) => ({ at: `2026-01-01T${stamp}` }))
  const counts = async (at: ReturnType<typeof t.timestamp>, closed: 'left' | 'right' | 'both') => {
    const frame = lake.from(rows, { at }).rolling('at', { period: '1s', closed })
    const form = { int64: 'number', temporal: 'iso' } as const
    const found = await frame.agg(() => ({ n: fn.count() })).toArray(form)
    return found.map(({ n }) => n)
  }
  const micros = t.timestamp({ unit: 'us' })
  expect(await counts(micros, 'right')).toEqual([1, 2, 2, 2])
  expect(await counts(micros, 'left')).toEqual([0, 1, 2, 2])
  expect(await counts(micros, 'both')).toEqual([1, 2, 3, 3])
})
