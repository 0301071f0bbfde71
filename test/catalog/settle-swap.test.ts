import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { GraupelError } from '../../src/error.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { append, ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'

type Swap = ObjectStore['swapCell']

/** A memory store whose swaps of table heads go through `fault` while one is set. */
function faultyStore() {
  const inner = memoryStore()
  const faults: { swap: ((real: Swap) => Swap) | undefined } = { swap: undefined }
  const real: Swap = (key, token, body, options) => inner.swapCell(key, token, body, options)
  const store: ObjectStore = {
    url: inner.url,
    get: (key, options) => inner.get(key, options),
    open: (key, options) => inner.open(key, options),
    create: (key, body, options) => inner.create(key, body, options),
    replace: (key, body, options) => inner.replace(key, body, options),
    readCell: (key, options) => inner.readCell(key, options),
    swapCell: (key, token, body, options) =>
      (faults.swap === undefined ? real : faults.swap(real))(key, token, body, options),
    delete: (key, options) => inner.delete(key, options),
    list: (prefix, options) => inner.list(prefix, options),
    folders: (prefix, options) => inner.folders(prefix, options),
  }
  return { store, faults }
}

const down = () => new GraupelError('UNAVAILABLE', 'the store does not answer')

describe('a commit whose answer is lost', () => {
  it('is found committed when it landed, and its rows are there once', async () => {
    const { store, faults } = faultyStore()
    const made = await ordersTable(store)
    faults.swap = (real) => async (key, token, body) => {
      faults.swap = undefined
      await real(key, token, body)
      throw down()
    }
    expect(await append(made.table, 0, 5)).toMatchObject({ version: 1 })
    expect(await storedIds(made)).toEqual([0, 1, 2, 3, 4])
    expect(await made.table.history()).toHaveLength(2)
  })

  it('is found committed also when others committed on top of it', async () => {
    const { store, faults } = faultyStore()
    const made = await ordersTable(store)
    const other = await (await openDatabase(store, 'acme/sales')).openTable('orders')
    faults.swap = (real) => async (key, token, body) => {
      faults.swap = undefined
      await real(key, token, body)
      for (let n = 0; n < 70; n++) await append(other, 100 + n, 1)
      return { outcome: 'unknown' }
    }
    expect(await append(made.table, 0, 5)).toMatchObject({ version: 1 })
    await made.table.refresh()
    expect(made.table.snapshot.version).toBe(71)
    expect(await storedIds(made)).toHaveLength(75)
  })

  it('is sent again when it did not land', async () => {
    const { store, faults } = faultyStore()
    const made = await ordersTable(store)
    let failures = 2
    faults.swap = (real) => async (key, token, body) => {
      if (failures-- > 0) return { outcome: 'unknown' }
      return real(key, token, body)
    }
    expect(await append(made.table, 0, 5)).toMatchObject({ version: 1 })
    expect(await storedIds(made)).toEqual([0, 1, 2, 3, 4])
  })

  it('is made anew on top when another took its place', async () => {
    const { store, faults } = faultyStore()
    const made = await ordersTable(store)
    const other = await (await openDatabase(store, 'acme/sales')).openTable('orders')
    faults.swap = () => async () => {
      faults.swap = undefined
      await append(other, 100, 1)
      throw down()
    }
    expect(await append(made.table, 0, 5)).toMatchObject({ version: 2 })
    expect((await storedIds(made)).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 100])
  })

  it('stays unknown when the store never answers: the txid is told and no file is removed', async () => {
    const { store, faults } = faultyStore()
    const made = await ordersTable(store)
    const writer = made.table.stageWriter()
    await writer.write(ordersBatch(0, 5))
    faults.swap = () => async () => {
      throw down()
    }
    await expect(writer.commit({ operation: 'append' })).rejects.toMatchObject({
      code: 'COMMIT_UNKNOWN',
      facts: { txid: expect.stringMatching(/^[0-9a-f]{32}$/) },
    })
    await writer.abort()
    expect(await store.get('acme/sales/orders/id/partition1.csv')).not.toBeNull()
  })
})
