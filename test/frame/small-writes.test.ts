import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, fn, t } from '../../src/index.ts'
import { localStore } from '../../src/io/local-store.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { loggedStore, type Request } from '../support/logged-store.ts'

const COLUMNS = {
  id: t.int64(),
  name: t.utf8().nullable(),
  price: t.decimal(9, 2),
  at: t.timestamp(),
}
type Row = { id: bigint; name: string | null; price: string; at: Date }
const rowOf = (id: number): Row => ({
  id: BigInt(id),
  name: id % 5 === 0 ? null : `name, "${id}"`,
  price: `${id}.25`,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, id)),
})
const rowsOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => rowOf(from + n))

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'graupel-small-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const dataFiles = (log: readonly Request[]) =>
  log.filter(({ key }) => /\/partition\d+\.csv$/.test(key)).map(({ key }) => key)

async function open(store: ObjectStore, options: Parameters<typeof connect>[1] = {}) {
  const lake = await connect(store, { smallWrites: 'records', cache: false, ...options })
  const db = await lake.database('test/small', { create: true })
  const table = await db.createTable('rows', COLUMNS, { ifNotExists: true })
  return { lake, db, table, [Symbol.asyncDispose]: () => lake.close() }
}

describe.each([
  ['in memory', () => memoryStore()],
  ['on a disk', () => localStore(root)],
])('appends of few rows %s', (_, storeOf) => {
  test('an insert of one row is a record and a swap, and nothing else', async () => {
    const { store, log } = loggedStore(storeOf())
    await using made = await open(store)
    await made.table.insert([rowOf(0)])
    await made.lake.close()
    await using again = await open(store)
    log.length = 0
    const result = await again.table.insert([rowOf(1)])
    expect(result).toMatchObject({ rows: 1, bytes: 0, partitions: 1 })
    expect(log.map(({ operation }) => operation)).toEqual(['create', 'swapCell'])
    expect(log[0]!.key).toContain('/_table/log/')
    expect(await again.table.sort('id').toArray()).toEqual(rowsOf(0, 2))
  })

  test('rows of the metadata are as rows of files: read, pruned, counted, proved', async () => {
    const { store, log } = loggedStore(storeOf())
    await using made = await open(store)
    for (let id = 0; id < 10; id++) await made.table.insert([rowOf(id)])
    const { version } = made.table
    expect(version).toBe(10)
    await using again = await connect(store, { cache: false })
    const table = await (await again.database('test/small')).table('rows', COLUMNS)
    log.length = 0
    expect(await table.toArray()).toEqual(rowsOf(0, 10))
    expect(await table.filter((r) => r.id.eq(7n)).toArray()).toEqual([rowOf(7)])
    expect(
      await table.agg((r) => ({ n: fn.count(), top: r.id.max(), sum: r.price.sum() })).first(),
    ).toEqual({ n: 10n, top: 9n, sum: '47.50' })
    expect(await table.at({ version: 4 }).toArray()).toEqual(rowsOf(0, 4))
    const changes = await table.changes({ from: { version: 7 } }).toArray()
    expect(changes).toEqual(rowsOf(7, 3).map((row) => ({ ...row, _change: 'insert' })))
    expect(await table.verify()).toEqual([])
    expect(dataFiles(log)).toEqual([])
  })

  test('what a writer that lost left under their number is removed by vacuum', async () => {
    const store = storeOf()
    await using made = await open(store)
    const { table } = made
    for (let id = 0; id < 3; id++) await table.insert([rowOf(id)])
    const stray = 'test/small/rows/id/partition2.csv'
    expect(await store.create(stray, Buffer.from('id\n7\n'))).toBe('created')
    await table.vacuum({ retain: { versions: 1 } })
    expect(await store.get(stray)).toBeNull()
    expect(await table.sort('id').toArray()).toEqual(rowsOf(0, 3))
    expect(await table.verify()).toEqual([])
  })

  test('they can be updated, deleted, merged, cloned, restored and vacuumed', async () => {
    await using made = await open(storeOf())
    const { table, lake } = made
    for (let id = 0; id < 6; id++) await table.insert([rowOf(id)])
    await table.update({ set: { name: () => 'new' }, where: (r) => r.id.eq(2n) })
    await table.delete((r) => r.id.eq(3n))
    const source = lake.from([{ ...rowOf(4), name: 'merged' }, rowOf(9)], COLUMNS)
    await table.merge(source, {
      on: 'id',
      whenMatched: { set: 'all' },
      whenNotMatched: { insert: 'all' },
    })
    const expected = [
      ...rowsOf(0, 2),
      { ...rowOf(2), name: 'new' },
      { ...rowOf(4), name: 'merged' },
      rowOf(5),
      rowOf(9),
    ]
    expect(await table.sort('id').toArray()).toEqual(expected)
    const clone = await table.clone('copy')
    await table.restore({ version: 6 })
    expect(await table.sort('id').toArray()).toEqual(rowsOf(0, 6))
    await table.vacuum({ retain: { versions: 1 } })
    expect(await table.sort('id').toArray()).toEqual(rowsOf(0, 6))
    expect(await clone.sort('id').toArray()).toEqual(expected)
    for (const of of [table, clone]) expect(await of.verify()).toEqual([])
  })

  test('closing the lake leaves them in metadata.csv, for whoever opens the folder', async () => {
    const { store, log } = loggedStore(storeOf())
    const made = await open(store)
    for (let id = 0; id < 5; id++) await made.table.insert([rowOf(id)])
    await made.lake.close()
    expect(dataFiles(log)).toEqual([])
    const metadata = Buffer.from((await store.get('test/small/rows/name/metadata.csv'))!).toString()
    expect(metadata.split('\n')[0]).toMatch(/,added,removed,text$/)
    const file = 'name\n"name, ""4"""\n'
    expect(metadata).toContain(file.replaceAll('"', '""'))
    await using again = await open(store)
    log.length = 0
    expect(again.table.version).toBe(5)
    expect(await again.table.toArray()).toEqual(rowsOf(0, 5))
    expect(log.filter(({ key }) => key.includes('/_table/log/'))).toEqual([])
    for (let version = 0; version <= 5; version++) {
      expect(await again.table.at({ version }).toArray()).toEqual(rowsOf(0, version))
    }
    expect(await again.table.verify()).toEqual([])
  })

  test('optimize gives files to all of them, in their order, also to a single one', async () => {
    const { store, log } = loggedStore(storeOf())
    await using made = await open(store)
    await made.table.insert([rowOf(0)])
    const first = await made.table.optimize()
    expect(first).toMatchObject({ version: 2, partitionsRemoved: 1, partitionsAdded: 1, rows: 1 })
    for (let id = 1; id < 5; id++) await made.table.insert([rowOf(id)])
    await made.table.optimize()
    log.length = 0
    expect(await made.table.toArray()).toEqual(rowsOf(0, 5))
    expect(new Set(dataFiles(log)).size).toBe(4)
    const since = made.table.changes({ from: { version: 6 } })
    expect(await since.toArray()).toEqual([])
    expect(await made.table.optimize()).toMatchObject({ version: 7, partitionsRemoved: 0 })
    expect(await made.table.verify()).toEqual([])
  })

  test('a long row of them makes few partitions and no versions of its own', async () => {
    const count = 300
    const { store, log } = loggedStore(storeOf())
    const made = await open(store)
    for (let id = 0; id < count; id++) await made.table.insert([rowOf(id)])
    expect(made.table.version).toBe(count)
    await made.lake.close()
    expect(log.length / count).toBeLessThanOrEqual(3)
    await using again = await open(store)
    log.length = 0
    expect(await again.table.toArray()).toEqual(rowsOf(0, count))
    expect(new Set(dataFiles(log)).size).toBeLessThanOrEqual(4 * 5)
    expect(await again.table.at({ version: 130 }).toArray()).toEqual(rowsOf(0, 130))
    expect(
      await again.table
        .changes({ from: { version: 10 }, to: { version: 200 } })
        .sort('id')
        .toArray(),
    ).toEqual(rowsOf(10, 190).map((row) => ({ ...row, _change: 'insert' })))
    expect(await again.table.verify()).toEqual([])
    await again.table.optimize()
    log.length = 0
    expect(await again.table.toArray()).toEqual(rowsOf(0, count))
    expect(new Set(dataFiles(log)).size).toBe(4)
    await again.table.vacuum({ retain: { versions: 1 } })
    expect(await again.table.toArray()).toEqual(rowsOf(0, count))
    expect(await again.table.verify()).toEqual([])
  })

  test('processes that append and change rows at the same time lose none, and make no version besides', async () => {
    const store = storeOf()
    const first = await open(store)
    const second = await open(store)
    const count = 90
    const writers = [first, second].map(async ({ db }, who) => {
      const table = await db.table('rows', COLUMNS)
      let updates = 0
      for (let n = 0; n < count; n++) {
        const id = 1000 * who + n
        await table.insert([rowOf(id)])
        if (n % 15 !== 14) continue
        for (;;) {
          const done = await table
            .update({ set: { name: 'new' }, where: (r) => r.id.eq(BigInt(id - 7)) })
            .catch((error) => {
              expect(error).toMatchObject({ code: 'CONFLICT' })
            })
          if (done !== undefined) break
        }
        updates++
      }
      return updates
    })
    const updates = await Promise.all(writers)
    await first.lake.close()
    await second.lake.close()
    await using again = await open(store)
    const expected = [0, 1].flatMap((who) =>
      rowsOf(1000 * who, count).map((row, n) => (n % 15 === 7 ? { ...row, name: 'new' } : row)),
    )
    expect(await again.table.sort('id').toArray()).toEqual(expected)
    expect(again.table.version).toBe(2 * count + updates[0]! + updates[1]!)
    expect(await again.table.verify()).toEqual([])
    const partitions = (await again.table.clusteringInformation(['id'])).totalPartitionCount
    expect(partitions).toBeLessThan(2 * count)
  }, 120_000)
})

