import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect, diff, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { runs, seed } from '../support/random.ts'

const COLUMNS = { id: t.int32(), name: t.utf8().nullable(), price: t.decimal(9, 2) }
type Row = { id: number; name: string | null; price: string }
const row = (id: number, name: string | null = `n${id}`): Row => ({ id, name, price: `${id}.50` })

async function database() {
  const { store, log } = loggedStore(memoryStore())
  const lake = await connect(store, { cache: false })
  return { lake, log, db: await lake.database('test/diff', { create: true }) }
}

describe('diff', () => {
  test('tells cell by cell what differs, and every cell of a row that is on one side', async () => {
    const { lake } = await database()
    const left = lake.from([row(1), row(2), row(3, null), row(4)], COLUMNS)
    const right = lake.from([row(1), row(2, 'two'), row(3, ''), row(5)], COLUMNS)
    const found = await diff(left, right, { key: 'id' }).sort('id', 'column').toArray()
    expect(found).toEqual([
      { id: 2, side: 'both', column: 'name', left: 'n2', right: 'two' },
      { id: 3, side: 'both', column: 'name', left: null, right: '' },
      { id: 4, side: 'left', column: 'name', left: 'n4', right: null },
      { id: 4, side: 'left', column: 'price', left: '4.50', right: null },
      { id: 5, side: 'right', column: 'name', left: null, right: 'n5' },
      { id: 5, side: 'right', column: 'price', left: null, right: '5.50' },
    ])
  })

  test('of two versions reads only the partitions that they do not share', async () => {
    const { db, log } = await database()
    const table = await db.createTable('t', COLUMNS)
    for (let part = 0; part < 5; part++) {
      await table.insert(Array.from({ length: 10 }, (_, n) => row(part * 10 + n)))
    }
    await table.update({ set: { name: 'new' }, where: (r) => r.id.eq(27) })
    const before = table.at({ version: 5 })
    log.length = 0
    const found = await diff(before, table, { key: 'id' }).toArray()
    expect(found).toEqual([{ id: 27, side: 'both', column: 'name', left: 'n27', right: 'new' }])
    const read = new Set(log.map(({ key }) => key).filter((key) => /partition\d+\.csv$/.test(key)))
    expect([...read].map((key) => key.split('/').slice(-2).join('/')).sort()).toEqual([
      'id/partition3.csv',
      'name/partition3.csv',
      'name/partition6.csv',
      'price/partition3.csv',
    ])
    await table.optimize()
    expect(await diff(before, table, { key: 'id' }).count()).toBe(1)
    expect(await diff(table, table.at({ version: 6 }), { key: 'id' }).count()).toBe(0)
  })

  test('values of every type are told apart', async () => {
    const { lake } = await database()
    const columns = {
      id: t.int8(),
      b: t.bool(),
      i: t.int64(),
      f: t.float64(),
      d: t.decimal(38, 3),
      u: t.utf8(),
      x: t.binary(),
      day: t.date(),
      time: t.time(),
      at: t.timestamp(),
      j: t.json(),
    }
    const one = {
      id: 1,
      b: true,
      i: 2n ** 63n - 1n,
      f: Number.NaN,
      d: '1.000',
      u: 'a',
      x: Uint8Array.of(1),
      day: '2026-01-01',
      time: '10:00:00',
      at: new Date(0),
      j: '{"a":1}',
    }
    const two = {
      id: 1,
      b: false,
      i: 2n ** 63n - 2n,
      f: 0.5,
      d: '1.001',
      u: 'b',
      x: Uint8Array.of(2),
      day: '2026-01-02',
      time: '10:00:01',
      at: new Date(1),
      j: '{"a":2}',
    }
    const [left, right] = [lake.from([one] as never, columns), lake.from([two] as never, columns)]
    expect(await diff(left, left, { key: 'id' }).count()).toBe(0)
    const found = await diff(left, right, { key: 'id' }).toArray()
    expect(found.map(({ column }) => column)).toEqual(Object.keys(columns).slice(1))
  })

  test('what it is given has to fit', async () => {
    const { lake } = await database()
    const left = lake.from([row(1)], COLUMNS)
    const other = left.drop('price') as never as typeof left
    expect(() => diff(left, other, { key: 'id' })).toThrow(/other columns/)
    expect(() => diff(left, left, { key: 'ix' as never })).toThrow(/did you mean "id"/)
    expect(() => diff(left, left, { key: ['id', 'name', 'price'] })).toThrow(/no column beside/)
    const named = left.rename({ id: 'side' })
    expect(() => diff(named, named, { key: 'side' })).toThrow(/is called like a column/)
  })

  test(`equals a comparison row by row of random sides (seed ${seed})`, async () => {
    const { lake } = await database()
    const side = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 0, max: 8 }),
        name: fc.option(fc.constantFrom('', 'a', '\\N')),
        price: fc.constantFrom('0.00', '1.50'),
      }),
      { selector: ({ id }) => id, maxLength: 8 },
    )
    const expected = (left: readonly Row[], right: readonly Row[]) => {
      const byId = (rows: readonly Row[]) => new Map(rows.map((of) => [of.id, of]))
      const [a, b] = [byId(left), byId(right)]
      const cells: string[] = []
      for (const id of new Set([...a.keys(), ...b.keys()])) {
        for (const column of ['name', 'price'] as const) {
          const [from, to] = [a.get(id), b.get(id)]
          if (from !== undefined && to !== undefined && from[column] === to[column]) continue
          const where = from === undefined ? 'right' : to === undefined ? 'left' : 'both'
          cells.push(
            JSON.stringify([id, where, column, from?.[column] ?? null, to?.[column] ?? null]),
          )
        }
      }
      return cells.sort()
    }
    await fc.assert(
      fc.asyncProperty(side, side, async (left, right) => {
        const frame = diff(lake.from(left, COLUMNS), lake.from(right, COLUMNS), { key: 'id' })
        const found = (await frame.toArray()).map((of) =>
          JSON.stringify([of.id, of.side, of.column, of.left, of.right]),
        )
        expect(found.sort()).toEqual(expected(left, right))
      }),
      { numRuns: runs(40), seed },
    )
  }, 60_000)
})
