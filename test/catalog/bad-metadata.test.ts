import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metadataFile, type Versioned } from '../../src/catalog/checkpoint.ts'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { parseHead } from '../../src/catalog/head-json.ts'
import type { ColumnPartition } from '../../src/catalog/model/partition-set.ts'
import { sealed } from '../../src/catalog/seal.ts'
import { readColumns } from '../../src/exec/change/read-columns.ts'
import { localStore } from '../../src/io/local-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { editCell } from '../support/edit-cell.ts'
import { append, ordersBatch, ordersTable, plainSet, storedIds } from '../support/orders-table.ts'
import { runs } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const HEAD = 'acme/sales/orders/_table/head.json'
const METADATA = 'acme/sales/orders/customer/metadata.csv'

/** Rewrites a table's head by a function of its JSON. */
async function edit(store: ObjectStore, change: (head: Record<string, unknown>) => void) {
  await editCell(store, HEAD, (text) => {
    const head = JSON.parse(text) as Record<string, unknown>
    change(head)
    return JSON.stringify(head)
  })
}

describe('a head', () => {
  it('from the future is refused with what is needed', async () => {
    const { store, database } = await ordersTable()
    await edit(store, (head) => {
      head.readerFeatures = ['deletionVectors']
    })
    const refused = { code: 'INVALID', facts: { feature: 'deletionVectors' } }
    await expect(database.openTable('orders')).rejects.toMatchObject(refused)
    await edit(store, (head) => {
      head.minReader = 2
    })
    await expect(database.openTable('orders')).rejects.toThrow(/needs reader version 2/)
  })

  it('with an unknown writer feature can be read and not written', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    await edit(made.store, (head) => {
      head.writerFeatures = ['rowIds']
    })
    const table = await made.database.openTable('orders')
    expect(await storedIds({ ...made, table })).toEqual([0, 1, 2])
    await expect(append(table, 3, 1)).rejects.toMatchObject({ facts: { feature: 'rowIds' } })
  })

  it('with constraints that are none is refused, naming the field', async () => {
    const key = { name: 'k', kind: 'unique', columns: [1], since: 0 }
    const bad: [object, string][] = [
      [{ constraints: {} }, 'constraints'],
      [{ constraints: [{ ...key, name: 1 }] }, 'constraints[0].name'],
      [{ constraints: [{ ...key, columns: [] }] }, 'constraints[0].columns'],
      [{ constraints: [{ ...key, since: -1 }] }, 'constraints[0].since'],
      [{ constraints: [{ ...key, kind: 'check' }] }, 'constraints[0].predicate'],
      [{ identities: [{ column: 1 }] }, 'identities[0].next'],
    ]
    for (const [change, field] of bad) {
      const { store, database } = await ordersTable()
      await edit(store, (head) => void Object.assign(head, change))
      await expect(database.openTable('orders')).rejects.toMatchObject({
        code: 'DATA',
        facts: { key: HEAD, field },
      })
    }
    const { store, database } = await ordersTable()
    await edit(
      store,
      (head) => void Object.assign(head, { constraints: [{ ...key, columns: [99] }] }),
    )
    await expect(database.openTable('orders')).rejects.toMatchObject({ code: 'DATA' })
  })

  it('with a kind of constraint from the future can be read and not written', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    await edit(made.store, (head) => {
      head.constraints = [{ name: 'x', kind: 'exclusion', columns: [1], since: 0 }]
      head.writerFeatures = ['exclusionConstraints']
    })
    const table = await made.database.openTable('orders')
    expect(await storedIds({ ...made, table })).toEqual([0, 1, 2])
    await expect(append(table, 3, 1)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('has the features of what it keeps, so that a writer which does not know them refuses', async () => {
    const { store, table } = await ordersTable()
    const { columns } = table.snapshot
    const id = columns[0]!.id
    const key = { kind: 'unique', name: 'k', columns: [id] } as const
    const features = async () => {
      const body = Buffer.from((await store.readCell(HEAD))!.body).toString()
      return (JSON.parse(body) as { writerFeatures: string[] }).writerFeatures
    }
    expect(await features()).toEqual([])
    await table.addConstraint(key, table.snapshot)
    expect(await features()).toEqual(['constraints'])
    await table.dropConstraint('k')
    expect(await features()).toEqual([])
  })

  it('keeps fields that nobody here knows, at every level', async () => {
    const { store, database } = await ordersTable()
    await edit(store, (head) => {
      head.comment = { by: 'somebody', __proto__: 1 }
      const columns = head.columns as Record<string, unknown>[]
      columns[1]!.mask = 'x'
      const key = { name: 'k', kind: 'unique', columns: [1], since: 0, deferred: 'y' }
      head.constraints = [key]
    })
    await append(await database.openTable('orders'), 0, 2)
    const body = Buffer.from((await store.readCell(HEAD))!.body).toString()
    const head = JSON.parse(body) as Record<string, unknown>
    expect(head.comment).toMatchObject({ by: 'somebody' })
    expect((head.columns as Record<string, unknown>[])[1]!.mask).toBe('x')
    expect((head.constraints as Record<string, unknown>[])[0]!.deferred).toBe('y')
    expect(head.version).toBe(1)
  })

  it.each([
    ['folder', (column: Record<string, unknown>) => (column.folder = '../../secret')],
    ['folder', (column: Record<string, unknown>) => (column.folder = '_table')],
    ['type', (column: Record<string, unknown>) => (column.type = 'varchar')],
    ['id', (column: Record<string, unknown>) => (column.id = -1)],
    ['name', (column: Record<string, unknown>) => (column.name = 7)],
    ['header', (column: Record<string, unknown>) => (column.header = 7)],
    ['default', (column: Record<string, unknown>) => (column.default = 7)],
  ])('with a bad %s of a column is refused, naming the field', async (name, change) => {
    const { store, database } = await ordersTable()
    await edit(store, (head) => {
      change((head.columns as Record<string, unknown>[])[1]!)
    })
    await expect(database.openTable('orders')).rejects.toMatchObject({
      code: 'DATA',
      facts: { key: HEAD, field: `columns[1].${name}` },
    })
  })

  it('with a default that is not as its type is written is refused', async () => {
    const { store, database } = await ordersTable()
    await edit(store, (head) => {
      const [id] = head.columns as Record<string, unknown>[]
      id!.default = '+7'
    })
    await expect(database.openTable('orders')).rejects.toMatchObject({
      code: 'DATA',
      facts: { field: 'columns[0].default' },
    })
  })

  type Json = Record<string, unknown>
  const former = (head: Json, change: Json) => {
    const columns = (head.columns as Json[]).map(({ id, name, type, nullable }) => {
      return { id, name, type, nullable }
    })
    return { upto: 0, until: '2026-01-01T00:00:00.000Z', columns, ...change }
  }
  it.each<[string, (head: Json) => void]>([
    ['of a version to come', (head) => (head.formerSchemas = [former(head, { upto: 9 })])],
    ['that do not ascend', (head) => (head.formerSchemas = [former(head, {}), former(head, {})])],
    ['without a column', (head) => (head.formerSchemas = [former(head, { columns: [] })])],
    [
      'that name a column that is none',
      (head) => {
        const columns = [{ id: 99, name: 'x', type: 'int32', nullable: true }]
        head.formerSchemas = [former(head, { columns })]
      },
    ],
    [
      'with a type that is none',
      (head) => {
        const columns = [{ id: 1, name: 'x', type: 'varchar', nullable: true }]
        head.formerSchemas = [former(head, { columns })]
      },
    ],
    ['and a dropped column of an id that is live', (head) => (head.dropped = head.columns)],
  ])('with former schemas %s is refused as DATA', async (_, change) => {
    const made = await ordersTable()
    await append(made.table, 0, 3)
    await edit(made.store, change)
    await expect(made.database.openTable('orders')).rejects.toMatchObject({ code: 'DATA' })
  })

  it('is refused with DATA or INVALID for any JSON whatever', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const refused = expect.objectContaining({ name: 'GraupelError' })
        expect(() => parseHead(Buffer.from(text), 'k')).toThrow(refused)
        expect(() => parseHead(sealed(text), 'k')).toThrow(refused)
      }),
      { numRuns: runs(200) },
    )
  })

  it('that is missing where the database names a table is DATA', async () => {
    const folder = await temporaryFolder()
    const { store, database, table } = await ordersTable(localStore(folder.path))
    await table.settled()
    expect(store.url).toContain('file:')
    fs.rmSync(path.join(folder.path, 'acme/sales/orders/_table/head'), { recursive: true })
    await expect(database.openTable('orders')).rejects.toThrow(/the folder holds no table/)
    await folder.remove()
  })
})

