import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { GraupelError } from '../../src/error.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { append, ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'

/** A store whose next swap of a table's head lands or not, and after which nothing answers. */
function silentStore() {
  const inner = memoryStore()
  const state = { armed: false, lands: false, silent: false, late: async () => {} }
  const silent = () => {
    if (state.silent) throw new GraupelError('UNAVAILABLE', 'the store does not answer')
  }
  const swapCell: ObjectStore['swapCell'] = async (key, token, body) => {
    silent()
    if (!state.armed || !key.endsWith('head.json')) return inner.swapCell(key, token, body)
    state.silent = true
    if (state.lands) await inner.swapCell(key, token, body)
    state.late = async () => void (await inner.swapCell(key, token, body))
    throw new GraupelError('UNAVAILABLE', 'no answer')
  }
  const store = new Proxy(inner, {
    get(target, name) {
      if (name === 'swapCell') return swapCell
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        silent()
        return Reflect.apply(member, target, args)
      }
    },
  })
  return { store, state }
}

describe('resolve', () => {
  it.each([true, false])(
    'tells what became of a commit whose answer was lost (landed: %s)',
    async (lands) => {
      const { store, state } = silentStore()
      const made = await ordersTable(store)
      await append(made.table, 0, 2)
      await made.table.settled()
      Object.assign(state, { armed: true, lands })
      const error: GraupelError = await append(made.table, 10, 2).then(
        () => expect.unreachable(),
        (thrown) => thrown,
      )
      expect(error).toMatchObject({ code: 'COMMIT_UNKNOWN', facts: { version: 2 } })
      const txid = String(error.facts.txid)
      expect(await made.table.resolve(txid)).toBe('unknown')
      Object.assign(state, { armed: false, silent: false })
      expect(await made.table.resolve(txid)).toBe(lands ? 'committed' : 'not committed')
      // However late the swap arrives now, the answer stays true.
      await state.late()
      const table = await (await openDatabase(store, 'acme/sales')).openTable('orders')
      expect(await storedIds({ store, table })).toEqual(lands ? [0, 1, 10, 11] : [0, 1])
      expect(await table.resolve(txid)).toBe(lands ? 'committed' : 'not committed')
    },
    30_000,
  )

  it('refuses what is no id of a transaction', async () => {
    const { table } = await ordersTable()
    await expect(table.resolve('x')).rejects.toMatchObject({ code: 'INVALID' })
    expect(await table.resolve('0'.repeat(32))).toBe('not committed')
  })
})

describe('an insert with a sequence number', () => {
  const insert = async (
    table: Awaited<ReturnType<typeof ordersTable>>['table'],
    sequence: number,
  ) => {
    const writer = table.stageWriter()
    await writer.write(ordersBatch(sequence * 10, 2))
    return writer.commit({ operation: 'append', mark: { app: 'etl-7', sequence } })
  }

  it('is committed once, also from a handle that does not know of the first', async () => {
    const made = await ordersTable()
    const other = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    expect(await insert(made.table, 1)).toMatchObject({ version: 1, rows: 2 })
    expect(await insert(made.table, 1)).toEqual({
      version: 1,
      rows: 0,
      bytes: 0,
      partitions: 0,
      isNew: false,
    })
    expect(await insert(other, 1)).toMatchObject({ rows: 0 })
    expect(await insert(other, 0)).toMatchObject({ rows: 0 })
    expect(await insert(other, 2)).toMatchObject({ version: 2, rows: 2 })
    await made.table.refresh()
    expect(await storedIds(made)).toEqual([10, 11, 20, 21])
    expect(await made.table.verify()).toEqual([])
  })

  it('is committed once when many are at it at the same time', async () => {
    const made = await ordersTable()
    const results = await Promise.all(Array.from({ length: 8 }, () => insert(made.table, 5)))
    expect(results.filter(({ rows }) => rows > 0)).toHaveLength(1)
    expect(await storedIds(made)).toEqual([50, 51])
  })
})
