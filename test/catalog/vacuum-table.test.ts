import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import type { TableCatalog } from '../../src/catalog/table-catalog.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { editCell } from '../support/edit-cell.ts'
import { append, ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

async function overwrite(table: TableCatalog, from: number) {
  const writer = table.stageWriter()
  await writer.write(ordersBatch(from, 2))
  return writer.commit({ operation: 'overwrite' })
}

async function columnFiles(store: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list('acme/')) {
    if (/\/id\/partition\d+\.csv$/.test(key)) keys.push(key.split('/').at(-1)!)
  }
  return keys
}

describe('a vacuum', () => {
  it('removes the files of versions that are given up, and no others', async () => {
    const made = await ordersTable()
    for (let n = 0; n < 4; n++) await overwrite(made.table, n * 10)
    await made.table.settled()
    const dry = await made.table.vacuum({ retain: { versions: 2 }, dryRun: true })
    expect(dry.retainedFrom).toBe(3)
    const files = dry.keys.filter((key) => key.includes('partition'))
    expect(files).toHaveLength(6)
    expect(await columnFiles(made.store)).toHaveLength(4)
    const done = await made.table.vacuum({ retain: { versions: 2 } })
    expect(done).toEqual({ ...dry, keys: [] })
    expect(await columnFiles(made.store)).toEqual(['partition3.csv', 'partition4.csv'])
    expect(await storedIds(made)).toEqual([30, 31])
    const older = await made.table.snapshotAt({ version: 3 })
    expect(await storedIds(made, older)).toEqual([20, 21])
    await expect(made.table.snapshotAt({ version: 2 })).rejects.toMatchObject({ code: 'EXPIRED' })
    expect(await made.table.vacuum({ retain: { versions: 2 } })).toMatchObject({ files: 0 })
    expect(await made.table.verify()).toEqual([])
  })

  it('never makes an old snapshot answer wrongly: it is EXPIRED, whoever asks', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 2)
    await append(made.table, 2, 2)
    const stale = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    await overwrite(made.table, 10)
    await made.table.vacuum({ retain: { versions: 1 } })
    await append(made.table, 20, 2)
    await made.table.settled()
    const read = stale.partitions(stale.snapshot, [1])
    await expect(read).rejects.toMatchObject({ code: 'EXPIRED', facts: { version: 2 } })
    await expect(stale.assertKept(stale.snapshot)).rejects.toMatchObject({ code: 'EXPIRED' })
  })

  it('keeps what a tag names, until it is taken away', async () => {
    const made = await ordersTable()
    await overwrite(made.table, 0)
    await made.table.tag('first', { version: 1 })
    for (let n = 1; n < 4; n++) await overwrite(made.table, n * 10)
    expect(await made.table.vacuum({ retain: { versions: 1 } })).toMatchObject({ retainedFrom: 1 })
    expect(await storedIds(made, await made.table.snapshotAt({ tag: 'first' }))).toEqual([0, 1])
    expect(await made.table.tags()).toMatchObject([{ name: 'first', version: 1 }])
    const again = made.table.tag('first', { version: 2 })
    await expect(again).rejects.toMatchObject({ code: 'INVALID', facts: { version: 1 } })
    await expect(made.table.untag('fist')).rejects.toThrow(/did you mean "first"/)
    await made.table.untag('first')
    await made.table.vacuum({ retain: { versions: 1 } })
    expect(await columnFiles(made.store)).toEqual(['partition4.csv'])
  })

  it('keeps by time, and refuses a retention that is none', async () => {
    const made = await ordersTable()
    await overwrite(made.table, 0)
    await overwrite(made.table, 10)
    expect(await made.table.vacuum({ retain: '7d' })).toMatchObject({ retainedFrom: 0, files: 0 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await made.table.vacuum({ retain: '1ms' })).toMatchObject({ retainedFrom: 2 })
    for (const retain of ['', 'all', '-7d', { versions: 0 }]) {
      await expect(made.table.vacuum({ retain })).rejects.toMatchObject({ code: 'INVALID' })
    }
  })

  it('lets a writer below the fence commit its rows under other numbers', async () => {
    const made = await ordersTable()
    const slow = made.table.stageWriter({ partitionRowsMax: 2 })
    await slow.write(ordersBatch(100, 6))
    const key = 'acme/sales/orders/_table/head.json'
    await editCell(made.store, key, (text) => {
      const raised = text.replace('"nextId":1,', '"nextId":9,"fence":9,')
      return raised.replace('"revision":1,', '"revision":2,')
    })
    expect(await slow.commit({ operation: 'append' })).toMatchObject({ rows: 6 })
    const { partitions } = await made.table.partitions(made.table.snapshot, [])
    expect(partitions.map(({ id }) => id)).toEqual([9, 10, 11])
    expect(await storedIds(made)).toEqual(range(100, 6))
    expect(await made.table.verify()).toEqual([])
  })

  it('removes folded records of versions that are gone, and the log stays whole', async () => {
    const made = await ordersTable()
    for (let n = 0; n < 70; n++) await append(made.table, n, 1)
    await made.table.settled()
    const { files } = await made.table.vacuum({ retain: { versions: 2 } })
    expect(files).toBeGreaterThan(60)
    const table = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    expect(await table.history()).toHaveLength(71)
    expect(await table.verify()).toEqual([])
    expect(await storedIds({ store: made.store, table })).toHaveLength(70)
  })
})

describe('abort', () => {
  it('burns its numbers before files go, so that nobody commits them again', async () => {
    const made = await ordersTable()
    const other = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    const writer = made.table.stageWriter({ partitionRowsMax: 2 })
    await writer.write(ordersBatch(0, 5))
    await writer.abort()
    expect(await columnFiles(made.store)).toEqual([])
    // A stale handle takes number 1 again: it may not commit it, since a late removal may follow.
    await append(other, 10, 2)
    const { partitions } = await other.partitions(other.snapshot, [])
    expect(partitions[0]!.id).toBeGreaterThan(2)
    expect(await storedIds({ store: made.store, table: other })).toEqual([10, 11])
  })
})