describe('a metadata.csv', () => {
  it('with any one bit flipped is DATA that names the file and a line', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 9)
    await append(made.table, 9, 9)
    await made.table.settled()
    const good = (await made.store.get(METADATA))!
    const random = fc.integer({ min: 0, max: good.length * 8 - 1 })
    await fc.assert(
      fc.asyncProperty(random, async (bit) => {
        const bad = good.slice()
        bad[bit >> 3]! ^= 1 << (bit & 7)
        await made.store.replace(METADATA, bad)
        await expect(made.table.partitions(made.table.snapshot, [2])).rejects.toMatchObject({
          code: 'DATA',
          facts: { key: METADATA, line: expect.any(Number) },
        })
      }),
      { numRuns: runs(200) },
    )
  })

  it('that is cut anywhere is DATA, and the next commit writes it anew', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 9)
    await made.table.settled()
    const good = (await made.store.get(METADATA))!
    for (let length = 0; length < good.length; length += 7) {
      await made.store.replace(METADATA, good.subarray(0, length))
      await expect(made.table.partitions(made.table.snapshot, [2])).rejects.toMatchObject({
        code: 'DATA',
      })
    }
    await append(made.table, 9, 9)
    await made.table.settled()
    const again = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    const healed = await again.partitions(again.snapshot, [2])
    expect(healed.partitions.map(({ rows }) => rows)).toEqual([9, 9])
  })

  it('of another column is DATA', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 9)
    await made.table.settled()
    const other = (await made.store.get('acme/sales/orders/id/metadata.csv'))!
    await made.store.replace(METADATA, other)
    await expect(made.table.partitions(made.table.snapshot, [2])).rejects.toMatchObject({
      code: 'DATA',
    })
  })

  it('from an older moment is right: later commits come from the log', async () => {
    const made = await ordersTable()
    await append(made.table, 0, 9)
    await made.table.settled()
    const old = (await made.store.get(METADATA))!
    await append(made.table, 9, 9)
    await made.table.settled()
    const before = plainSet(await made.table.partitions(made.table.snapshot, [2]))
    await made.store.replace(METADATA, old)
    const again = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    expect(plainSet(await again.partitions(again.snapshot, [2]))).toEqual(before)
  })
})

