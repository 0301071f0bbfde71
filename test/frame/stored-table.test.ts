import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromArrays } from 'apache-arrow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database, GraupelError, type Lake, t } from '../../src/index.ts'

import { ORDERS, sales as salesOf } from './sales.ts'

let lake: Lake
let db: Database
let folder: string

beforeAll(async () => {
  lake = await connect('memory:')
  db = await lake.database('acme/sales', { create: true })
  folder = await mkdtemp(join(tmpdir(), 'graupel-frame-'))
})

afterAll(async () => {
  await lake.close()
  await rm(folder, { recursive: true, force: true })
})

const sales = () => salesOf(lake)

test('a table: insert, read your own writes, time travel, history', async () => {
  const orders = await db.createTable('orders', ORDERS, { clusterBy: ['placed_at'] })
  const before = orders.filter((o) => o.id.gt(0))
  expect(orders.version).toBe(0)
  const first = await orders.insert(await sales().toArray())
  expect(first).toMatchObject({ version: 1, rows: 4, partitions: 1 })
  expect(orders.version).toBe(1)
  const phases: string[] = []
  expect(await orders.count({ onProgress: ({ phase }) => phases.push(phase) })).toBe(4)
  expect(phases.at(-1)).toBe('done')
  expect(await before.count()).toBe(0)
  expect((await orders.toArray()).map(({ id }) => id)).toEqual([2n, 1n, 3n, 4n])
  await orders.insert({ id: [5], customer: ['Ada'], amount: [null], placed_at: ['2026-03-01'] })
  expect(await orders.at({ version: 1 }).count()).toBe(4)
  const added = orders.join(orders.at({ version: 1 }), { on: 'id', how: 'anti' })
  expect((await added.toArray()).map(({ id }) => id)).toEqual([5n])
  await expect(orders.at({ version: 9 }).count()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(() => orders.at({ version: -1 })).toThrow(GraupelError)
  expect((await orders.history()).map(({ version }) => version)).toEqual([2, 1, 0])
  expect(await (await db.table('orders', ORDERS)).count()).toBe(5)
  await expect(db.table('orders', { id: t.int64() })).rejects.toMatchObject({ code: 'INVALID' })
  expect(await orders.explain()).toMatch(
    /Scan acme\/sales\.orders @2 {2}columns 4\/4 {2}partitions 2\/2/,
  )
  expect(JSON.parse(await orders.explain({ format: 'json' }))).toBeTypeOf('object')
  expect(await orders.explain({ analyze: true })).toMatch(/rows 5/)
})

test('an insert of which one row is wrong inserts nothing, and names it', async () => {
  const table = await db.createTable('strict', { id: t.int8(), note: t.utf8() })
  await expect(
    table.insert([
      { id: 1, note: 'fine' },
      { id: 300, note: 'too big' },
    ]),
  ).rejects.toMatchObject({ code: 'INVALID', facts: { column: 'id', row: 1 } })
  await expect(table.insert([{ id: 1 } as never])).rejects.toMatchObject({
    code: 'INVALID',
    facts: { column: 'note', row: 0 },
  })
  await expect(table.insert([{ id: 1, note: 'x', nope: 1 } as never])).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  const arrow = tableFromArrays({ id: Int8Array.of(1, 2), note: ['a', null] })
  await expect(table.insert(arrow)).rejects.toMatchObject({ facts: { column: 'note', row: 1 } })
  expect(table.version).toBe(0)
  expect(await table.count()).toBe(0)
  await table.insert(tableFromArrays({ id: Int8Array.of(1, 2), note: ['a', 'b'] }))
  expect(await table.toArray()).toEqual([
    { id: 1, note: 'a' },
    { id: 2, note: 'b' },
  ])
})

test('CSV files are loaded and written, and a table can be made of one', async () => {
  const path = join(folder, 'cities.csv')
  await writeFile(path, 'name,people\nBern,134794\n"Zürich, city",421878\n')
  const cities = await db.createTableFrom('cities', path, { header: true })
  expect(cities.schema.fields.map(({ name }) => name)).toEqual(['name', 'people'])
  expect(await cities.count()).toBe(2)
  const phases = new Set<string>()
  await cities.load(path, { force: true, onProgress: ({ phase }) => phases.add(phase) })
  expect(await cities.count()).toBe(4)
  expect(phases.size).toBeGreaterThan(0)
  const out = join(folder, 'out.csv')
  const result = await cities.distinct().toCSV(out)
  expect(result.rows).toBe(2)
  expect(await readFile(out, 'utf8')).toBe('name,people\nBern,134794\n"Zürich, city",421878\n')
  await writeFile(path, 'name,people\nBern,many\n')
  await expect(cities.load(path)).rejects.toMatchObject({ code: 'INVALID' })
  expect(await (await db.table('cities')).count()).toBe(4)
})

test('write creates, appends and overwrites, and leaves no table behind when it fails', async () => {
  const source = await db.createTable('source', { id: t.int32() })
  await source.insert([{ id: 1 }, { id: 2 }])
  const frame = source.select((o) => ({ id: o.id.cast(t.int64()) }))
  expect(await frame.write('copy')).toMatchObject({ version: 1, rows: 2 })
  await expect(frame.write('copy')).rejects.toBeInstanceOf(GraupelError)
  await source.write('copy', { mode: 'append' })
  expect(await (await db.table('copy')).count()).toBe(4)
  await frame.limit(1).write('copy', { mode: 'overwrite' })
  const copy = await db.table('copy')
  expect(await copy.toArray()).toEqual([{ id: 1n }])
  expect(await copy.at({ version: 2 }).count()).toBe(4)
  await expect(
    frame.select((o) => ({ id: o.id.cast(t.utf8()) })).write('copy', { mode: 'append' }),
  ).rejects.toThrow(/cast/)
  await expect(source.select((o) => ({ x: o.id.intDiv(0) })).write('broken')).rejects.toMatchObject(
    { code: 'INVALID' },
  )
  expect(await db.tables()).not.toContain('broken')
  await expect(lake.from([{ a: 1 }]).write('x')).rejects.toThrow(/database: db/)
  await lake.from([{ a: 1 }]).write('x', { database: db })
  expect(await db.tables()).toContain('x')
  await db.dropTable('x')
  expect(await db.tables()).not.toContain('x')
})

test('an aborted signal ends actions with its reason, before and while they run', async () => {
  const controller = new AbortController()
  controller.abort(new Error('enough'))
  const { signal } = controller
  await expect(sales().collect({ signal })).rejects.toMatchObject({
    code: 'ABORTED',
    cause: { message: 'enough' },
  })
  const table = await db.createTable('aborted', { id: t.int32() })
  await expect(table.insert([{ id: 1 }], { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  const late = new AbortController()
  const reading = (async () => {
    for await (const _ of sales().batches({ batchSize: 1, signal: late.signal })) late.abort()
  })()
  await expect(reading).rejects.toMatchObject({ code: 'ABORTED' })
})
