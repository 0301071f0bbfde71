import { describe, expect, it } from 'vitest'
import { parseHead } from '../../src/catalog/head-json.ts'
import { connect, type Database, GraupelError, type Lake } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { singleFaults } from '../../src/testing/fault-plan.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { copyStore } from '../simulation/lake-state.ts'
import { COLUMNS, rowsOf } from '../simulation/scenarios.ts'
import { inVirtualTime } from '../simulation/virtual-time.ts'

const PATH = 'acme/sales'
const FOLDER = `${PATH}/orders`
const HEAD = `${FOLDER}/_table/head.json`
const CELLS = [`${PATH}/_catalog.json`, HEAD]
const ALL = { retain: '0s' } as const

async function withLake<T>(store: ObjectStore, work: (lake: Lake, db: Database) => Promise<T>) {
  await using lake = await connect(store)
  return await work(lake, await lake.database(PATH, { create: true }))
}

async function filled(commits = 2): Promise<ObjectStore> {
  const store = memoryStore()
  await withLake(store, async (_, db) => {
    const table = await db.createTable('orders', COLUMNS)
    for (let n = 0; n < commits; n++) await table.insert(rowsOf(n, 1))
  })
  return store
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(`${FOLDER}/`)) keys.push(key)
  return keys
}

const codeOf = (error: unknown) => (error instanceof GraupelError ? error.code : undefined)
const headOf = async (store: ObjectStore) => parseHead((await store.readCell(HEAD))!.body, HEAD)

