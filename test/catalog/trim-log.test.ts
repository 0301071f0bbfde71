import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { parseHead } from '../../src/catalog/head-json.ts'
import type { TableCatalog } from '../../src/catalog/table-catalog.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { append, ordersBatch, ordersTable, storedIds } from '../support/orders-table.ts'

const FOLDER = 'acme/sales/orders'

async function overwrite(table: TableCatalog, from: number): Promise<void> {
  const writer = table.stageWriter()
  await writer.write(ordersBatch(from, 2))
  await writer.commit({ operation: 'overwrite' })
}

const headOf = async (store: ObjectStore) =>
  parseHead((await store.readCell(`${FOLDER}/_table/head.json`))!.body, 'head')

async function logFiles(store: ObjectStore): Promise<{ key: string; byteLength: number }[]> {
  const files: { key: string; byteLength: number }[] = []
  for await (const object of store.list(`${FOLDER}/_table/log/`)) files.push(object)
  return files
}

const bytesOf = (files: readonly { readonly byteLength: number }[]) =>
  files.reduce((sum, { byteLength }) => sum + byteLength, 0)

/** A table of so many versions with two rows each; the last overwrites what was there. */
async function overwritten(versions: number) {
  const made = await ordersTable()
  for (let n = 0; n < versions; n++) await overwrite(made.table, n * 10)
  await made.table.settled()
  return made
}

/** The table as a process finds it that has nothing in memory. */
const reopened = async (store: ObjectStore) =>
  (await openDatabase(store, 'acme/sales')).openTable('orders')

