import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { connect, type DataFrame, fn, type Table } from '../../src/index.ts'
import { compareRows, frameRows, sqlRows } from '../support/compare-rows.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { createRandomTable, randomTable, tableSql } from '../support/random-table.ts'

interface Both {
  readonly duck: DuckDBConnection
  readonly l: Table<any>
  readonly r: Table<any>
  readonly prng: Prng
}

/** Hands random tables l and r to `step`, in both engines, several times. */
async function overRandomTables(
  step: (both: Both) => Promise<void>,
  rounds: number = runs(3),
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const prng = new Prng(seed + 271_828 * (round + 1))
    const instance = await DuckDBInstance.create(':memory:')
    const duck = await instance.connect()
    await using lake = await connect('memory:', prng.chance(0.5) ? {} : { memoryLimit: 8000 })
    const db = await lake.database('test/verbs', { create: true })
    const tables: Table<any>[] = []
    for (const prefix of ['l', 'r']) {
      const table = randomTable(prng, prefix)
      for (const statement of tableSql(table)) await duck.run(statement)
      tables.push(await createRandomTable(db, prng, table))
    }
    await step({ duck, l: tables[0]!, r: tables[1]!, prng })
    duck.closeSync()
    instance.closeSync()
  }
}

async function same(duck: DuckDBConnection, frame: DataFrame<any>, sql: string): Promise<number> {
  const expected = await sqlRows(duck, sql)
  const actual = await frameRows(frame)
  expect(compareRows(actual, expected, { ordered: false }), `seed ${seed}: ${sql}`).toBeNull()
  return expected.length
}

const LIST = { timeout: 600_000 }

test('intersect and except are those of SQL, null equal to null', LIST, async () => {
  let rows = 0
  await overRandomTables(async ({ duck, l, r }) => {
    for (const columns of [['key'], ['key', 'bool'], ['utf8'], ['int64', 'key']]) {
      const left = l.select(...columns.map((name) => `l_${name}`))
      const right = r.select(...columns.map((name) => `r_${name}`))
      const names = Object.fromEntries(columns.map((name) => [`r_${name}`, `l_${name}`]))
      const sql = (of: string) =>
        `SELECT ${columns.map((name) => `${of}_${name}`).join(', ')} FROM ${of}`
      const other = right.rename(names as never) as DataFrame<any>
      rows += await same(duck, left.intersect(other), `${sql('l')} INTERSECT ${sql('r')}`)
      const kept = { duplicates: 'kept' } as const
      rows += await same(duck, left.intersect(other, kept), `${sql('l')} INTERSECT ALL ${sql('r')}`)
      rows += await same(duck, left.except(other, kept), `${sql('l')} EXCEPT ALL ${sql('r')}`)
      rows += await same(duck, left.except(other), `${sql('l')} EXCEPT ${sql('r')}`)
    }
  })
  expect(rows).toBeGreaterThan(10)
})

test('unionByName puts columns of the same name below each other', LIST, async () => {
  await overRandomTables(async ({ duck, l }) => {
    const frame = l.select('l_key', 'l_utf8').unionByName(l.select('l_utf8', 'l_key'))
    const sql = 'SELECT l_key, l_utf8 FROM l UNION ALL BY NAME SELECT l_utf8, l_key FROM l'
    await same(duck, frame, sql)
  })
})

test('rollup, cube and groupingSets are those of SQL, over no rows too', LIST, async () => {
  await overRandomTables(async ({ duck, l, prng }) => {
    const few = prng.chance(0.3) ? 'l_key < 0' : 'l_key >= 0'
    const some = l.filter((row) => (few === 'l_key < 0' ? row.l_key.lt(0) : row.l_key.gte(0)))
    const outputs = (row: any) => ({ n: fn.count(), s: row.l_int32.sum(), k: row.l_key.add(1) })
    const sql = (sets: string) =>
      `SELECT l_key, l_bool, count(*), CAST(sum(l_int32) AS BIGINT), l_key + 1 FROM l WHERE ${few} GROUP BY ${sets}`
    await same(duck, some.rollup('l_key', 'l_bool').agg(outputs), sql('ROLLUP (l_key, l_bool)'))
    await same(duck, some.cube('l_key', 'l_bool').agg(outputs), sql('CUBE (l_key, l_bool)'))
    const sets = some.groupingSets([['l_key'], ['l_bool'], []]).agg(outputs)
    await same(duck, sets, sql('GROUPING SETS ((l_key), (l_bool), ())'))
  })
})

test('unpivot and pivot are those of SQL', LIST, async () => {
  await overRandomTables(async ({ duck, l }) => {
    const long = l.select('l_key', 'l_int32', 'l_int64').unpivot({ on: ['l_int32', 'l_int64'] })
    const union = ['l_int32', 'l_int64'].map(
      (name) => `SELECT l_key, '${name}', CAST(${name} AS BIGINT) FROM l`,
    )
    await same(duck, long, union.join(' UNION ALL '))
    const wide = l.pivot({
      index: 'l_bool',
      on: 'l_key',
      values: [1, 2, 3],
      value: 'l_int64',
      agg: 'sum',
    })
    const cells = [1, 2, 3].map(
      (key) => `CAST(sum(l_int64) FILTER (WHERE l_key = ${key}) AS BIGINT)`,
    )
    await same(duck, wide, `SELECT l_bool, ${cells.join(', ')} FROM l GROUP BY l_bool`)
    expect(wide.schema.fields.map(({ name }) => name)).toEqual(['l_bool', '1', '2', '3'])
  })
})

