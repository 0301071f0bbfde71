import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import {
  append,
  ORDER_FIELDS,
  ordersBatch,
  ordersTable,
  storedIds,
} from '../support/orders-table.ts'

describe('restore', () => {
  it('makes a new version with the rows of an older one, in their order, and writes no file', async () => {
    const made = await ordersTable()
    for (let n = 0; n < 3; n++) await append(made.table, n * 2, 2)
    const writer = made.table.stageWriter()
    await writer.write(ordersBatch(50, 3))
    await writer.commit({ operation: 'overwrite' })
    expect(await made.table.restore({ version: 2 }, [])).toMatchObject({ version: 5, bytes: 0 })
    expect(await storedIds(made)).toEqual([0, 1, 2, 3])
    await append(made.table, 90, 1)
    await made.table.restore({ version: 3 }, [])
    expect(await storedIds(made)).toEqual([0, 1, 2, 3, 4, 5])
    for (const [version, ids] of [
      [2, [0, 1, 2, 3]],
      [4, [50, 51, 52]],
      [6, [0, 1, 2, 3, 90]],
    ] as const) {
      expect(await storedIds(made, await made.table.snapshotAt({ version }))).toEqual(ids)
    }
    expect((await made.table.history())[0]).toMatchObject({ version: 7, operation: 'restore' })
    const anew = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    expect(await storedIds({ store: made.store, table: anew })).toEqual([0, 1, 2, 3, 4, 5])
    expect(await made.table.verify()).toEqual([])
  })

  it('takes numbers that a writer has staged: the writer copies to others', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 2)
    const writer = made.table.stageWriter({ partitionRowsMax: 2 })
    await writer.write(ordersBatch(10, 2))
    const other = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    await other.stageWriter().commit({ operation: 'overwrite' })
    await other.restore({ version: 1 }, [])
    await writer.commit({ operation: 'append' })
    expect(await storedIds(made)).toEqual([0, 1, 10, 11])
    expect(await made.table.verify()).toEqual([])
  })

  it('refuses versions that are not there', async () => {
    const { table } = await ordersTable()
    await expect(table.restore({ version: 3 }, [])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('undrop', () => {
  it('brings back the last table of that name with all it had', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 2)
    await made.database.dropTable('orders')
    await expect(made.database.openTable('orders')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const table = await made.database.undropTable('orders')
    await append(table, 2, 2)
    expect(await storedIds({ ...made, table })).toEqual([0, 1, 2, 3])
    // Done again, as after an answer that was lost, it answers the same table.
    const again = await made.database.undropTable('orders')
    expect(again.snapshot).toMatchObject({ tableId: table.snapshot.tableId, version: 2 })
    await made.database.dropTable('orders')
    await made.database.createTable('orders', ORDER_FIELDS)
    const taken = made.database.undropTable('orders')
    await expect(taken).rejects.toMatchObject({ code: 'INVALID' })
    await expect(made.database.undropTable('other')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
