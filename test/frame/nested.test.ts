import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, fn, type GraupelError, t } from '../../src/index.ts'
import { runs, seed } from '../support/random.ts'

const BEYOND = 2n ** 62n + 1n

const schema = {
  id: t.int64(),
  tags: t.list(t.utf8()).nullable(),
  sizes: t.list(t.int64()),
  prices: t.list(t.decimal(20, 2)),
  days: t.list(t.date()),
  floats: t.list(t.float64()),
  place: t.struct({ city: t.utf8(), ['__proto__']: t.int32(), at: t.timestamp() }).nullable(),
  deep: t.list(t.struct({ xs: t.list(t.int8()) })),
}

const midnight = new Date('2026-01-02T00:00:00Z')

const rows = [
  {
    id: 1n,
    tags: ['a', null, 'ü"]'],
    sizes: [BEYOND, -1n, 0n],
    prices: ['19.90', '-0.01', '123456789012345678.00'],
    days: [midnight],
    floats: [0.1, Number.NaN, Number.NEGATIVE_INFINITY, -0],
    place: { city: 'Wien', ['__proto__']: 7, at: midnight },
    deep: [{ xs: [1, null, -128] }, { xs: [] }],
  },
  { id: 2n, tags: null, sizes: [], prices: [], days: [], floats: [], place: null, deep: [] },
]

async function stored() {
  const lake = await connect('memory:')
  const db = await lake.database('test/nested', { create: true })
  const table = await db.createTable('things', schema)
  await table.insert(rows)
  return { lake, db }
}

test('lists and structs come out of their column files exactly as they went in', async () => {
  const { lake, db } = await stored()
  const back = await (await db.table('things')).toArray()
  expect(back).toEqual(rows)
  expect(Object.is(back[0].floats[3], -0)).toBe(true)
  expect(Object.keys(back[0].place)).toEqual(['city', '__proto__', 'at'])
  await lake.close()
})

test('collect gives Arrow lists and structs', async () => {
  const { lake, db } = await stored()
  const arrow = await (await db.table('things')).collect()
  expect(String(arrow.schema.fields.map(({ type }: { type: unknown }) => type)[2])).toBe(
    'List<Int64>',
  )
  expect([...arrow.getChild('sizes')!.get(0)]).toEqual([BEYOND, -1n, 0n])
  expect([...arrow.getChild('tags')!.get(0)]).toEqual(['a', null, 'ü"]'])
  expect(arrow.getChild('place')!.get(0).toJSON().city).toBe('Wien')
  expect(arrow.getChild('place')!.get(1)).toBe(null)
  await lake.close()
})

test('the methods of lists and structs answer by position, member and value', async () => {
  const { lake, db } = await stored()
  const answered = (await db.table('things')).select((o) => ({
    last: o.sizes.list.get(-1),
    none: o.sizes.list.get(9),
    length: o.tags.list.length(),
    has: o.tags.list.contains('a'),
    hasNot: o.prices.list.contains('0.01'),
    city: o.place.struct.field('city'),
  }))
  expect(await answered.toArray()).toEqual([
    { last: 0n, none: null, length: 3, has: true, hasNot: false, city: 'Wien' },
    { last: null, none: null, length: null, has: null, hasNot: false, city: null },
  ])
  await lake.close()
})

test('a value that is none of the type is refused, by column and row, and nothing is inserted', async () => {
  const { lake, db } = await stored()
  const table = await db.createTable('strict', { xs: t.list(t.int8()) })
  for (const xs of [[1, 200], ['a'], 'no list', [[1]], { length: 0 }, [1.5]]) {
    const error = await table.insert([{ xs: [1] }, { xs: xs as number[] }]).catch((of) => of)
    expect(error).toMatchObject({ code: 'INVALID', facts: { column: 'xs', row: 1 } })
  }
  expect(await table.count()).toBe(0)
  await lake.close()
})

test('what has no order is neither sorted, compared nor extreme', async () => {
  const { lake, db } = await stored()
  const things = await db.table('things')
  const refused = (build: () => unknown) => {
    try {
      build()
    } catch (error) {
      return (error as GraupelError).code
    }
    return 'taken'
  }
  expect(refused(() => things.sort('tags'))).toBe('INVALID')
  expect(refused(() => things.filter((o) => o.sizes.lt(o.sizes)))).toBe('INVALID')
  expect(refused(() => things.agg((o) => ({ x: o.tags.max() })))).toBe('INVALID')
  expect(refused(() => things.explode('id'))).toBe('INVALID')
  expect(refused(() => things.select((o) => ({ x: o.place.struct.field('town') })))).toBe(
    'NOT_FOUND',
  )
  await lake.close()
})

