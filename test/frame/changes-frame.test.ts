import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { runs } from '../support/random.ts'

const COLUMNS = { id: t.int32(), name: t.utf8().nullable() }
const rowsOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: from + n, name: `n${from + n}` }))

async function tableOf(store = memoryStore()) {
  const lake = await connect(store)
  const db = await lake.database('a/b', { create: true })
  return { db, table: await db.createTable('t', COLUMNS, { partitionRows: 3 }) }
}

type Change = { id: number; name: string | null; _change: string }
const texts = (rows: readonly Change[]) =>
  rows.map(({ id, name, _change }) => `${_change} ${id}:${name}`)

describe('changes', () => {
  test('tell inserts, deletes, and updates as they were and are', async () => {
    const { table } = await tableOf()
    await table.insert(rowsOf(0, 9))
    await table.insert(rowsOf(20, 1))
    await table.update({ set: { name: null }, where: (o) => o.id.eq(1) })
    await table.delete((o) => o.id.in([3, 6, 7, 8]))
    const found = await table.changes({ from: { version: 1 } }).toArray()
    expect(texts(found)).toEqual([
      'delete 6:n6',
      'delete 7:n7',
      'delete 8:n8',
      'insert 20:n20',
      'updateBefore 1:n1',
      'updateAfter 1:null',
      'delete 3:n3',
    ])
    const first = table.changes({ from: { version: 0 }, to: { version: 1 } })
    expect(await first.filter((o) => o._change.eq('insert')).count()).toBe(9)
    expect(await table.changes({ from: { version: 4 } }).count()).toBe(0)
  })

  test('are none after what was done is undone', async () => {
    const { table } = await tableOf()
    await table.insert(rowsOf(0, 9))
    await table.update({ set: { name: 'x' }, where: (o) => o.id.eq(1) })
    await table.delete((o) => o.id.gt(4))
    await table.restore({ version: 1 })
    expect(await table.changes({ from: { version: 1 } }).toArray()).toEqual([])
    expect(await table.verify()).toEqual([])
  })

  test('read only partitions that the versions do not share', async () => {
    const { store, log } = loggedStore(memoryStore())
    const { db, table } = await tableOf(store)
    await table.insert(rowsOf(0, 9))
    await table.update({ set: { name: 'x' }, where: (o) => o.id.eq(4) })
    await table.insert(rowsOf(20, 2))
    log.length = 0
    const again = await db.table('t', COLUMNS)
    expect(await again.changes({ from: { version: 1 } }).count()).toBe(4)
    await again.changes({ from: { version: 1 } }).toArray()
    const read = log
      .filter(({ operation }) => operation === 'get' || operation === 'open')
      .map(({ key }) => key.split('/').slice(-2).join('/'))
      .filter((path) => /partition\d/.test(path))
    expect(new Set(read)).toEqual(
      new Set([
        'id/partition2.csv',
        'name/partition2.csv',
        'name/partition4.csv',
        'id/partition5.csv',
        'name/partition5.csv',
      ]),
    )
  })

  test('from a later version than to, or with a column of their own name, are INVALID', async () => {
    const { db, table } = await tableOf()
    await table.insert(rowsOf(0, 1))
    const frame = table.changes({ from: { version: 1 }, to: { version: 0 } })
    await expect(frame.count()).rejects.toMatchObject({ code: 'INVALID' })
    const other = await db.createTable('u', { _change: t.int32() })
    expect(() => other.changes({ from: { version: 0 } })).toThrow('_change')
  })

  test.each([
    ['by its key', { primaryKey: ['id'] as const }],
    ['by its values', {}],
  ])(
    'tell each row that changed, went or came in one partition as that row, %s',
    async (_, how) => {
      const columns = { id: t.int32(), name: t.utf8().nullable(), n: t.float64() }
      const step = fc.record({
        kind: fc.constantFrom('update', 'update', 'delete', 'restore'),
        ids: fc.array(fc.nat(14), { minLength: 1, maxLength: 4 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
          const lake = await connect('memory:')
          const db = await lake.database('a/b', { create: true })
          const table = await db.createTable('t', columns, how)
          await table.insert(
            Array.from({ length: 15 }, (_, id) => ({ id, name: `n${id % 3}`, n: id / 8 })),
          )
          for (const { kind, ids } of steps) {
            const where = (o: any) => o.id.in(ids)
            if (kind === 'update') await table.update({ set: { name: `u${ids[0]}` }, where })
            else if (kind === 'delete') await table.delete(where)
            else await table.restore({ version: 1 + (ids[0]! % table.version) })
          }
          for (let version = 1; version <= table.version; version++) {
            const byId = async (of: { toArray(): Promise<any[]> }) =>
              new Map((await of.toArray()).map((row) => [row.id as number, row]))
            const [before, after] = [await byId(table.at({ version })), await byId(table)]
            const isOnlyFewer = [...after.keys()].every((id) => before.has(id))
            const isOnlyMore = [...before.keys()].every((id) => after.has(id))
            // Without a key, rows that went and others that came may be told as one that changed.
            if (!('primaryKey' in how) && !isOnlyFewer && !isOnlyMore) continue
            const expected: string[] = []
            for (const id of new Set([...before.keys(), ...after.keys()])) {
              const [old, now] = [before.get(id), after.get(id)]
              if (old?.name === now?.name) continue
              if (old) expected.push(`${now ? 'updateBefore' : 'delete'} ${id}:${old.name}`)
              if (now) expected.push(`${old ? 'updateAfter' : 'insert'} ${id}:${now.name}`)
            }
            const found = texts((await table.changes({ from: { version } }).toArray()) as Change[])
            expect(found.sort()).toEqual(expected.sort())
          }
        }),
        { numRuns: runs(40) },
      )
    },
    60_000,
  )

  test('turn the older rows into the newer, whatever was done between', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('insert' as const), count: fc.integer({ min: 1, max: 7 }) }),
      fc.record({ kind: fc.constant('update' as const), at: fc.nat(20), to: fc.nat(3) }),
      fc.record({ kind: fc.constant('delete' as const), at: fc.nat(20), to: fc.nat(3) }),
      fc.record({ kind: fc.constant('restore' as const), at: fc.nat(20), to: fc.nat(3) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.nat(), async (steps, at) => {
        const { table } = await tableOf()
        let next = 0
        for (const { kind, ...of } of steps) {
          if ('count' in of) {
            await table.insert(rowsOf(next, of.count))
            next += of.count
          } else if (kind === 'update') {
            await table.update({
              set: { name: `u${of.to}` },
              where: (o) => o.id.between(of.at, of.at + of.to),
            })
          } else if (kind === 'delete') {
            await table.delete((o) => o.id.between(of.at, of.at + of.to))
          } else await table.restore({ version: of.at % (table.version + 1) })
        }
        const from = { version: at % (table.version + 1) }
        const bag = new Map<string, number>()
        const add = (row: { id: number; name: string | null }, count: number) => {
          const key = `${row.id}:${row.name}`
          bag.set(key, (bag.get(key) ?? 0) + count)
        }
        for (const row of await table.at(from).toArray()) add(row, 1)
        for (const row of await table.changes({ from }).toArray()) {
          add(row, ['insert', 'updateAfter'].includes(row._change) ? 1 : -1)
        }
        for (const row of await table.toArray()) add(row, -1)
        expect([...bag].filter(([, count]) => count !== 0)).toEqual([])
        expect(await table.verify()).toEqual([])
      }),
      { numRuns: runs(40) },
    )
  }, 60_000)
})