describe('a commit record', () => {
  it('that was changed or is missing is DATA', async () => {
    const { store, table } = await ordersTable()
    await append(table, 0, 9)
    await table.settled()
    for await (const { key } of store.list('acme/sales/orders/')) {
      if (key.endsWith('.csv') && !key.includes('partition1')) await store.delete(key)
    }
    let record = ''
    for await (const { key } of store.list('acme/sales/orders/_table/log/')) record = key
    const good = Buffer.from((await store.get(record))!).toString()
    await store.replace(record, Buffer.from(good.replace('"rows":9', '"rows":8')))
    const opened = await (await openDatabase(store, 'acme/sales')).openTable('orders')
    const read = () => opened.partitions(opened.snapshot, [1])
    await expect(read()).rejects.toMatchObject({ code: 'DATA', facts: { key: record } })
    await store.delete(record)
    await expect(read()).rejects.toThrow(/is missing/)
  })
})

describe('rows in the metadata', () => {
  const inRecord = async () => {
    const made = await ordersTable()
    const writer = made.table.stageWriter({ inlineFrom: 0 })
    await writer.write(ordersBatch(0, 3))
    await writer.commit({ operation: 'append' })
    await made.database.settled()
    const opened = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    return { ...made, opened }
  }

  const withText = (row: Versioned<ColumnPartition>, text: string) => {
    const { id, added, removed, value } = row
    return { id, added, removed, value: { ...value, text } }
  }

  it('that are not of the length that is told are DATA, in metadata.csv', async () => {
    const { store, opened } = await inRecord()
    const key = 'acme/sales/orders/id/metadata.csv'
    const file = metadataFile('acme/sales/orders', opened.snapshot.columns[0]!)
    const found = file.parse((await store.get(key))!)
    expect(found.rows[0]!.value.text).toBe('id\n0\n1\n2\n')
    for (const text of ['id\n0\n1\n', '']) {
      const rows = found.rows.map((row) => withText(row, text))
      await store.replace(key, file.print({ ...found, rows }))
      await expect(opened.partitions(opened.snapshot, [1])).rejects.toThrow(/"text" should be/)
    }
  })

  it('are DATA, or the same, whichever bit of metadata.csv is another, its header included', async () => {
    const { store, opened } = await inRecord()
    const file = metadataFile('acme/sales/orders', opened.snapshot.columns[0]!)
    const bytes = (await store.get('acme/sales/orders/id/metadata.csv'))!
    const rowsOf = (of: Uint8Array) => Buffer.from(file.print(file.parse(of))).toString()
    const expected = rowsOf(bytes)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      let found = expected
      try {
        found = rowsOf(flipped)
      } catch (error) {
        expect(error).toMatchObject({ code: 'DATA' })
      }
      expect(found, `bit ${bit}`).toBe(expected)
    }
  })

  it('that were changed without their length are DATA when they are read', async () => {
    const { store, opened } = await inRecord()
    const key = 'acme/sales/orders/id/metadata.csv'
    const file = metadataFile('acme/sales/orders', opened.snapshot.columns[0]!)
    const found = file.parse((await store.get(key))!)
    const text = 'id\n0\n1\n7\n'
    const rows = found.rows.map((row) => withText(row, text))
    await store.replace(key, file.print({ ...found, rows }))
    expect((await opened.verify())[0]).toMatchObject({ key })
    const set = await opened.partitions(opened.snapshot, [1])
    const read = readColumns(
      { store, table: opened.snapshot, partitions: set, onRead: () => {} },
      set.partitions[0]!,
      [opened.snapshot.columns[0]!],
    )
    await expect(read).rejects.toMatchObject({ code: 'DATA' })
  })

  it('are refused with their table by whoever does not know the feature', async () => {
    const { store } = await inRecord()
    const cell = (await store.readCell('acme/sales/orders/_table/head.json'))!
    const head = parseHead(cell.body, 'head')
    expect(head.readerFeatures).toContain('inline')
    expect(head.writerFeatures).toContain('inline')
    expect(head.burned).toEqual([{ from: 1, to: 1 }])
  })
})

describe('a crash', () => {
  it('that left a torn head and staged files changes nothing, and the next commit goes on', async () => {
    const folder = await temporaryFolder()
    const made = await ordersTable(localStore(folder.path))
    await append(made.table, 0, 5)
    const staged = made.table.stageWriter({ partitionRowsMax: 2 })
    await staged.write((await import('../support/orders-table.ts')).ordersBatch(50, 5))
    await made.table.settled()
    const heads = path.join(folder.path, 'acme/sales/orders/_table/head')
    const names = fs.readdirSync(heads).sort()
    const next = `${String(names.length + 1).padStart(20, '0')}.json`
    fs.writeFileSync(path.join(heads, next), '{"format":"graupel-table","minRea')
    const table = await made.database.openTable('orders')
    expect(await storedIds({ ...made, table })).toEqual([0, 1, 2, 3, 4])
    await append(table, 5, 3)
    expect(await storedIds({ ...made, table })).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await table.settled()
    await folder.remove()
  })
})
