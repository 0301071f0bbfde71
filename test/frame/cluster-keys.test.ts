import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect, type Expr, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { editCell } from '../support/edit-cell.ts'
import { loggedStore } from '../support/logged-store.ts'
import { Prng } from '../support/prng.ts'
import { runs } from '../support/random.ts'

const COLUMNS = {
  id: t.int32(),
  at: t.timestamp(),
  region: t.utf8().nullable(),
  amount: t.float64().nullable(),
}

interface Row {
  id: number
  at: Date
  region: string | null
  amount: number | null
}

const REGIONS = ['north-east', 'north-west', 'nord', 'süd', 'sur', '', null]
const AMOUNTS = [null, Number.NaN, -0.5, 0, 0.5, 1.25, 2, 7.75, Number.POSITIVE_INFINITY]

/** Row `id`, of one of 24 months. */
function row(id: number): Row {
  const prng = new Prng(id)
  return {
    id,
    at: new Date(Date.UTC(2024, prng.int(0, 23), prng.int(1, 28), prng.int(0, 23))),
    region: prng.pick(REGIONS),
    amount: prng.pick(AMOUNTS),
  }
}

const month = ({ at }: Row) => at.toISOString().slice(0, 7)
const prefix = ({ region }: Row) => region?.slice(0, 3) ?? null
const whole = ({ amount }: Row) => (amount === null ? null : Math.floor(amount))

type Keys = (o: any) => readonly Expr<any>[]
type Value = string | number | null

/** Keys, and what they are of a row. */
const KEYS: readonly (readonly [name: string, keys: Keys, of: readonly ((row: Row) => Value)[]])[] =
  [
    ['month, prefix', (o) => [o.at.dt.truncate('month'), o.region.str.left(3)], [month, prefix]],
    ['prefix, id', (o) => [o.region.str.slice(0, 3), o.id], [prefix, ({ id }) => id]],
    [
      'floor, tens',
      (o) => [o.amount.floor(), o.id.intDiv(10)],
      [whole, (r) => Math.trunc(r.id / 10)],
    ],
    [
      'year, month of one column',
      (o) => [o.at.dt.year(), o.at.dt.date().dt.truncate('month'), o.at],
      [({ at }) => at.getUTCFullYear(), month, ({ at }) => at.toISOString()],
    ],
  ]

/** Numbers by size, NaN behind them, then nulls; text by its bytes. */
function compareValues(a: Value, b: Value): number {
  const rank = (of: Value) => (of === null ? 2 : Number.isNaN(of) ? 1 : 0)
  if (rank(a) !== rank(b) || rank(a) > 0) return rank(a) - rank(b)
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1
}

const isSortedBy = (rows: readonly Row[], of: readonly ((row: Row) => Value)[]) =>
  rows.slice(1).every((after, at) => {
    const order = of.map((key) => compareValues(key(rows[at]!), key(after)))
    return (order.find((one) => one !== 0) ?? 0) <= 0
  })

/** In one order, whatever it was: rows of the same id differ by their region where only one was updated. */
const sorted = (rows: readonly Row[]) =>
  [...rows].sort((a, b) => a.id - b.id || compareValues(a.region, b.region))

async function database(store = memoryStore()) {
  const lake = await connect(store)
  return lake.database('a/b', { create: true })
}

describe.each(KEYS)('a table clustered by %s', (_, keys, of) => {
  test('holds the rows that were written, each load and each part of an optimize in the order of the keys', async () => {
    const step = fc.oneof(
      fc.record({ insert: fc.array(fc.nat(150), { minLength: 1, maxLength: 30 }) }),
      fc.record({ delete: fc.nat(150) }),
      fc.record({ update: fc.nat(150) }),
      fc.record({ reopen: fc.constant(true) }),
      fc.record({ optimize: fc.constant(true) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const store = memoryStore()
        const options = { clusterBy: keys, partitionRows: 7 }
        let table = await (await database(store)).createTable('t', COLUMNS, options)
        let rows: Row[] = []
        for (const one of steps) {
          if ('insert' in one) {
            const added = one.insert.map(row)
            const before = (await table.toArray()).length
            await table.insert(added)
            const written = (await table.toArray()).slice(before)
            expect(sorted(written)).toEqual(sorted(added))
            expect(isSortedBy(written, of)).toBe(true)
            rows = [...rows, ...added]
          } else if ('delete' in one) {
            await table.delete((r) => r.id.lt(one.delete).and(r.id.gt(one.delete - 40)))
            rows = rows.filter(({ id }) => !(id < one.delete && id > one.delete - 40))
          } else if ('update' in one) {
            await table.update({ set: { region: 'new' }, where: (r) => r.id.gt(one.update) })
            rows = rows.map((r) => (r.id > one.update ? { ...r, region: 'new' } : r))
          } else if ('reopen' in one) {
            table = await (await database(store)).table('t', COLUMNS)
          } else {
            let rounds = 0
            while ((await table.optimize()).partitionsRemoved > 0) rounds++
            expect(rounds).toBeLessThan(5)
          }
        }
        expect(sorted(await table.toArray())).toEqual(sorted(rows))
        const since = new Date(Date.UTC(2025, 2))
        const found = {
          column: await table.filter((r) => r.at.gte(since)).toArray(),
          month: await table.filter((r) => r.at.dt.truncate('month').eq(since)).toArray(),
          prefix: await table.filter((r) => r.region.str.left(3).eq('nor')).toArray(),
          tens: await table.filter((r) => r.id.intDiv(10).eq(4)).toArray(),
        }
        expect(sorted(found.column)).toEqual(sorted(rows.filter(({ at }) => at >= since)))
        expect(sorted(found.month)).toEqual(sorted(rows.filter((r) => month(r) === '2025-03')))
        expect(sorted(found.prefix)).toEqual(sorted(rows.filter((r) => prefix(r) === 'nor')))
        expect(sorted(found.tens)).toEqual(
          sorted(rows.filter(({ id }) => Math.trunc(id / 10) === 4)),
        )
        expect(await table.verify()).toEqual([])
      }),
      { numRuns: runs(15) },
    )
  }, 120_000)
})

