import { describe, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { loggedStore } from '../support/logged-store.ts'

const COLUMNS = {
  id: t.int64(),
  name: t.utf8().nullable(),
  amount: t.decimal(9, 2),
  count: t.int32().nullable(),
}

const ROWS = [
  { id: 1n, name: 'a', amount: '1.00', count: 10 },
  { id: 2n, name: 'b', amount: '2.00', count: null },
  { id: 3n, name: null, amount: '3.00', count: 30 },
  { id: 4n, name: 'd', amount: '4.00', count: 40 },
  { id: 5n, name: 'e', amount: '5.00', count: 50 },
]

async function items(store: ObjectStore = memoryStore()) {
  const lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  const table = await db.createTable('items', COLUMNS, { partitionRows: 2 })
  await table.insert(ROWS)
  return { lake, db, table }
}

const ids = (rows: readonly { id: bigint }[]) => rows.map(({ id }) => Number(id))

describe('update', () => {
  test('sets columns where the condition is true, not where it is null, in place', async () => {
    const { table } = await items()
    const result = await table.update({
      set: { amount: (o) => o.amount.mul(10), name: 'x' },
      where: (o) => o.count.gte(30),
    })
    expect(result).toMatchObject({
      version: 2,
      rowsInserted: 0,
      rowsUpdated: 3,
      rowsDeleted: 0,
      partitionsRewritten: 2,
    })
    expect(await table.toArray()).toEqual([
      ROWS[0],
      ROWS[1],
      { ...ROWS[2], name: 'x', amount: '30.00' },
      { ...ROWS[3], name: 'x', amount: '40.00' },
      { ...ROWS[4], name: 'x', amount: '50.00' },
    ])
    expect(await table.at({ version: 1 }).toArray()).toEqual(ROWS)
    expect(await table.verify()).toEqual([])
  })

  test('sees old values in all expressions: two columns change places', async () => {
    await using lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('pairs', { a: t.int32(), b: t.int32() })
    await table.insert([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ])
    await table.update({ set: { a: (o) => o.b, b: (o) => o.a } })
    expect(await table.toArray()).toEqual([
      { a: 2, b: 1 },
      { a: 4, b: 3 },
    ])
  })

  test('refuses null in a column that takes none, overflow, and leaves nothing behind', async () => {
    const { table } = await items()
    const set = (value: unknown) => table.update({ set: { amount: value } as never })
    await expect(set(null)).rejects.toMatchObject({ code: 'INVALID' })
    await expect(
      table.update({ set: { amount: (o) => o.count.cast(t.decimal(9, 2)) as never } }),
    ).rejects.toMatchObject({ code: 'INVALID', facts: { column: 'amount' } })
    await expect(
      table.update({ set: { amount: (o) => o.amount.mul(100_000_000) } }),
    ).rejects.toMatchObject({ code: 'INVALID' })
    expect(await table.toArray()).toEqual(ROWS)
    expect(table.version).toBe(1)
  })

  test('that changes nothing makes no version', async () => {
    const { table } = await items()
    const result = await table.update({ set: { count: 0 }, where: (o) => o.id.eq(99) })
    expect(result).toEqual({
      version: 1,
      rowsInserted: 0,
      rowsUpdated: 0,
      rowsDeleted: 0,
      partitionsRewritten: 0,
      bytes: 0,
    })
  })

  test('of one column of 3 partitions of 100 columns writes 3 data files, and reads what it names', async () => {
    const { store, log } = loggedStore(memoryStore())
    await using lake = await connect(store)
    const db = await lake.database('acme/wide', { create: true })
    const names = Array.from({ length: 100 }, (_, n) => `c${n}`)
    const table = await db.createTable(
      'wide',
      Object.fromEntries(names.map((name) => [name, t.int32()])),
      { partitionRows: 10 },
    )
    const numbers = Array.from({ length: 50 }, (_, n) => n)
    await table.insert(Object.fromEntries(names.map((name) => [name, numbers])))
    log.length = 0
    const result = await table.update({ set: { c7: -1 }, where: (o) => o.c3!.between(15, 35) })
    expect(result).toMatchObject({ rowsUpdated: 21, partitionsRewritten: 3 })
    const data = log.filter(({ key }) => /\/partition\d+\.csv$/.test(key))
    const of = (operations: readonly string[]) =>
      data
        .filter(({ operation }) => operations.includes(operation))
        .map(({ key }) => key.split('/').slice(-2).join('/'))
        .sort()
    expect(of(['create'])).toHaveLength(3)
    expect(new Set(of(['create']).map((path) => path.split('/')[0]))).toEqual(new Set(['c7']))
    // Partition 3 is proved to match whole, but c3 is asked for in 2 and 4.
    expect([...new Set(of(['get', 'open']))]).toEqual([
      'c3/partition2.csv',
      'c3/partition4.csv',
      'c7/partition2.csv',
      'c7/partition4.csv',
    ])
    const rows = await table.select('c3', 'c7', 'c99').toArray()
    expect(rows).toEqual(numbers.map((n) => ({ c3: n, c7: n >= 15 && n <= 35 ? -1 : n, c99: n })))
    expect(await table.verify()).toEqual([])
  })
})

describe('delete', () => {
  test('removes rows where the condition is true; the others keep their order', async () => {
    const { table } = await items()
    const result = await table.delete((o) => o.count.ne(30).and(o.id.ne(5)))
    expect(result).toMatchObject({ rowsDeleted: 2, partitionsRewritten: 2, rowsUpdated: 0 })
    expect(ids(await table.toArray())).toEqual([2, 3, 5])
    expect(await table.count()).toBe(3)
    expect(await table.verify()).toEqual([])
  })

  test('of all rows of a partition reads and writes no data file', async () => {
    const { store, log } = loggedStore(memoryStore())
    const { table } = await items(store)
    log.length = 0
    expect(await table.delete((o) => o.id.lte(2))).toMatchObject({ rowsDeleted: 2, bytes: 0 })
    expect(log.filter(({ key }) => /\/partition\d+\.csv$/.test(key))).toEqual([])
    expect(ids(await table.toArray())).toEqual([3, 4, 5])
  })
})

describe('merge', () => {
  test('sets, removes and adds rows; null keys match nothing', async () => {
    const { lake, table } = await items()
    const source = lake.from(
      [
        { id: 2n, amount: '20.00', gone: false },
        { id: 4n, amount: '40.00', gone: true },
        { id: null, amount: '9.00', gone: false },
        { id: 7n, amount: '70.00', gone: false },
      ],
      { id: t.int64().nullable(), amount: t.decimal(9, 2), gone: t.bool() },
    )
    const result = await table.merge(source, {
      on: 'id',
      whenMatched: [
        { when: (_, s) => s.gone, delete: true },
        { set: { amount: (o, s) => o.amount.add(s.amount) } },
      ],
      whenNotMatched: {
        when: (s) => s.id.isNotNull(),
        insert: { id: (s) => s.id.coalesce(0n), amount: (s) => s.amount, name: 'new' },
      },
      whenNotMatchedBySource: { when: (o) => o.id.eq(5), set: { name: 'old' } },
    })
    expect(result).toMatchObject({
      rowsInserted: 1,
      rowsUpdated: 2,
      rowsDeleted: 1,
      partitionsRewritten: 3,
    })
    expect(await table.toArray()).toEqual([
      ROWS[0],
      { ...ROWS[1], amount: '22.00' },
      ROWS[2],
      { ...ROWS[4], name: 'old' },
      { id: 7n, name: 'new', amount: '70.00', count: null },
    ])
    expect(await table.verify()).toEqual([])
  })

  test('with two source rows for a row is INVALID, naming key and rows', async () => {
    const { lake, table } = await items()
    const source = lake.from([
      { id: 9n, name: 'x' },
      { id: 2n, name: 'y' },
      { id: 2n, name: 'z' },
    ])
    const merged = table.merge(source, { on: 'id', whenMatched: { set: 'all' } })
    await expect(merged).rejects.toMatchObject({
      code: 'INVALID',
      facts: { key: 'id 2', rows: [1, 2] },
    })
    expect(await table.toArray()).toEqual(ROWS)
  })

  test('of all columns by name is an upsert', async () => {
    const { lake, table } = await items()
    const rows = [
      { id: 1n, name: 'one', amount: '0.01', count: 1 },
      { id: 6n, name: 'six', amount: '0.06', count: 6 },
    ]
    await table.merge(lake.from(rows, COLUMNS), {
      on: 'id',
      whenMatched: { set: 'all' },
      whenNotMatched: { insert: 'all' },
    })
    expect(await table.toArray()).toEqual([rows[0], ...ROWS.slice(1), rows[1]])
  })
})

describe('truncate and write', () => {
  test('truncate removes all rows and tells how many', async () => {
    const { table } = await items()
    expect(await table.truncate()).toMatchObject({ version: 2, rowsDeleted: 5, bytes: 0 })
    expect(await table.count()).toBe(0)
    expect(await table.truncate()).toMatchObject({ version: 2, rowsDeleted: 0 })
    expect(await table.at({ version: 1 }).count()).toBe(5)
  })

  test('write appends, replaces all, replaces what a condition names, or wants no rows', async () => {
    const { lake, table } = await items()
    const row = (id: bigint) => ({ id, name: null, amount: '0.00', count: null })
    expect(await table.write([row(6n)])).toMatchObject({ rowsInserted: 1, rowsDeleted: 0 })
    expect(
      await table.write([row(7n), row(2n)], {
        mode: 'overwrite',
        replaceWhere: (o) => o.id.between(2, 3).or(o.id.gt(5)),
      }),
    ).toMatchObject({ rowsInserted: 2, rowsDeleted: 3 })
    expect(ids(await table.toArray())).toEqual([1, 4, 5, 7, 2])
    await expect(
      table.write([row(2n), row(4n)], { mode: 'overwrite', replaceWhere: (o) => o.id.eq(2) }),
    ).rejects.toMatchObject({ code: 'INVALID', facts: { row: 1 } })
    await expect(table.write([row(1n)], { mode: 'errorIfExists' })).rejects.toMatchObject({
      code: 'INVALID',
    })
    expect(await table.write(lake.from([row(8n)], COLUMNS), { mode: 'overwrite' })).toMatchObject({
      rowsInserted: 1,
      rowsDeleted: 5,
    })
    expect(ids(await table.toArray())).toEqual([8])
    await table.truncate()
    expect(await table.write([row(9n)], { mode: 'errorIfExists' })).toMatchObject({
      rowsInserted: 1,
    })
    expect(await table.verify()).toEqual([])
  })
})

describe('changes at the same time', () => {
  test('of rows of one partition: one wins, the other is a CONFLICT and leaves nothing', async () => {
    const { db, table } = await items()
    const other = await db.table('items', COLUMNS)
    const outcomes = await Promise.allSettled([
      table.update({ set: { name: 'x' }, where: (o) => o.id.eq(1) }),
      other.update({ set: { name: 'y' }, where: (o) => o.id.eq(2) }),
    ])
    const lost = outcomes.filter(({ status }) => status === 'rejected')
    expect(lost).toMatchObject([{ reason: { code: 'CONFLICT' } }])
    const names = (await (await db.table('items', COLUMNS)).toArray()).map(({ name }) => name)
    expect([
      ['x', 'b'],
      ['a', 'y'],
    ]).toContainEqual(names.slice(0, 2))
  })

  test('of other partitions, and appends, all get in', async () => {
    const { db, table } = await items()
    const other = await db.table('items', COLUMNS)
    await Promise.all([
      table.update({ set: { name: 'x' }, where: (o) => o.id.eq(1) }),
      other.delete((o) => o.id.eq(4)),
      other.insert([{ id: 8n, amount: '0.00' }]),
      table.insert([{ id: 9n, amount: '0.00' }]),
    ])
    const now = await db.table('items', COLUMNS)
    const rows = await now.toArray()
    expect(rows[0]).toMatchObject({ id: 1n, name: 'x' })
    expect(ids(rows).sort()).toEqual([1, 2, 3, 5, 8, 9])
    expect(await now.verify()).toEqual([])
  })

  test('two merges that add one key: one wins', async () => {
    const { lake, db, table } = await items()
    const other = await db.table('items', COLUMNS)
    const source = lake.from([{ id: 100n, name: 'n', amount: '1.00', count: 1 }], COLUMNS)
    const upsert = {
      on: 'id',
      whenMatched: { set: 'all' },
      whenNotMatched: { insert: 'all' },
    } as const
    const outcomes = await Promise.allSettled([
      table.merge(source, upsert),
      other.merge(source, upsert),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await (await db.table('items', COLUMNS)).filter((o) => o.id.eq(100)).count()).toBe(1)
  })

  test('a change with a sequence number is made once', async () => {
    const { db, table } = await items()
    const once = { app: 'etl', sequence: 1 }
    await table.update({ set: { count: (o) => o.count.add(1) } }, once)
    const again = await db.table('items', COLUMNS)
    expect(await again.update({ set: { count: (o) => o.count.add(1) } }, once)).toMatchObject({
      version: 2,
      rowsUpdated: 0,
      partitionsRewritten: 0,
    })
    expect((await again.toArray()).map(({ count }) => count)).toEqual([11, null, 31, 41, 51])
  })
})