describe('a table whose rows are in its metadata', () => {
  const trimmedTo = async (store: ObjectStore) => {
    const cell = await store.readCell('test/small/rows/_table/head.json')
    return JSON.parse(Buffer.from(cell!.body).toString()).trimmed?.version
  }

  /** Each of `count` times the one row that is there goes, and `keep` rows stay for good. */
  async function churned(store: ObjectStore, { keep, count }: { keep: number; count: number }) {
    await using made = await open(store)
    for (let id = 0; id < keep; id++) await made.table.insert([rowOf(id)])
    for (let n = 0; n < count; n++) {
      await made.table.insert([rowOf(1000 + n)])
      await made.table.update({ set: { name: 'new' }, where: (r) => r.id.eq(BigInt(1000 + n)) })
      await made.table.delete((r) => r.id.eq(BigInt(1000 + n)))
    }
    return made.table.version
  }

  test('keeps them when its log is trimmed, for processes that have nothing in memory', async () => {
    const store = memoryStore()
    const version = await churned(store, { keep: 9, count: 60 })
    {
      await using made = await open(store)
      expect(await made.table.vacuum({ retain: { versions: 2 } })).toMatchObject({
        retainedFrom: version - 1,
      })
    }
    expect(await trimmedTo(store)).toBe(version - 1)
    const { store: logged, log } = loggedStore(store)
    for (const spoil of [false, true]) {
      for await (const { key } of store.list('test/small/rows/')) {
        if (spoil && /(metadata|partitions)\.csv$/.test(key)) await store.delete(key)
      }
      await using again = await open(logged)
      log.length = 0
      expect(await again.table.sort('id').toArray()).toEqual(rowsOf(0, 9))
      expect(dataFiles(log)).toEqual([])
      expect(await again.table.verify()).toEqual([])
      const before = again.table.at({ version: version - 1 })
      expect(await before.count()).toBe(10)
    }
    await using again = await open(store)
    await again.table.update({ set: { name: 'late' }, where: (r) => r.id.eq(4n) })
    await again.table.insert([rowOf(9)])
    await again.table.vacuum({ retain: { versions: 1 } })
    const expected = [...rowsOf(0, 4), { ...rowOf(4), name: 'late' }, ...rowsOf(5, 5)]
    expect(await again.table.sort('id').toArray()).toEqual(expected)
    const clone = await again.table.clone('copy')
    await again.table.optimize()
    for (const table of [again.table, clone]) {
      expect(await table.sort('id').toArray()).toEqual(expected)
      expect(await table.verify()).toEqual([])
    }
  }, 120_000)

  test('loads few rows of a file into its metadata once, and goes on knowing them', async () => {
    const store = memoryStore()
    const file = join(root, 'few.csv')
    writeFileSync(file, 'id,name,price,at\n1,a,1.25,2026-01-01T00:00:00Z\n')
    for (const rows of [1, 0]) {
      await using made = await open(store)
      expect(await made.table.load(file, { header: true })).toMatchObject({ rows, bytes: 0 })
    }
    await churned(store, { keep: 0, count: 50 })
    await using made = await open(store)
    await made.table.vacuum({ retain: { versions: 1 } })
    expect(await trimmedTo(store)).toBe(made.table.version)
    await using again = await open(store)
    expect(await again.table.load(file, { header: true })).toMatchObject({ rows: 0 })
    expect(await again.table.load(file, { header: true, force: true })).toMatchObject({ rows: 1 })
    expect(await again.table.count()).toBe(2)
    expect(await again.table.verify()).toEqual([])
  }, 120_000)

  test('hands out through a stream what was joined and trimmed since, each change once', async () => {
    const store = memoryStore()
    const seen: bigint[] = []
    const consume = async () => {
      await using made = await open(store)
      const ended = await made.table.stream('copy').consume(async ({ changes }) => {
        const rows = await changes.toArray()
        expect(rows.every(({ _change }) => _change === 'insert')).toBe(true)
        seen.push(...rows.map(({ id }) => id))
      })
      return ended
    }
    {
      await using made = await open(store)
      for (let id = 0; id < 30; id++) await made.table.insert([rowOf(id)])
    }
    expect(await consume()).toEqual({ from: 0, to: 30 })
    {
      await using made = await open(store)
      for (let id = 30; id < 180; id++) await made.table.insert([rowOf(id)])
      expect(await made.table.vacuum({ retain: { versions: 1 } })).toMatchObject({
        retainedFrom: 30,
      })
    }
    expect(await consume()).toEqual({ from: 30, to: 180 })
    expect(seen.sort((a, b) => Number(a - b))).toEqual(rowsOf(0, 180).map(({ id }) => id))
    await using made = await open(store)
    expect(await made.table.vacuum({ retain: { versions: 1 } })).toMatchObject({
      retainedFrom: 180,
    })
    expect(await consume()).toBe(undefined)
    expect(await made.table.sort('id').toArray()).toEqual(rowsOf(0, 180))
    expect(await made.table.verify()).toEqual([])
  }, 120_000)
})

