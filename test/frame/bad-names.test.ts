import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, type Database, fn, type Lake, t } from '../../src/index.ts'

/** Names that mean something to a file system, to JavaScript, to CSV or to the format. */
const NAMES = [
  ...['../x', '..', '.', 'a/b', 'a\\b', '/etc', 'CON', 'nul.txt', '', ' ', ' x ', 'x.', '_table'],
  ...['__proto__', 'then', 'constructor', 'toString', 'hasOwnProperty', 'length', 'schema'],
  ...['a,b', '"q"', 'l\nm', 'a\0b', '%41', '!41', 'metadata.csv', 'ü', 'u\u0308', '💥', 'A', 'a'],
  'x'.repeat(10_000),
]

let folder: string
let root: string
let lake: Lake
let db: Database

beforeEach(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), 'graupel-names-'))
  root = join(folder, 'lake')
  lake = await connect(root)
  db = await lake.database('acme/sales', { create: true })
})

afterEach(async () => {
  await lake.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

async function reopened(): Promise<Database> {
  await lake.close()
  lake = await connect(root)
  return lake.database('acme/sales')
}

/** An object of its own properties, whatever they are called. */
function objectOf<V>(entries: readonly (readonly [string, V])[]): Record<string, V> {
  const object: Record<string, V> = {}
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true })
  }
  return object
}

test('tables may have any name; their files stay in the folder of the database', async () => {
  for (const [id, name] of NAMES.entries()) {
    const table = await db.createTable(name, { id: t.int32() })
    await table.insert([{ id }])
  }
  const again = await reopened()
  expect(new Set(await again.tables())).toEqual(new Set(NAMES))
  for (const [id, name] of NAMES.entries()) {
    expect(await (await again.table(name)).toArray()).toEqual([{ id }])
  }
  expect(fs.readdirSync(folder)).toEqual(['lake'])
  expect(fs.readdirSync(root)).toEqual(['acme'])
  expect(fs.readdirSync(join(root, 'acme'))).toEqual(['sales'])
  const folders = fs.readdirSync(join(root, 'acme/sales')).map((name) => name.toLowerCase())
  expect(new Set(folders).size).toBe(NAMES.length + 1)
  for (const name of folders) expect(name).toMatch(/^[a-z0-9_!.-]{1,255}$/)
})

test('columns may have any name, in every verb and on every way in and out', async () => {
  const row = objectOf(NAMES.map((name, value) => [name, value]))
  const columns = objectOf(NAMES.map((name) => [name, t.int32()]))
  const made = await db.createTable('odd', columns)
  await made.insert([row])
  await made.insert(objectOf(NAMES.map((name, value) => [name, [value + 1]])))
  const odd = await (await reopened()).table('odd')
  expect(odd.schema.fields.map(({ name }) => name)).toEqual(NAMES)
  const entries = (await odd.toArray()).map((found: object) => Object.entries(found))
  expect(entries[0]).toEqual(Object.entries(row))
  expect(entries[1]).toEqual(NAMES.map((name, value) => [name, value + 1]))
  expect((await odd.collect()).schema.fields.map(({ name }) => name)).toEqual(NAMES)
  for (const [value, name] of NAMES.entries()) {
    const asked = odd.filter((o) => o[name].eq(value)).select(name)
    expect(Object.entries(await asked.first())).toEqual([[name, value]])
    const grouped = odd.groupBy(name).agg(() => objectOf([[`${name}+`, fn.count()]]))
    const groups = await grouped.sort(name).toArray()
    expect(groups.map((group: object) => Object.entries(group)[0])).toEqual([
      [name, value],
      [name, value + 1],
    ])
    const renamed = odd.select(name).rename(objectOf([[name, 'plain']]))
    expect(await renamed.first()).toEqual({ plain: value })
    expect(await odd.join(odd.select(name), { on: name }).count()).toBe(2)
  }
  const path = join(folder, 'odd.csv')
  await odd.toCSV(path)
  const back = await (await reopened()).createTable('back', columns)
  await back.load(path)
  const loaded = (await back.toArray()).map((found) => Object.entries(found))
  expect(loaded).toEqual(entries)
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('databases may have any name of two parts, and stay inside the lake', async () => {
  const names = NAMES.filter((name) => name !== '' && !name.includes('/'))
  for (const name of [...names.map((name) => `${name}/x`), ...names.map((name) => `x/${name}`)]) {
    const made = await lake.database(name, { create: true })
    expect(made.name).toBe(name)
    expect(await (await lake.database(name)).tables()).toEqual([])
  }
  expect(fs.readdirSync(folder)).toEqual(['lake'])
})

describe('a name that cannot be', () => {
  test.each(['', 'a', 'a/', '/a', 'a/b/c', '../../x', '\ud800/x'])(
    'of a database, %j, is INVALID and makes nothing',
    async (name) => {
      const before = fs.readdirSync(root, { recursive: true }).sort()
      await expect(lake.database(name, { create: true })).rejects.toMatchObject({ code: 'INVALID' })
      expect(fs.readdirSync(root, { recursive: true }).sort()).toEqual(before)
    },
  )

  test.each(['\ud800', 'a\udc00b'])(
    'of a table or column, %j, is INVALID and makes nothing',
    async (name) => {
      const before = fs.readdirSync(root, { recursive: true }).sort()
      const columns = { id: t.int32() }
      await expect(db.createTable(name, columns)).rejects.toMatchObject({ code: 'INVALID' })
      const odd = objectOf([[name, t.int32()]])
      await expect(db.createTable('odd', odd)).rejects.toMatchObject({ code: 'INVALID' })
      expect(await db.tables()).toEqual([])
      expect(fs.readdirSync(root, { recursive: true }).sort()).toEqual(before)
      expect(await (await db.createTable('odd', columns)).count()).toBe(0)
    },
  )

  test.each([[undefined], [null], [7], [{}]])('because it is %j is INVALID', async (name) => {
    const invalid = { code: 'INVALID', message: expect.stringContaining('expected a name') }
    const wrong = name as never
    await expect(lake.database(wrong)).rejects.toMatchObject(invalid)
    await expect(db.createTable(wrong, { id: t.int32() })).rejects.toMatchObject(invalid)
    await expect(db.createTableFrom(wrong, 'x.csv')).rejects.toMatchObject(invalid)
    await expect(db.table(wrong)).rejects.toMatchObject(invalid)
    await expect(db.dropTable(wrong)).rejects.toMatchObject(invalid)
    const frame = lake.from([{ a: 1 }])
    await expect(frame.write(wrong, { database: db })).rejects.toMatchObject(invalid)
  })

  test('is told with the nearest one, and no list of long names floods the message', async () => {
    await db.createTable('orders', { id: t.int32() })
    await db.createTable('x'.repeat(10_000), { id: t.int32() })
    const error = await db.table('order').catch((caught: unknown) => caught as Error)
    expect(error).toMatchObject({ code: 'NOT_FOUND', facts: { didYouMean: 'orders' } })
    expect((error as Error).message.length).toBeLessThan(300)
    const people = lake.from([{ name: 'Ada', x: 1 }])
    const typo = (name: string) => () => people.select(name as never)
    expect(typo('nmae')).toThrow(/did you mean "name"/)
    expect(typo('y')).toThrow(/^(?!.*did you mean)/)
  })
})
