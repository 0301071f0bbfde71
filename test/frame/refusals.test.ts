import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database, desc, type Lake, t } from '../../src/index.ts'
import { sales } from './sales.ts'

let lake: Lake
let db: Database

beforeAll(async () => {
  lake = await connect('memory:')
  db = await lake.database('acme/sales', { create: true })
})
afterAll(() => lake.close())

const invalid = (text: RegExp) =>
  expect.objectContaining({
    name: 'GraupelError',
    code: 'INVALID',
    message: expect.stringMatching(text),
  })

describe('a verb refuses at once, in words, what JavaScript lets through', () => {
  test('pipe: no function', () => {
    expect(() => sales(lake).pipe(5 as never)).toThrow(invalid(/pipe: expected a function/))
  })

  test.each([[null], [['x']], [Uint8Array.of(1)], [undefined]])('fillNull: %j', (value) => {
    expect(() => sales(lake).fillNull(value as never)).toThrow(invalid(/fillNull: expected/))
  })

  test('sort: an option that is none', () => {
    expect(() => desc('id', { null: 'last' } as never)).toThrow(invalid(/unknown option "null"/))
    expect(() => desc('id', { nulls: 'end' } as never)).toThrow(invalid(/"first" or "last"/))
  })

  test('show: a width that is none', async () => {
    for (const width of [0, -4, 1.5, Number.NaN, '80']) {
      const shown = sales(lake).show(1, { width: width as never })
      await expect(shown).rejects.toThrow(invalid(/width has to be a whole number/))
    }
  })

  test('from: data that tell no columns', () => {
    for (const data of [[], {}, [{}], [{}, {}]]) {
      expect(() => lake.from(data as object[])).toThrow(invalid(/give a schema/))
    }
    expect(lake.from([], { id: t.int32() }).schema.fields).toHaveLength(1)
    expect(() => lake.from([], {} as never)).toThrow(invalid(/no columns/))
    expect(() => lake.from(new Map([['a', [1]]]) as never)).toThrow(invalid(/got a Map/))
    expect(() => lake.from(Promise.resolve([]) as never)).toThrow(invalid(/await it first/))
  })
})

test('clusterBy is a list of names, each once, wherever it is given', async () => {
  const columns = { id: t.int32() }
  const frame = lake.from([{ id: 1 }])
  for (const [clusterBy, text] of [
    ['id', /a list of column names/],
    [[7], /a list of column names/],
    [['id', 'id'], /names "id" twice/],
  ] as const) {
    const options = { clusterBy: clusterBy as never }
    await expect(db.createTable('c', columns, options)).rejects.toThrow(invalid(text))
    await expect(db.createTableFrom('c', 'x.csv', options)).rejects.toThrow(invalid(text))
    const written = frame.write('c', { ...options, database: db })
    await expect(written).rejects.toThrow(invalid(text))
  }
  expect(await db.tables()).toEqual([])
})

test('a signal and a progress callback are checked by every action', async () => {
  const frame = sales(lake)
  for (const [options, text] of [
    [{ signal: {} }, /signal has to be an AbortSignal/],
    [{ signal: null }, /signal has to be an AbortSignal/],
    [{ onProgress: 'bar' }, /onProgress has to be a function/],
  ] as const) {
    const wrong = options as never
    for (const action of [
      () => frame.collect(wrong),
      () => frame.toArray(wrong),
      () => frame.count(wrong),
      () => frame.first(wrong),
      () => frame.explain(wrong),
      () => frame.write('x', wrong),
      () => frame.toCSV('x.csv', wrong),
    ]) {
      await expect(action()).rejects.toThrow(invalid(text))
    }
    expect(() => frame.batches(wrong)).toThrow(invalid(text))
  }
})

test('what came of a lake answers nothing once the lake is closed', async () => {
  const other = await connect('memory:')
  const there = await other.database('a/b', { create: true })
  const table = await there.createTable('t', { id: t.int32() })
  await table.insert([{ id: 1 }])
  const frame = other.from([{ a: 1 }])
  await other.close()
  for (const action of [
    () => table.count(),
    () => table.toArray(),
    () => table.insert([{ id: 2 }]),
    () => table.load('x.csv'),
    () => table.history(),
    () => table.explain(),
    () => frame.count(),
    () => there.table('t'),
    () => there.tables(),
    () => there.createTable('u', { id: t.int32() }),
    () => there.dropTable('t'),
  ]) {
    await expect(action()).rejects.toThrow(invalid(/has been closed/))
  }
  await other.close()
})