test('describe gives count, nulls, ends, mean and deviation of every column', LIST, async () => {
  await overRandomTables(async ({ duck, l }) => {
    const figures = ['int32', 'decimal', 'utf8', 'date'].map((kind) => {
      const of = `l_${kind}`
      const isNumber = kind === 'int32' || kind === 'decimal'
      const moments = isNumber
        ? `avg(CAST(${of} AS DOUBLE)), stddev_samp(CAST(${of} AS DOUBLE))`
        : 'CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE)'
      return `SELECT '${of}', count(${of}), count(*) - count(${of}), CAST(min(${of}) AS VARCHAR), CAST(max(${of}) AS VARCHAR), ${moments} FROM l`
    })
    const frame = l.select('l_int32', 'l_decimal', 'l_utf8', 'l_date').describe()
    await same(duck, frame, figures.join(' UNION ALL '))
  })
})

test('joinWhere pairs what a predicate says, whatever the kind of join', LIST, async () => {
  let rows = 0
  await overRandomTables(async ({ duck, l, r }) => {
    const left = l.select('l_key', 'l_int32', 'l_utf8')
    const right = r.select('r_key', 'r_int32')
    const cases = [
      [
        'l.l_key = r.r_key AND l.l_int32 < r.r_int32',
        (a: any, b: any) => a.l_key.eq(b.r_key).and(a.l_int32.lt(b.r_int32)),
      ],
      ['l.l_int32 > r.r_int32 + 5', (a: any, b: any) => a.l_int32.gt(b.r_int32.add(5))],
    ] as const
    for (const [sql, build] of cases) {
      for (const how of ['inner', 'left'] as const) {
        const text = `SELECT l_key, l_int32, l_utf8, r_key, r_int32 FROM l ${how} JOIN r ON ${sql}`
        rows += await same(duck, left.joinWhere(right, build, { how }), text)
      }
      const exists = `EXISTS (SELECT 1 FROM r WHERE ${sql})`
      const select = 'SELECT l_key, l_int32, l_utf8 FROM l WHERE'
      await same(duck, left.joinWhere(right, build, { how: 'semi' }), `${select} ${exists}`)
      await same(duck, left.joinWhere(right, build, { how: 'anti' }), `${select} NOT ${exists}`)
    }
  })
  expect(rows).toBeGreaterThan(100)
})

test('joinAsof takes the nearest row, null keys none', LIST, async () => {
  let rows = 0
  await overRandomTables(async ({ duck, l, r }) => {
    for (const kind of ['int32', 'date', 'timestamp']) {
      const [a, b] = [`l_${kind}`, `r_${kind}`]
      // One right row per key, as DuckDB may take any of equal ones.
      const right = r
        .distinct(b, 'r_key')
        .groupBy(b, 'r_key')
        .agg((row: any) => ({ n: row[b].count() }))
      const sql = (where: string, order: string) =>
        `SELECT l.l_key, l.${a}, m.${b}, m.n FROM l LEFT JOIN LATERAL (SELECT ${b}, n FROM (SELECT ${b}, r_key, CAST(${b} IS NOT NULL AS BIGINT) AS n FROM r GROUP BY ALL) r WHERE r.r_key = l.l_key AND ${where} ORDER BY ${b} ${order} LIMIT 1) m ON true`
      const left = l.select('l_key', a)
      const on = { on: [a, b], by: [['l_key', 'r_key']] } as const
      const back = left.joinAsof(right, on as never).drop('r_key' as never) as DataFrame<any>
      rows += await same(duck, back, sql(`r.${b} <= l.${a}`, 'DESC'))
      const next = left.joinAsof(right, { ...on, direction: 'forward' } as never) as DataFrame<any>
      await same(duck, next.drop('r_key'), sql(`r.${b} >= l.${a}`, 'ASC'))
      const tolerance = kind === 'timestamp' ? 86_400_000 * 20 : 20
      const far = kind === 'timestamp' ? 'INTERVAL 20 DAY' : '20'
      const near = left.joinAsof(right, { ...on, tolerance } as never) as DataFrame<any>
      await same(
        duck,
        near.drop('r_key'),
        sql(`r.${b} <= l.${a} AND l.${a} <= r.${b} + ${far}`, 'DESC'),
      )
    }
  }, runs(9))
  expect(rows).toBeGreaterThan(50)
})

test('a sample is of the asked size, in order, and the same for the same seed', LIST, async () => {
  await using lake = await connect('memory:')
  const numbers = lake.from({ n: Array.from({ length: 20_000 }, (_, n) => n) })
  const kept = async (options: any) =>
    (await numbers.sample(options).toArray()).map(({ n }) => Number(n))
  const few = await kept({ rows: 500, seed: 7 })
  expect(few).toHaveLength(500)
  expect(few).toEqual([...new Set(few)].sort((a, b) => a - b))
  expect(await kept({ rows: 500, seed: 7 })).toEqual(few)
  expect(await kept({ rows: 500, seed: 8 })).not.toEqual(few)
  const share = await kept({ fraction: 0.1 })
  expect(share).toEqual([...share].sort((a, b) => a - b))
  // Six standard deviations of a binomial distribution.
  expect(Math.abs(share.length - 2000)).toBeLessThan(6 * Math.sqrt(20_000 * 0.1 * 0.9))
  const halves = [0, 1].map((half) => share.filter((n) => Math.floor(n / 10_000) === half).length)
  expect(Math.abs(halves[0]! - halves[1]!)).toBeLessThan(6 * Math.sqrt(20_000 * 0.1 * 0.9))
  expect(await kept({ fraction: 1 })).toHaveLength(20_000)
  expect(await kept({ rows: 0 })).toEqual([])
  const filtered = await numbers
    .sample({ rows: 500, seed: 7 })
    .filter((o: any) => o.n.lt(10_000))
    .toArray()
  expect(filtered.map(({ n }: any) => Number(n))).toEqual(few.filter((n) => n < 10_000))
})