describe('a table with keys whose rows are in its metadata', () => {
  test('has no key twice, and keeps no file of an append that was refused with what it took along', async () => {
    const store = memoryStore()
    let others = async () => {}
    const slow = new Proxy(store, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name !== 'swapCell') return member.bind(target)
        return async (...given: unknown[]) => {
          await others()
          return member.apply(target, given)
        }
      },
    })
    const open = async (of: ObjectStore = store) => {
      const lake = await connect(of, { smallWrites: 'records', cache: false })
      const db = await lake.database('test/small', { create: true })
      const columns = { ...COLUMNS, n: t.int64().identity() }
      const how = { ifNotExists: true, primaryKey: ['id'] } as const
      return { lake, table: await db.createTable('rows', columns, how) }
    }
    const [first, second] = [await open(slow), await open()]
    for (let id = 0; id < 64; id++) await first.table.insert([rowOf(id)])
    const again = await first.table.insert([rowOf(7)]).catch((error) => error)
    expect(again).toMatchObject({ code: 'INVALID' })
    await expect.poll(() => filesOf(store)).toHaveLength(5)
    expect(await first.table.verify()).toEqual([])
    others = async () => {
      others = async () => {}
      await second.table.insert([rowOf(100)])
    }
    const late = await first.table.insert([rowOf(100)]).catch((error) => error)
    expect(late).toMatchObject({ code: 'CONFLICT' })
    for (const { lake } of [first, second]) await lake.close()
    expect(await filesOf(store)).toEqual([])
    const { lake, table } = await open()
    for (let id = 101; id < 180; id++) await table.insert([rowOf(id)])
    await table.optimize()
    await table.insert([rowOf(180)])
    const rows = await table.sort('id').toArray()
    expect(rows.map(({ id }) => id)).toEqual(
      [...rowsOf(0, 64), ...rowsOf(100, 81)].map(({ id }) => id),
    )
    expect(new Set(rows.map(({ n }) => n)).size).toBe(rows.length)
    expect(await table.verify()).toEqual([])
    await lake.close()
  }, 120_000)

  async function filesOf(store: ObjectStore): Promise<string[]> {
    const found: string[] = []
    for await (const { key } of store.list('test/small/rows/')) {
      if (/\/partition\d+\.csv$/.test(key)) found.push(key)
    }
    return found
  }
})

