import { describe, expect, it } from 'vitest'
import { cutToRecords } from '../../src/catalog/clone-table.ts'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import type { AddPartition } from '../../src/catalog/model/commit-record.ts'
import type { ColumnPartition } from '../../src/catalog/model/partition-set.ts'
import type { TableCatalog } from '../../src/catalog/table-catalog.ts'
import { connect, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { editCell } from '../support/edit-cell.ts'
import { append, ordersBatch, ordersTable } from '../support/orders-table.ts'

async function overwrite(table: TableCatalog, from: number) {
  const writer = table.stageWriter()
  await writer.write(ordersBatch(from, 2))
  return writer.commit({ operation: 'overwrite' })
}

async function keys(store: ObjectStore, folder: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of store.list(`${folder}/`)) {
    if (/partition\d+\.csv$/.test(key)) found.push(key)
  }
  return found
}

async function listed(store: ObjectStore): Promise<string> {
  for await (const { key } of store.list('acme/sales/copy/_table/log/')) return key
  return expect.unreachable()
}

describe('a clone', () => {
  it('has the rows of its source without a file of its own, and goes its own way', async () => {
    await using lake = await connect(memoryStore())
    const db = await lake.database('acme/sales', { create: true })
    const source = await db.createTable('source', { id: t.int32(), name: t.utf8() })
    await source.insert({ id: [1, 2], name: ['a', 'b'] })
    await source.insert({ id: [3], name: ['c'] })
    const copy = await source.clone('copy', { at: { version: 1 } })
    expect((await copy.toArray()).map(({ id }) => id)).toEqual([1, 2])
    await copy.insert({ id: [9], name: ['z'] })
    await source.insert({ id: [4], name: ['d'] })
    const second = await copy.clone('second')
    expect((await second.sort('id').toArray()).map(({ name }) => name)).toEqual(['a', 'b', 'z'])
    expect((await source.toArray()).map(({ id }) => id)).toEqual([1, 2, 3, 4])
    for (const name of ['source', 'copy', 'second']) {
      expect(await (await db.table(name)).verify()).toEqual([])
    }
    await expect(source.clone('copy')).rejects.toMatchObject({ code: 'INVALID' })
    await expect(source.clone('x', { at: { version: 9 } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await db.tables()).toEqual(['source', 'copy', 'second'])
  })

  it('keeps its files through every vacuum of its source, and never removes them itself', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    const clone = await made.database.cloneTable(made.table, 'copy', { version: 1 })
    for (let n = 1; n < 4; n++) await overwrite(made.table, n * 10)
    const kept = await made.table.vacuum({ retain: { versions: 1 } })
    expect(kept.retainedFrom).toBe(1)
    expect(await clone.verify()).toEqual([])
    expect(await keys(made.store, 'acme/sales/copy')).toEqual([])
    await overwrite(clone, 50)
    await clone.vacuum({ retain: { versions: 1 } })
    expect(await keys(made.store, 'acme/sales/orders')).toHaveLength(12)
  })

  it('that was given up is unpinned by the next vacuum, and one in the making is not', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    await made.database.cloneTable(made.table, 'copy', { version: 1 })
    await overwrite(made.table, 10)
    const head = 'acme/sales/copy/_table/head.json'
    const vacuum = () => made.table.vacuum({ retain: { versions: 1 } })
    await editCell(made.store, head, (text) => text.replace('"live"', '"initializing"'))
    expect(await vacuum()).toMatchObject({ retainedFrom: 1 })
    await editCell(made.store, head, (text) => text.replace('"initializing"', '"aborted"'))
    expect(await vacuum()).toMatchObject({ retainedFrom: 2 })
    const anew = await openDatabase(made.store, 'acme/sales')
    await expect(anew.openTable('copy')).rejects.toThrow(/given up/)
  })

  it('in the making for more than a day is given up first, then unpinned', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    await made.database.cloneTable(made.table, 'copy', { version: 1 })
    await overwrite(made.table, 10)
    const head = 'acme/sales/copy/_table/head.json'
    await editCell(made.store, head, (text) => text.replace('"live"', '"initializing"'))
    await editCell(made.store, 'acme/sales/orders/_table/head.json', (text) =>
      text.replace(/("version":1,"created":")[^"]*/, '$12020-01-01T00:00:00.000Z'),
    )
    expect(await made.table.vacuum({ retain: { versions: 1 } })).toMatchObject({ retainedFrom: 2 })
    expect(Buffer.from((await made.store.readCell(head))!.body).toString()).toContain('"aborted"')
  })

  it.each([
    '1@../../etc',
    '1@a/b',
    '1@a/b/_table',
    '1@/a/b',
    '1@a/b/c/d',
    '@a/b/c',
    '1@a/../c',
    '0@a/b/c',
  ])('refuses the crafted file %j', async (file) => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    const clone = await made.database.cloneTable(made.table, 'copy', { version: 1 })
    await clone.settled()
    const log = await listed(made.store)
    const { parseRecord } = await import('../../src/catalog/record-json.ts')
    const { columnTypes } = await import('../../src/catalog/table-partitions.ts')
    const types = columnTypes(clone.snapshot.columns)
    const good = Buffer.from((await made.store.get(log))!).toString()
    expect(good).toContain('"1@acme/sales/orders"')
    expect(() => parseRecord(Buffer.from(good), 'k', types)).not.toThrow()
    const bad = good.replaceAll('1@acme/sales/orders', file)
    expect(() => parseRecord(Buffer.from(bad), 'k', types)).toThrow(/"k": "actions/)
  })
})

describe('the records of many partitions', () => {
  const partition = (id: number, text?: string): AddPartition => {
    const of = { file: id, ...(text === undefined ? {} : { text }) } as ColumnPartition
    return { kind: 'addPartition', id, rows: 1, columns: new Map([[1, of]]) }
  }

  it('hold few of those that bring their rows, and every partition once', () => {
    const sizes = (of: readonly AddPartition[]) => cutToRecords(of, 1).map(({ length }) => length)
    const files = Array.from({ length: 10 }, (_, n) => partition(n + 1))
    expect(sizes([])).toEqual([0])
    expect(sizes(files)).toEqual([10])
    const large = 'x'.repeat(3 << 20)
    const inline = files.map(({ id }) => partition(id, large))
    expect(sizes(inline)).toEqual([2, 2, 2, 2, 2])
    expect(sizes([partition(11, large.repeat(9)), ...files])).toEqual([1, 10])
    expect(cutToRecords(inline, 1).flat()).toEqual(inline)
  })
})