test('equal lists are one group, whatever their texts were', async () => {
  const lake = await connect('memory:')
  const db = await lake.database('test/nested', { create: true })
  const table = await db.createTable('t', { xs: t.list(t.decimal(9, 2)) })
  await table.insert([{ xs: ['1.5'] }, { xs: ['1.50'] }, { xs: [1.5] }])
  expect(
    await table
      .groupBy('xs')
      .agg(() => ({ n: fn.count() }))
      .toArray(),
  ).toEqual([{ xs: ['1.50'], n: 3n }])
  await lake.close()
})

test('flatten gives a row for each value of an array or object in json', async () => {
  const lake = await connect('memory:')
  const frame = lake.from([
    { id: 1, doc: { items: [{ a: 1 }, 'x'] } },
    { id: 2, doc: { items: [] } },
    { id: 3, doc: { other: 1 } },
  ])
  const items = frame.flatten('doc', { path: '$.items', as: 'item' }).select('id', 'item')
  expect(await items.toArray()).toEqual([
    { id: 1n, item: { a: 1 } },
    { id: 1n, item: 'x' },
  ])
  const kept = frame.flatten('doc', { path: '$.items', as: 'item', empty: 'kept' })
  expect((await kept.toArray()).map(({ item }) => item)).toEqual([{ a: 1 }, 'x', null, null])
  await lake.close()
})

const value = fc.option(fc.integer({ min: -5, max: 5 }))
const random = fc.array(
  fc.record({
    k: fc.integer({ min: 0, max: 3 }),
    xs: fc.option(fc.array(value, { maxLength: 4 })),
  }),
  { maxLength: 30 },
)

test("explode, collectList and the methods of lists give DuckDB's rows", async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const duck = await instance.connect()
  const lake = await connect('memory:')
  const db = await lake.database('test/nested', { create: true })
  const sqlRows = async (sql: string) => {
    const reader = await duck.runAndReadAll(sql)
    return reader.getRowsJson().map((row) => JSON.stringify(row))
  }
  const ours = (of: readonly object[]) =>
    of.map((row) =>
      JSON.stringify(Object.values(row), (_, v) => (typeof v === 'bigint' ? Number(v) : v)),
    )
  let number = 0
  await fc.assert(
    fc.asyncProperty(random, async (given) => {
      const table = await db.createTable(`t${number}`, {
        k: t.int32(),
        xs: t.list(t.int32()).nullable(),
      })
      await table.insert(given)
      const sql = given.map(
        ({ k, xs }, i) => `(${i}, ${k}, ${xs === null ? 'NULL' : `[${xs.map(String)}]`})`,
      )
      await duck.run(`CREATE OR REPLACE TABLE t (i INT, k INT, xs INT[])`)
      if (sql.length > 0) await duck.run(`INSERT INTO t VALUES ${sql.join(',')}`)
      number += 1
      const frame = await db.table(`t${number - 1}`)
      const exploded = frame.explode('xs')
      expect(ours(await exploded.toArray())).toEqual(
        await sqlRows('SELECT k, unnest(xs) FROM (SELECT * FROM t ORDER BY i)'),
      )
      const kept = ours(await frame.explode('xs', { empty: 'kept' }).toArray())
      expect(kept).toEqual(
        await sqlRows(
          'SELECT k, unnest(CASE WHEN xs IS NULL OR len(xs) = 0 THEN [NULL] ELSE xs END) FROM (SELECT * FROM t ORDER BY i)',
        ),
      )
      const collected = exploded
        .groupBy('k')
        .agg((o) => ({ xs: o.xs.collectList() }))
        .sort('k')
      expect(ours(await collected.toArray())).toEqual(
        await sqlRows(
          `SELECT k, coalesce(list(x ORDER BY i, j) FILTER (x IS NOT NULL), []) FROM
           (SELECT i, k, unnest(xs) AS x, generate_subscripts(xs, 1) AS j FROM t) GROUP BY k ORDER BY k`,
        ),
      )
      const asked = frame.select((o) => ({
        n: o.xs.list.length(),
        first: o.xs.list.get(0),
        last: o.xs.list.get(-1),
        has: o.xs.list.contains(2),
      }))
      expect(ours(await asked.toArray())).toEqual(
        await sqlRows(
          'SELECT CAST(len(xs) AS INT), xs[1], xs[-1], list_contains(xs, 2) FROM t ORDER BY i',
        ),
      )
    }),
    { seed, numRuns: runs(40) },
  )
  await lake.close()
  duck.closeSync()
  instance.closeSync()
}, 120_000)
