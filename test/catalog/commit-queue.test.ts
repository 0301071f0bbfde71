import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore, type Request } from '../support/logged-store.ts'
import { append, ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)
const operations = (log: readonly Request[]) => log.map(({ operation }) => operation)

describe('an append', () => {
  it('of one partition costs a file per column, a record and a swap, and no read', async () => {
    const { store, log } = loggedStore(memoryStore())
    const { table, database } = await ordersTable(store)
    for (let n = 0; n < 3; n++) {
      await table.settled()
      log.length = 0
      await append(table, n * 5, 5)
      const until = log.findIndex(({ operation }) => operation === 'swapCell') + 1
      expect(operations(log.slice(0, until))).toEqual([
        ...range(0, 4).map(() => 'create'),
        'swapCell',
      ])
    }
    await database.settled()
  })

  it('writes its record while its files are being written', async () => {
    const inner = memoryStore()
    const begun: string[] = []
    let release = () => {}
    const allBegun = new Promise<void>((resolve) => {
      release = resolve
    })
    const store = new Proxy(inner, {
      get(target, name) {
        if (name !== 'create') return Reflect.get(target, name).bind?.(target) ?? target.url
        return async (key: string, body: Uint8Array) => {
          begun.push(key)
          if (begun.length === 4) release()
          await allBegun
          return target.create(key, body)
        }
      },
    })
    const { table } = await ordersTable(store)
    await append(table, 0, 5)
    expect(begun).toHaveLength(4)
  })
})

describe('a warm reader', () => {
  it('opens a table by one read of its head, and reads no metadata again', async () => {
    const { store, log } = loggedStore(memoryStore())
    const made = await ordersTable(store)
    await append(made.table, 0, 5)
    await made.table.settled()
    const database = await openDatabase(store, 'acme/sales')
    const cold = await database.openTable('orders')
    const before = await cold.partitions(cold.snapshot, [1, 2])
    log.length = 0
    const warm = await database.openTable('orders')
    expect(await warm.partitions(warm.snapshot, [1, 2])).toEqual(before)
    expect(operations(log)).toEqual(['readCell'])
    await warm.partitions(warm.snapshot, [3])
    expect(operations(log)).toEqual(['readCell', 'get'])
  })

  it('reads nothing but the record when another has appended', async () => {
    const { store, log } = loggedStore(memoryStore())
    const made = await ordersTable(store)
    await append(made.table, 0, 5)
    const database = await openDatabase(store, 'acme/sales')
    const cold = await database.openTable('orders')
    await cold.partitions(cold.snapshot, [1, 2])
    await append(made.table, 5, 5)
    await made.table.settled()
    log.length = 0
    const warm = await database.openTable('orders')
    const { partitions } = await warm.partitions(warm.snapshot, [1, 2])
    expect(partitions.map(({ rows }) => rows)).toEqual([5, 5])
    expect(operations(log)).toEqual(['readCell', 'get'])
  })
})

describe('appends that wait at the same time', () => {
  it('share swaps, and each has a version and a record of its own', async () => {
    const { store, log } = loggedStore(memoryStore())
    const made = await ordersTable(store)
    log.length = 0
    const results = await Promise.all(range(0, 20).map((n) => append(made.table, n * 3, 3)))
    const swaps = log.filter(({ operation }) => operation === 'swapCell').length
    expect(swaps).toBeLessThan(8)
    expect(results.map(({ version }) => version).sort((a, b) => a - b)).toEqual(range(1, 20))
    expect((await storedIds(made)).sort((a, b) => a - b)).toEqual(range(0, 60))
    expect((await made.table.history()).map(({ version }) => version)).toEqual(
      range(0, 21).reverse(),
    )
    const anew = await (await openDatabase(store, 'acme/sales')).openTable('orders')
    expect((await storedIds({ store, table: anew })).sort((a, b) => a - b)).toEqual(range(0, 60))
  })

  it('fail alone: one that is aborted takes no other with it', async () => {
    const made = await ordersTable()
    const controller = new AbortController()
    const writer = made.table.stageWriter({ signal: controller.signal })
    await writer.write(ordersBatch(100, 2))
    const others = range(0, 5).map((n) => append(made.table, n, 1))
    controller.abort()
    await expect(writer.commit({ operation: 'append' })).rejects.toMatchObject({ code: 'ABORTED' })
    await Promise.all(others)
    expect((await storedIds(made)).sort((a, b) => a - b)).toEqual(range(0, 5))
  })
})