describe('a vacuum of a database', () => {
  it('leaves nothing of a dropped table but its head, and it cannot be brought back', async () => {
    const store = await filled()
    await withLake(store, async (_, db) => {
      await db.dropTable('orders')
      expect(await db.vacuum({ retain: '1h' })).toEqual({
        tables: [],
        files: 0,
        bytes: 0,
        keys: [],
      })
      const dry = await db.vacuum({ ...ALL, dryRun: true })
      expect(dry).toMatchObject({ tables: ['orders'], files: (await keysOf(store)).length })
      expect(dry.keys).toEqual(await keysOf(store))
      expect(await db.vacuum(ALL)).toEqual({ ...dry, keys: [] })
      expect(await keysOf(store)).toEqual([])
      await expect(db.undropTable('orders')).rejects.toMatchObject({ code: 'EXPIRED' })
      expect(await db.vacuum(ALL)).toMatchObject({ tables: [], files: 0 })
    })
  })

  it('frees the name: a table made anew is another, and is not touched', async () => {
    const store = await filled()
    await withLake(store, async (_, db) => {
      await db.dropTable('orders')
      const next = await db.createTable('orders', COLUMNS)
      await next.insert(rowsOf(70, 3))
      await db.vacuum(ALL)
      expect(await next.count()).toBe(3)
      expect(await next.verify()).toEqual([])
    })
  })

  it('keeps what a clone reads, until that is dropped and gone too', async () => {
    const store = await filled()
    await withLake(store, async (_, db) => {
      const copy = await (await db.table('orders')).clone('copy')
      await db.dropTable('orders')
      expect(await db.vacuum(ALL)).toMatchObject({ tables: [], files: 0 })
      expect(await copy.count()).toBe(2)
      expect(await copy.verify()).toEqual([])
      await db.dropTable('copy')
      expect(await db.vacuum(ALL)).toMatchObject({ tables: ['copy'] })
      expect(await db.vacuum(ALL)).toMatchObject({ tables: ['orders'] })
      expect(await keysOf(store)).toEqual([])
    })
  })

  it('still tells what became of each transaction, also of one over several tables', async () => {
    const store = await filled(70)
    await withLake(store, async (lake, db) => {
      const lines = await db.createTable('lines', COLUMNS)
      await lake.transaction(async (tx) => {
        await (await tx.table(PATH, 'lines', COLUMNS)).insert(rowsOf(0, 2))
        await (await tx.table(PATH, 'orders', COLUMNS)).insert(rowsOf(900, 2))
      })
      const table = await db.table('orders')
      const history = await table.history()
      const { txid } = (await lines.history())[0]!
      await db.dropTable('orders')
      await db.dropTable('lines')
      await db.vacuum(ALL)
      for (const entry of [...history.slice(0, -1), { txid }]) {
        expect(await table.resolve(entry.txid)).toBe('committed')
      }
      expect(await table.resolve('e'.repeat(32))).toBe('not committed')
    })
    expect((await headOf(store)).state).toBe('purged')
    expect((await keysOf(store)).every((key) => /\/_table\/log\/trimmed-/.test(key))).toBe(true)
  })

  it('decides a transaction for the other table, though the one that decided is gone', async () => {
    const store = await filled()
    const other = `${PATH}/lines/_table/head.json`
    await withLake(store, async (_, db) => void (await db.createTable('parts', COLUMNS)))
    const parts = `${PATH}/parts/_table/head.json`
    // The process dies once it has decided: the mark stays in the head of `parts`.
    let swaps = 0
    const dying = new Proxy(store, {
      get(target, name) {
        if (name !== 'swapCell') {
          const member = Reflect.get(target, name)
          return typeof member === 'function' ? member.bind(target) : member
        }
        return (...of: Parameters<ObjectStore['swapCell']>) =>
          ++swaps > 3 ? new Promise(() => {}) : target.swapCell(...of)
      },
    })
    const lake = await connect(dying)
    void lake.transaction(async (tx) => {
      await (await tx.table(PATH, 'orders', COLUMNS)).insert(rowsOf(10, 1))
      await (await tx.table(PATH, 'parts', COLUMNS)).insert(rowsOf(20, 2))
    })
    while (swaps < 4) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(new TextDecoder().decode((await store.readCell(parts))!.body)).toContain('"pending"')
    expect(await store.readCell(other)).toBe(null)
    await withLake(store, async (_, db) => {
      await db.dropTable('orders')
      await db.vacuum(ALL)
      expect((await headOf(store)).state).toBe('purged')
      const table = await db.table('parts')
      expect(await table.count()).toBe(2)
      await table.insert(rowsOf(30, 1))
      expect(await table.count()).toBe(3)
      expect(await table.verify()).toEqual([])
    })
  })

  it('tells readers and writers that hold the table what has happened', async () => {
    const store = await filled()
    const lake = await connect(store)
    const table = await (await lake.database(PATH)).table('orders', COLUMNS)
    await withLake(store, async (_, db) => {
      await db.dropTable('orders')
      await db.vacuum(ALL)
    })
    await expect(table.toArray()).rejects.toMatchObject({ code: 'EXPIRED' })
    await expect(table.filter((o) => o.id.gt(0)).count()).rejects.toMatchObject({ code: 'EXPIRED' })
    await expect(table.insert(rowsOf(5, 1))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(table.vacuum({ retain: '0s' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(table.verify()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await lake.close()
    await withLake(store, async (_, db) => void (await db.vacuum(ALL)))
    expect(await keysOf(store)).toEqual([])
  })

  it('that broke off anywhere leaves the table whole or gone, never half of it', async () => {
    const base = await filled()
    await withLake(base, (_, db) => db.dropTable('orders'))
    const run = (store: ObjectStore) => withLake(store, (_, db) => db.vacuum(ALL))
    const calm = faultyStore(await copyStore(base, CELLS))
    await run(calm)
    const found = { whole: 0, gone: 0 }
    for (const plan of singleFaults(calm.requests)) {
      const store = await copyStore(base, CELLS)
      const faulty = faultyStore(store, plan)
      const error = await inVirtualTime({ seed: 5, passing: true }, () =>
        run(faulty).then(
          () => undefined,
          (thrown: unknown) => thrown,
        ),
      )
      await withLake(store, async (_, db) => {
        const back = await db.undropTable('orders').catch((thrown: unknown) => codeOf(thrown))
        if (typeof back === 'string' || back === undefined) {
          expect(back).toBe('EXPIRED')
          expect(await db.tables()).toEqual([])
          found.gone++
        } else {
          expect(error, 'acknowledged').not.toBe(undefined)
          await faulty.land()
          expect(await back.count()).toBe(2)
          expect(await back.verify()).toEqual([])
          await db.dropTable('orders')
          found.whole++
        }
        await faulty.land()
        await db.vacuum(ALL)
      })
      expect(await keysOf(store)).toEqual([])
    }
    expect(Math.min(found.whole, found.gone)).toBeGreaterThan(0)
  }, 60_000)

  it('refuses a retention that is none', async () => {
    await withLake(await filled(), async (_, db) => {
      for (const retain of ['', 'all', '-7d']) {
        await expect(db.vacuum({ retain })).rejects.toMatchObject({ code: 'INVALID' })
      }
    })
  })
})
