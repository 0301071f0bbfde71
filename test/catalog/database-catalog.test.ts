import { describe, expect, it } from 'vitest'
import { int32, utf8 } from '../../src/arrow/data-type.ts'
import { field } from '../../src/arrow/schema.ts'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { editCell } from '../support/edit-cell.ts'
import { append, ORDER_FIELDS, ordersTable } from '../support/orders-table.ts'

const fields = [field('a', int32)]

describe('a database', () => {
  it('is found by its path, and made only when asked', async () => {
    const store = memoryStore()
    await expect(openDatabase(store, 'acme/sales')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const made = await openDatabase(store, 'acme/sales', { create: true })
    await made.createTable('t', fields)
    const again = await openDatabase(store, 'acme/sales', { create: true })
    expect(await again.tableNames()).toEqual(['t'])
  })

  it.each(['', 'x', 'a/b/c', '/b', 'a/'])('refuses the path %j', async (path) => {
    await expect(openDatabase(memoryStore(), path)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('keeps tables of any name apart, also those that differ by case', async () => {
    const database = await openDatabase(memoryStore(), '../..', { create: true })
    const names = [
      'orders',
      'Orders',
      'ORDERS',
      '',
      '..',
      '../x',
      'CON',
      '__proto__',
      'a/b',
      '日本',
    ]
    for (const name of names) await database.createTable(name, fields)
    expect(await database.tableNames()).toEqual(names)
    const folders = new Set<string>()
    for (const name of names) {
      const { snapshot } = await database.openTable(name)
      expect(snapshot.name).toBe(`../...${name}`)
      folders.add(snapshot.folder.toLowerCase())
    }
    expect(folders.size).toBe(names.length)
  })

  it('names the nearest table when there is none of the name', async () => {
    const { database } = await ordersTable()
    await expect(database.openTable('order')).rejects.toThrow(/did you mean "orders"/)
  })

  it('makes a table once; ifNotExists opens it when the columns are the same', async () => {
    const { database, table } = await ordersTable()
    await expect(database.createTable('orders', ORDER_FIELDS)).rejects.toThrow(/exists/)
    const options = { ifNotExists: true }
    const same = await database.createTable('orders', ORDER_FIELDS, options)
    expect(same.snapshot.tableId).toBe(table.snapshot.tableId)
    await expect(database.createTable('orders', fields, options)).rejects.toThrow(/other columns/)
  })

  it('lets racing creators of one name have one table, in its plain folder', async () => {
    const store = memoryStore()
    const databases = await Promise.all(
      Array.from({ length: 8 }, () => openDatabase(store, 'a/b', { create: true })),
    )
    const tables = await Promise.all(
      databases.map((database) => database.createTable('t', fields, { ifNotExists: true })),
    )
    expect(new Set(tables.map(({ snapshot }) => snapshot.tableId)).size).toBe(1)
    expect(tables[0]!.snapshot.folder).toBe('a/b/t')
    expect(await databases[0]!.tableNames()).toEqual(['t'])
  })

  it('keeps every table of racing creators', async () => {
    const store = memoryStore()
    await openDatabase(store, 'a/b', { create: true })
    const names = Array.from({ length: 12 }, (_, n) => `t${n}`)
    await Promise.all(
      names.map(async (name) => (await openDatabase(store, 'a/b')).createTable(name, fields)),
    )
    expect((await (await openDatabase(store, 'a/b')).tableNames()).sort()).toEqual(names.sort())
  })

  it('drops a table: its name is free, its files stay, and it takes no more commits', async () => {
    const { database, table, store } = await ordersTable()
    await append(table, 0, 3)
    await database.dropTable('orders')
    await expect(database.openTable('orders')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(database.dropTable('orders')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(append(table, 3, 3)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await store.get('acme/sales/orders/id/partition1.csv')).not.toBeNull()
    const next = await database.createTable('orders', ORDER_FIELDS)
    expect(next.snapshot.folder).not.toBe(table.snapshot.folder)
    expect(next.snapshot.version).toBe(0)
  })

  it('refuses columns that are none', async () => {
    const { database } = await ordersTable()
    await expect(database.createTable('x', [])).rejects.toMatchObject({ code: 'INVALID' })
    const twice = [field('a', int32), field('a', utf8)]
    await expect(database.createTable('x', twice)).rejects.toMatchObject({ code: 'INVALID' })
    const options = { clusterBy: ['nope'] }
    await expect(database.createTable('x', fields, options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('refuses a name that another database has taken on a file system without case', async () => {
    const store = memoryStore()
    await openDatabase(store, 'a/b', { create: true })
    await editCell(store, 'a/b/_catalog.json', (text) => text.replace('"name":"b"', '"name":"B"'))
    await expect(openDatabase(store, 'a/b')).rejects.toMatchObject({ code: 'INVALID' })
  })
})