describe('a table whose rows are in its metadata and whose columns change', () => {
  test('reads every row in its columns of today, before and after it has files, and a trimmed log', async () => {
    const store = memoryStore()
    const open = async () => {
      const lake = await connect(store, { smallWrites: 'records', cache: false })
      const db = await lake.database('test/small', { create: true })
      return { lake, table: await db.table('rows'), [Symbol.asyncDispose]: () => lake.close() }
    }
    const write = async (from: number, count: number, row: (id: number) => any) => {
      await using made = await open()
      for (let id = from; id < from + count; id++) await made.table.insert([row(id)])
    }
    {
      const lake = await connect(store)
      const db = await lake.database('test/small', { create: true })
      await db.createTable('rows', { id: t.int32(), a: t.utf8().nullable(), gone: t.bool() })
      await lake.close()
    }
    await write(0, 3, (id) => ({ id, a: `a${id}`, gone: true }))
    const change = async (verb: (of: Awaited<ReturnType<typeof open>>['table']) => unknown) => {
      await using made = await open()
      await verb(made.table)
    }
    await change((table) => table.renameColumns({ a: 'b' }))
    await write(3, 3, (id) => ({ id, b: `a${id}`, gone: true }))
    await change((table) => table.addColumns({ more: t.int64().default(7n) }))
    await change((table) => table.dropColumns(['gone']))
    await change((table) => table.widenColumns({ id: t.int64() }))
    await write(6, 70, (id) => ({ id: BigInt(id), b: `a${id}`, more: BigInt(id) }))
    const count = 76
    const expected = Array.from({ length: count }, (_, id) => ({
      id: BigInt(id),
      b: `a${id}`,
      more: id < 6 ? 7n : BigInt(id),
    }))
    const check = async () => {
      await using again = await open()
      expect(await again.table.sort('id').toArray()).toEqual(expected)
      expect(await again.table.filter((r: any) => r.more.eq(7n)).count()).toBe(7)
      expect(await again.table.verify()).toEqual([])
    }
    await check()
    await change((table) =>
      table.update({ set: { b: 'new' }, where: (r: any) => r.id.in([1n, 4n, 70n]) }),
    )
    for (const id of [1, 4, 70]) expected[id]!.b = 'new'
    await check()
    await change((table) => table.optimize())
    await check()
    for (let n = 0; n < 70; n++) await change((table) => table.insert([{ id: 999n, b: null }]))
    await change((table) => table.delete((r: any) => r.id.eq(999n)))
    await change((table) => table.vacuum({ retain: { versions: 1 } }))
    const cell = await store.readCell('test/small/rows/_table/head.json')
    expect(JSON.parse(Buffer.from(cell!.body).toString()).trimmed).toBeDefined()
    await check()
  }, 120_000)
})