test('many loads become partitions of few months each, and filters on column and expression read those', async () => {
  const { store, log } = loggedStore(memoryStore())
  const db = await database(store)
  const table = await db.createTable('t', COLUMNS, {
    clusterBy: (o) => [o.at.dt.truncate('month'), o.region.str.left(3)],
    partitionRows: 100,
  })
  for (let n = 0; n < 40; n++) {
    await table.insert(Array.from({ length: 60 }, (_, at) => row(60 * n + at)))
  }
  const before = await table.clusteringInformation()
  expect(before.clusterByKeys).toEqual(['truncate(at, month)', 'left(region, 3)'])
  expect(before.averageDepth).toBeGreaterThan(20)
  await table.optimize()
  const after = await table.clusteringInformation()
  expect(after.totalPartitionCount).toBe(24)
  expect(after.averageDepth).toBeLessThan(3)
  const byMonth = await table.clusteringInformation((o) => [o.at.dt.truncate('month')])
  expect(byMonth.averageDepth).toBeLessThan(3)
  const files = async (frame: { count(): Promise<number>; toArray(): Promise<unknown[]> }) => {
    log.length = 0
    await frame.toArray()
    return new Set(log.map(({ key }) => key).filter((key) => /\/id\/partition/.test(key))).size
  }
  const march = new Date(Date.UTC(2025, 2))
  const april = new Date(Date.UTC(2025, 3))
  expect(await files(table.filter((r) => r.at.gte(march).and(r.at.lt(april))))).toBeLessThan(5)
  expect(await files(table.filter((r) => r.at.dt.truncate('month').eq(march)))).toBeLessThan(5)
})

test('keys go with a clone and with new names of columns, and keep a column from being dropped', async () => {
  const db = await database()
  const table = await db.createTable('t', COLUMNS, { clusterBy: (o) => [o.id.intDiv(10)] })
  await table.insert([row(25), row(13), row(7)])
  const renamed = await table.renameColumns({ id: 'number' })
  const { clusterByKeys } = await renamed.clusteringInformation()
  expect(clusterByKeys).toEqual(['intDiv(number, 10)'])
  const clone = await renamed.clone('copy')
  expect((await clone.clusteringInformation()).clusterByKeys).toEqual(clusterByKeys)
  await expect(renamed.dropColumns(['number'])).rejects.toThrow(/is clustered by "number"/)
})

test('a key that a wider column has values beyond stands for its column from then on', async () => {
  const db = await database()
  const table = await db.createTable(
    't',
    { n: t.int32() },
    { clusterBy: (o) => [o.n.cast(t.decimal(12, 2))] },
  )
  const wide = await table.widenColumns({ n: t.int64() })
  const large = 10n ** 18n
  await wide.insert([{ n: large }, { n: 3n }, { n: -large }])
  expect((await wide.toArray()).map(({ n }) => n)).toEqual([-large, 3n, large])
  expect((await wide.clusteringInformation()).clusterByKeys).toEqual(['n'])
})

test('expressions that keep no order, come from no column or twice are refused, everywhere', async () => {
  const db = await database()
  const table = await db.createTable('t', COLUMNS)
  const frame = table.select('id', 'region')
  for (const [keys, text] of [
    [(o: any) => [o.region.str.lower()], /"lower\(region\)" does not keep the order of one column/],
    [(o: any) => [o.id.intDiv(10), o.id.intDiv(10)], /names "intDiv\(id, 10\)" twice/],
    [(o: any) => o.id, /a list of expressions/],
    [(o: any) => ['id', o.id], /expression/],
    [() => Promise.resolve([]), /not a promise/],
    [(o: any) => [o.idd], /"idd" not found; did you mean "id"/],
    [7, /a list of column names/],
  ] as const) {
    const clusterBy = keys as never
    await expect(db.createTable('x', COLUMNS, { clusterBy })).rejects.toThrow(text)
    await expect(frame.write('x', { clusterBy })).rejects.toThrow(text)
    await expect(table.optimize({ columns: clusterBy })).rejects.toThrow(text)
    await expect(table.clusteringInformation(clusterBy)).rejects.toThrow(text)
  }
  expect(await db.tables()).toEqual(['t'])
})

test('keys in the metadata that are none are DATA, whatever they say', async () => {
  for (const clusterKeys of [
    [{ call: 'neg', args: [{ column: 9 }] }],
    ['id'],
    [],
    { 0: 1 },
    [{ call: 'intDiv', args: [{ column: 1 }] }],
  ]) {
    const store = memoryStore()
    const db = await database(store)
    await db.createTable('t', COLUMNS, { clusterBy: (o) => [o.id.intDiv(10)] })
    await editCell(store, 'a/b/t/_table/head.json', (text) =>
      JSON.stringify({ ...JSON.parse(text), clusterKeys }),
    )
    const insert = async () => (await (await database(store)).table('t', COLUMNS)).insert([row(1)])
    await expect(insert()).rejects.toMatchObject({ code: 'DATA' })
  }
})
