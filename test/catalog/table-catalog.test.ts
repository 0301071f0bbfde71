import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { append, ordersBatch, ordersTable, plainSet, storedIds } from '../support/orders-table.ts'

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

describe('a table', () => {
  it('has no rows at version 0, and each append adds one version', async () => {
    const made = await ordersTable()
    expect(made.table.snapshot.version).toBe(0)
    expect(await storedIds(made)).toEqual([])
    expect(await append(made.table, 0, 10)).toMatchObject({ version: 1, rows: 10, partitions: 1 })
    expect(await append(made.table, 10, 5)).toMatchObject({ version: 2, rows: 5 })
    expect(await storedIds(made)).toEqual(range(0, 15))
  })

  it('shows nothing of what is staged before the commit', async () => {
    const made = await ordersTable()
    const writer = made.table.stageWriter({ partitionRowsMax: 3 })
    await writer.write(ordersBatch(0, 10))
    const opened = await made.database.openTable('orders')
    expect(opened.snapshot.version).toBe(0)
    expect(await storedIds({ ...made, table: opened })).toEqual([])
    expect(await writer.commit({ operation: 'append' })).toMatchObject({ partitions: 4, rows: 10 })
    await opened.refresh()
    expect(await storedIds({ ...made, table: opened })).toEqual(range(0, 10))
  })

  it('removes the files of an aborted writer, and takes its rows never', async () => {
    const made = await ordersTable()
    const writer = made.table.stageWriter({ partitionRowsMax: 3 })
    await writer.write(ordersBatch(0, 10))
    await writer.abort()
    await expect(writer.commit({ operation: 'append' })).rejects.toMatchObject({ code: 'INVALID' })
    await made.table.settled()
    const files: string[] = []
    for await (const { key } of made.store.list('acme/')) files.push(key)
    expect(files.filter((key) => /partition\d/.test(key))).toEqual([])
  })

  it('replaces all rows by an overwrite, and still knows the versions before', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 4)
    await append(made.table, 4, 4)
    const writer = made.table.stageWriter()
    await writer.write(ordersBatch(100, 3))
    await writer.commit({ operation: 'overwrite' })
    expect(await storedIds(made)).toEqual([100, 101, 102])
    for (const [version, ids] of [
      [0, []],
      [1, range(0, 4)],
      [2, range(0, 8)],
    ] as const) {
      expect(await storedIds(made, await made.table.snapshotAt({ version }))).toEqual(ids)
    }
    const empty = made.table.stageWriter()
    expect(await empty.commit({ operation: 'overwrite' })).toMatchObject({ version: 4, rows: 0 })
    expect(await storedIds(made)).toEqual([])
  })

  it('makes no version for an append of nothing', async () => {
    const { table } = await ordersTable()
    const result = await table.stageWriter().commit({ operation: 'append' })
    expect(result).toEqual({ version: 0, rows: 0, bytes: 0, partitions: 0, isNew: false })
    expect(await table.history()).toHaveLength(1)
  })

  it('puts an append that lost the race on top of what won', async () => {
    const made = await ordersTable()
    const other = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    const late = made.table.stageWriter({ partitionRowsMax: 2 })
    await late.write(ordersBatch(0, 5))
    await append(other, 5, 5)
    expect(await late.commit({ operation: 'append' })).toMatchObject({ version: 2 })
    const ids = await storedIds(made)
    expect(ids.sort((a, b) => a - b)).toEqual(range(0, 10))
  })

  it('keeps every row of many concurrent appends exactly once, versions without a gap', async () => {
    const made = await ordersTable()
    const tables = await Promise.all(
      range(0, 6).map(async () =>
        (await openDatabase(made.store, 'acme/sales')).openTable('orders'),
      ),
    )
    const results = await Promise.all(
      tables.map(async (table, n) => {
        const first = await append(table, n * 20, 10)
        const second = await append(table, n * 20 + 10, 10)
        return [first.version, second.version]
      }),
    )
    expect(results.flat().sort((a, b) => a - b)).toEqual(range(1, 12))
    await made.table.refresh()
    expect((await storedIds(made)).sort((a, b) => a - b)).toEqual(range(0, 120))
  })

  it('tells its history, newest first, also where the log is folded', async () => {
    const { table } = await ordersTable()
    for (let n = 0; n < 140; n++) await append(table, n, 1)
    const history = await table.history()
    expect(history.map(({ version }) => version)).toEqual(range(0, 141).reverse())
    expect(history[0]).toMatchObject({ operation: 'append', rows: 1 })
    expect(history.at(-1)).toMatchObject({ operation: 'create', rows: 0 })
    for (const [index, { timestamp }] of history.slice(1).entries()) {
      expect(timestamp.getTime()).toBeLessThan(history[index]!.timestamp.getTime())
    }
    for (const wanted of [3, 70, 139]) {
      const { timestamp, version } = history.find((entry) => entry.version === wanted)!
      expect(version).toBe(wanted)
      expect((await table.snapshotAt({ timestamp })).version).toBe(wanted)
      const text = timestamp.toISOString()
      expect((await table.snapshotAt({ timestamp: text })).version).toBe(wanted)
    }
    expect((await table.snapshotAt({ offset: '-0s' })).version).toBe(140)
  })

  it('says what there is when a moment has nothing', async () => {
    const { table } = await ordersTable()
    await append(table, 0, 1)
    const missing = { code: 'NOT_FOUND', facts: { newest: 1 } }
    await expect(table.snapshotAt({ version: 2 })).rejects.toMatchObject(missing)
    await expect(table.snapshotAt({ version: 2 })).rejects.toThrow(/versions 0 to 1/)
    await expect(table.snapshotAt({ offset: '-24h' })).rejects.toMatchObject(missing)
    await expect(table.snapshotAt({ timestamp: '1999-01-01' })).rejects.toMatchObject(missing)
    for (const moment of [{ version: -1 }, { offset: '24h' }, { timestamp: 'yesterday' }]) {
      await expect(table.snapshotAt(moment)).rejects.toMatchObject({ code: 'INVALID' })
    }
  })

  it('is the same at every version whatever was checkpointed, and when nothing was', async () => {
    const made = await ordersTable()
    for (let n = 0; n < 5; n++) await append(made.table, n * 3, 3)
    const writer = made.table.stageWriter({ partitionRowsMax: 2 })
    await writer.write(ordersBatch(50, 5))
    await writer.commit({ operation: 'overwrite' })
    await append(made.table, 60, 2)
    await made.table.settled()
    const all = async () => {
      const sets = []
      const table = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
      for (let version = 7; version >= 0; version--) {
        const snapshot = await table.snapshotAt({ version })
        sets.unshift(plainSet(await table.partitions(snapshot, [1, 2, 3])))
      }
      return sets
    }
    const eager = await all()
    expect(eager[7]!.partitions.map(({ rows }) => rows)).toEqual([2, 2, 1, 2])
    const { folder } = made.table.snapshot
    await made.store.delete(`${folder}/customer/metadata.csv`)
    expect(await all()).toEqual(eager)
    await made.store.delete(`${folder}/_table/partitions.csv`)
    expect(await all()).toEqual(eager)
    await made.store.delete(`${folder}/id/metadata.csv`)
    await made.store.delete(`${folder}/amount/metadata.csv`)
    expect(await all()).toEqual(eager)
  })

  it('cuts partitions by rows and by the bytes of the widest column', async () => {
    const { table } = await ordersTable()
    const byRows = table.stageWriter({ partitionRowsMax: 10 })
    for (let n = 0; n < 5; n++) await byRows.write(ordersBatch(n * 7, 7))
    expect(await byRows.commit({ operation: 'append' })).toMatchObject({ partitions: 4, rows: 35 })
    const byBytes = table.stageWriter({ partitionBytesMax: 480 })
    await byBytes.write(ordersBatch(0, 25))
    expect(await byBytes.commit({ operation: 'append' })).toMatchObject({ partitions: 3, rows: 25 })
    const tiny = table.stageWriter({ partitionBytesMax: 1 })
    await tiny.write(ordersBatch(0, 3))
    expect(await tiny.commit({ operation: 'append' })).toMatchObject({ partitions: 3, rows: 3 })
  })

  it('refuses batches that are not the table, naming the column', async () => {
    const { table } = await ordersTable()
    const good = ordersBatch(0, 8)
    const [id, customer, amount] = good.columns
    const writer = table.stageWriter()
    const wrongType = { ...good, columns: [id!, amount!, amount!] }
    await expect(writer.write(wrongType)).rejects.toMatchObject({ facts: { column: 'customer' } })
    const validity = Uint8Array.of(1, 1, 0, 1, 1, 1, 1, 1)
    const withNull = { ...good, columns: [{ ...id!, validity }, customer!, amount!] }
    await expect(writer.write(withNull)).rejects.toMatchObject({
      code: 'INVALID',
      facts: { column: 'id', row: 2 },
    })
    await writer.write(good)
    expect(await writer.commit({ operation: 'append' })).toMatchObject({ rows: 8 })
  })
})