describe('a vacuum of a log that is long', () => {
  it('leaves a line of each version that is gone, and a base for those that are kept', async () => {
    const made = await overwritten(140)
    const before = await made.table.history()
    const bytesBefore = bytesOf(await logFiles(made.store))
    await made.table.vacuum({ retain: { versions: 3 } })
    const head = await headOf(made.store)
    expect(head.trimmed).toMatchObject({ version: 138, files: [{}] })
    expect(head.segments.map(({ file, to }) => [file.slice(0, 8), to])).toEqual([['trimmed-', 128]])
    const files = await logFiles(made.store)
    expect(bytesOf(files)).toBeLessThan(bytesBefore / 2)
    // A segment, the base, and the records of the tail.
    expect(files).toHaveLength(2 + head.tail.length)
    const table = await reopened(made.store)
    expect(await table.history()).toEqual(before)
    expect(await table.verify()).toEqual([])
    for (const [version, id] of [
      [138, 1370],
      [139, 1380],
      [140, 1390],
    ] as const) {
      const snapshot = await table.snapshotAt({ version })
      expect(await storedIds({ store: made.store, table }, snapshot)).toEqual([id, id + 1])
    }
    await expect(table.snapshotAt({ version: 137 })).rejects.toMatchObject({ code: 'EXPIRED' })
  })

  it('reads the same where checkpoints are gone, or written over by old ones', async () => {
    const made = await ordersTable()
    for (let n = 0; n < 5; n++) await overwrite(made.table, n)
    await made.table.settled()
    const old = new Map<string, Uint8Array>()
    for await (const { key } of made.store.list(`${FOLDER}/`)) {
      if (/(metadata|partitions)\.csv$/.test(key)) old.set(key, (await made.store.get(key))!)
    }
    for (let n = 5; n < 100; n++) await overwrite(made.table, n * 10)
    await made.table.settled()
    await made.table.vacuum({ retain: { versions: 2 } })
    expect((await headOf(made.store)).trimmed).toMatchObject({ version: 99 })
    for (const rewind of [
      (key: string) => made.store.replace(key, old.get(key)!),
      (key: string) => made.store.delete(key),
    ]) {
      for (const key of old.keys()) await rewind(key)
      const table = await reopened(made.store)
      const found = [99, 100].map(async (version) =>
        storedIds({ store: made.store, table }, await table.snapshotAt({ version })),
      )
      expect(await Promise.all(found)).toEqual([
        [980, 981],
        [990, 991],
      ])
      expect(await table.verify()).toEqual([])
    }
    const table = await reopened(made.store)
    await append(table, 5000, 1)
    await table.settled()
    expect(await storedIds({ store: made.store, table })).toEqual([990, 991, 5000])
    expect(await table.vacuum({ retain: { versions: 1 } })).toMatchObject({ retainedFrom: 101 })
    expect(await (await reopened(made.store)).verify()).toEqual([])
  })

  it('still tells what became of every transaction', async () => {
    const made = await overwritten(70)
    const history = await made.table.history()
    await made.table.vacuum({ retain: { versions: 1 } })
    const table = await reopened(made.store)
    for (const { txid, version } of history) {
      if (version > 0) expect(await table.resolve(txid)).toBe('committed')
    }
    expect(await table.resolve('f'.repeat(32))).toBe('not committed')
  })

  it('keeps the log of a table that only grew: a base would be as large', async () => {
    const made = await ordersTable()
    for (let n = 0; n < 70; n++) await append(made.table, n, 1)
    await made.table.vacuum({ retain: { versions: 1 } })
    expect((await headOf(made.store)).trimmed).toBe(null)
    expect(await made.table.verify()).toEqual([])
  })

  it('never trims what a tag or a clone needs', async () => {
    const made = await overwritten(30)
    await made.table.tag('kept', { version: 20 })
    for (let n = 30; n < 140; n++) await overwrite(made.table, n * 10)
    await made.table.vacuum({ retain: { versions: 1 } })
    expect((await headOf(made.store)).trimmed).toBe(null)
    await made.table.untag('kept')
    await made.table.vacuum({ retain: { versions: 1 } })
    expect((await headOf(made.store)).trimmed).toMatchObject({ version: 140 })
    await made.table.restore({ version: 140 }, [])
    expect(await (await reopened(made.store)).verify()).toEqual([])
  })

  it('trims again when as much has gathered, and leaves no object that nothing names', async () => {
    const made = await overwritten(70)
    await made.table.vacuum({ retain: { versions: 1 } })
    const first = await headOf(made.store)
    for (let n = 70; n < 210; n++) await overwrite(made.table, n * 10)
    await made.table.settled()
    await made.table.vacuum({ retain: { versions: 1 } })
    const head = await headOf(made.store)
    expect(head.trimmed!.version).toBe(210)
    expect(head.trimmed!.files).not.toEqual(first.trimmed!.files)
    const files = await logFiles(made.store)
    expect(files).toHaveLength(head.segments.length + 1 + head.tail.length)
    expect(await (await reopened(made.store)).history()).toHaveLength(211)
    expect(await (await reopened(made.store)).verify()).toEqual([])
  })

  it('refuses a change made from a version whose log is gone, since nobody can tell what it missed', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 4)
    const slow = await reopened(made.store)
    const writer = slow.stageWriter()
    const [partition] = (await slow.partitions(slow.snapshot, [1, 2, 3])).partitions
    for (let n = 1; n < 70; n++) await overwrite(made.table, n * 10)
    await made.table.vacuum({ retain: { versions: 1 } })
    writer.remove(partition!)
    await expect(writer.commit({ operation: 'delete' })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('refuses rows whose guard cannot be told what others did since its version', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 4)
    const asked: number[] = []
    const guardedWriter = async (table: TableCatalog) => {
      const writer = table.stageWriter()
      const admit = async (since: readonly unknown[]) => void asked.push(since.length)
      writer.guardedBy({ version: table.snapshot.version, admit })
      await writer.write(ordersBatch(9000, 1))
      return writer
    }
    const slow = await guardedWriter(await reopened(made.store))
    for (let n = 1; n < 70; n++) await overwrite(made.table, n * 10)
    await made.table.vacuum({ retain: { versions: 1 } })
    await expect(slow.commit({ operation: 'append' })).rejects.toMatchObject({ code: 'CONFLICT' })
    // On the head that it knew, where nothing had been done, and on none after.
    expect(asked).toEqual([0])
    const next = await guardedWriter(await reopened(made.store))
    await append(made.table, 9500, 1)
    await next.commit({ operation: 'append' })
    expect(asked.at(-1)).toBe(1)
    const table = await reopened(made.store)
    expect(await storedIds({ store: made.store, table })).toEqual([690, 691, 9500, 9000])
  })

  it('of two at the same time both leave a table that is whole', async () => {
    const made = await overwritten(140)
    const copies = await Promise.all([1, 2, 3].map(() => reopened(made.store)))
    await Promise.all([
      ...copies.map((table) => table.vacuum({ retain: { versions: 2 } })),
      (async () => {
        for (let n = 0; n < 70; n++) await append(made.table, 9000 + n, 1)
      })(),
    ])
    const table = await reopened(made.store)
    expect(await table.verify()).toEqual([])
    expect(await storedIds({ store: made.store, table })).toHaveLength(72)
  })

  it('is safe from a head that was read before: what it names is there or it is told EXPIRED', async () => {
    const made = await overwritten(70)
    const stale = await reopened(made.store)
    const { snapshot } = stale
    for (let n = 70; n < 140; n++) await overwrite(made.table, n * 10)
    await made.table.vacuum({ retain: { versions: 1 } })
    await expect(stale.assertKept(snapshot)).rejects.toMatchObject({ code: 'EXPIRED' })
    await append(stale, 1, 1)
    expect(await storedIds({ store: made.store, table: stale })).toEqual([1390, 1391, 1])
  })
})
