import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, type Lake, type Table, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'

let store: ObjectStore
let lake: Lake
let table: Table<any>

beforeEach(async () => {
  store = memoryStore()
  lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  table = await db.createTable(
    'goods',
    { id: t.int32(), name: t.utf8(), price: t.decimal(6, 2).nullable() },
    { partitionRows: 2 },
  )
  await table.insert([
    { id: 1, name: 'Ada', price: '1.50' },
    { id: 2, name: 'Bob', price: null },
    { id: 3, name: 'Cyd', price: '9999.00' },
  ])
})

afterEach(() => lake.close())

async function dataFiles(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list('')) if (/partition\d+\.csv$/.test(key)) keys.push(key)
  return keys.sort()
}

const source = () => lake.from([{ id: 1, name: 'x', other: 5 }])

const REFUSED: readonly [what: string, run: () => unknown, code: string, message: RegExp][] = [
  [
    'nothing to set',
    () => table.update({} as never),
    'INVALID',
    /update: expected values by column/,
  ],
  ['an empty set', () => table.update({ set: {} }), 'INVALID', /no column is named/],
  ['no object', () => table.update('x' as never), 'INVALID', /update: expected an object/],
  [
    'an unknown part',
    () => table.update({ set: { id: 1 }, were: 1 } as never),
    'INVALID',
    /"were"/,
  ],
  [
    'an unknown column',
    () => table.update({ set: { nme: 'x' } }),
    'NOT_FOUND',
    /did you mean "name"|"nme"/,
  ],
  ['a wrong type', () => table.update({ set: { name: 7 } }), 'INVALID', /./],
  ['a float for a whole number', () => table.update({ set: { id: 1.5 } }), 'INVALID', /./],
  ['undefined', () => table.update({ set: { id: undefined } }), 'INVALID', /got undefined/],
  ['an aggregate', () => table.update({ set: { id: (o: any) => o.id.max() } }), 'INVALID', /./],
  ['a promise', () => table.update({ set: { id: async () => 1 } }), 'INVALID', /not a promise/],
  ['a condition that is none', () => table.delete((o) => o.id), 'INVALID', /has to be bool/],
  ['no condition', () => table.delete(undefined as never), 'INVALID', /expected a callback/],
  ['overflow', () => table.update({ set: { price: (o: any) => o.price.mul(2) } }), 'INVALID', /./],
  [
    'a null computed for a column that takes none',
    () => table.update({ set: { name: (o: any) => o.name.nullIf('Cyd') } }),
    'INVALID',
    /"name": null/,
  ],
  [
    'a division by zero',
    () => table.update({ set: { id: (o: any) => o.id.intDiv(0) } }),
    'INVALID',
    /zero/,
  ],
  [
    'a source that is none',
    () => table.merge([] as never, { on: 'id' }),
    'INVALID',
    /expected a frame/,
  ],
  ['no clause', () => table.merge(source(), { on: 'id' }), 'INVALID', /nothing is to be done/],
  [
    'no key',
    () => table.merge(source(), { on: [], whenMatched: { delete: true } }),
    'INVALID',
    /names no key/,
  ],
  [
    'keys of two kinds',
    () => table.merge(source(), { on: [['id', 'name']], whenMatched: { delete: true } }),
    'INVALID',
    /never equal/,
  ],
  [
    'a clause with neither',
    () => table.merge(source(), { on: 'id', whenMatched: {} as never }),
    'INVALID',
    /either set/,
  ],
  [
    'all columns where the source has one more',
    () => table.merge(source(), { on: 'id', whenMatched: { set: 'all' } }),
    'NOT_FOUND',
    /"other"/,
  ],
  [
    'a new row without a value that it needs',
    () => table.merge(source(), { on: 'id', whenNotMatched: { insert: { id: 9 } } as never }),
    'INVALID',
    /"name" is missing/,
  ],
  [
    'a new row with a null that it must not have',
    () =>
      table.merge(lake.from([{ id: 9, s: null }], { id: t.int32(), s: t.utf8().nullable() }), {
        on: 'id',
        whenNotMatched: { insert: { id: 9, name: (s: any) => s.s } as never },
      }),
    'INVALID',
    /"name"/,
  ],
  ['a mode', () => table.write([], { mode: 'replace' as never }), 'INVALID', /mode can be/],
  [
    'replaceWhere without overwrite',
    () => table.write([], { replaceWhere: (o) => o.id.eq(1) }),
    'INVALID',
    /goes with mode/,
  ],
  ['rows that are none', () => table.write(7 as never), 'INVALID', /expected rows/],
  ['an unknown option', () => table.truncate({ force: true } as never), 'INVALID', /"force"/],
  ['half a mark', () => table.truncate({ app: 'x' }), 'INVALID', /go together/],
  ['no beginning', () => table.changes({} as never), 'INVALID', /./],
  ['no version', () => table.changes({ from: { version: 1.5 } }), 'INVALID', /./],
  ['a version to come', () => table.changes({ from: { version: 9 } }).count(), 'NOT_FOUND', /9/],
]

describe('a change of rows that cannot be is refused and changes nothing', () => {
  test.each(REFUSED)('%s', async (_, run, code, message) => {
    const [rows, files] = [await table.toArray(), await dataFiles()]
    const refusal = await (async () => run())().catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'GraupelError', code })
    expect((refusal as Error).message).toMatch(message)
    expect(table.version).toBe(1)
    expect(await table.toArray()).toEqual(rows)
    expect(await dataFiles()).toEqual(files)
    expect(await table.verify()).toEqual([])
  })

  test('an aborted one, and one of a table that was dropped', async () => {
    const signal = AbortSignal.abort()
    await expect(table.delete((o) => o.id.gt(1), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    await (await lake.database('acme/sales')).dropTable('goods')
    await expect(table.truncate()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
