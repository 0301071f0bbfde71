import { describe, expect, test } from 'vitest'
import { connect, type GraupelError, t } from '../../../src/index.ts'
import { memoryStore } from '../../../src/io/memory-store.ts'
import { loggedStore } from '../../support/logged-store.ts'

const COLUMNS = { id: t.int64().identity(), name: t.utf8() }
const named = (...names: string[]) => names.map((name) => ({ name }))

async function people(store = memoryStore()) {
  const lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  const table = await db.createTable('people', COLUMNS, { primaryKey: ['id'] })
  return { lake, db, table, store }
}

const idsOf = (rows: readonly { id: bigint }[]) => rows.map(({ id }) => Number(id))
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: GraupelError) => error.code,
  )

async function* csv(text: string) {
  yield Buffer.from(text)
}

describe('an identity column', () => {
  test('is given values on each path, ascending in a commit', async () => {
    const { lake, db, table } = await people()
    await table.insert(named('a', 'b'))
    await table.insert({ name: ['c'] })
    await table.load(csv('name\nd\ne\n'))
    await table.write(named('f'))
    await table.write(lake.from(named('g'), { name: t.utf8() }))
    await lake
      .from(named('h'), { name: t.utf8() })
      .write('people', { database: db, mode: 'append' })
    await lake.transaction(async (tx) => {
      await (await tx.table('acme/sales', 'people', COLUMNS)).insert(named('i'))
    })
    const now = await db.table('people', COLUMNS)
    await now.merge(
      lake.from(
        [
          { id: 2n, name: 'B' },
          { id: 99n, name: 'j' },
        ],
        { id: t.int64(), name: t.utf8() },
      ),
      {
        on: 'id',
        whenMatched: { set: 'all' },
        whenNotMatched: { insert: 'all' },
      },
    )
    const rows = await now.toArray()
    expect(rows.map(({ name }) => name).join('')).toBe('aBcdefghij')
    const ids = idsOf(rows)
    expect(new Set(ids).size).toBe(10)
    expect(ids[0]).toBeLessThan(ids[1]!)
    expect(ids[3]).toBeLessThan(ids[4]!)
  })

  test('takes no value of anybody', async () => {
    const { lake, db, table } = await people()
    await table.insert(named('a'))
    const given = [{ id: 7n, name: 'x' }]
    const types = { id: t.int64(), name: t.utf8() }
    for (const work of [
      table.insert(given as never),
      table.write(given as never),
      table.write(lake.from(given, types) as never),
      lake.from(given, types).write('people', { database: db, mode: 'append' }),
      table.load(csv('id,name\n7,x\n')),
    ]) {
      expect(['INVALID', 'NOT_FOUND']).toContain(await codeOf(work))
    }
    expect(await codeOf(table.update({ set: { id: 7 } as never }))).toBe('INVALID')
    const merge = table.merge(lake.from(given, types), {
      on: 'id',
      whenNotMatched: { insert: { id: 7, name: 'x' } as never },
    })
    expect(await codeOf(merge)).toBe('INVALID')
    expect(await table.count()).toBe(1)
  })

  test('never gives a value twice: not after deletes, restores, a failed write, or in a clone', async () => {
    const { db, table } = await people()
    await table.insert(named('a', 'b', 'c'))
    const seen = new Set(idsOf(await table.toArray()))
    await table.truncate()
    await table.insert(named('d'))
    for (const id of idsOf(await table.toArray())) {
      expect(seen).not.toContain(id)
      seen.add(id)
    }
    await table.restore({ version: 1 })
    const clone = await table.clone('copy')
    await clone.insert(named('e'))
    await table.insert(named('f'))
    expect(new Set(idsOf(await table.toArray())).size).toBe(4)
    expect(new Set(idsOf(await clone.toArray())).size).toBe(4)
    await db.dropTable('people')
    const back = await db.undropTable('people')
    await back.insert(named('g'))
    expect(new Set(idsOf((await back.toArray()) as { id: bigint }[])).size).toBe(5)
  })

  test('gives two processes values of their own, and asks the head once in a while only', async () => {
    const { table, store: bare } = await people()
    const { store, log } = loggedStore(bare)
    const lake = await connect(store)
    const other = await (await lake.database('acme/sales')).table('people', COLUMNS)
    await Promise.all([table.insert(named('a', 'b')), other.insert(named('c', 'd'))])
    const before = log.length
    for (let n = 0; n < 20; n++) await other.insert(named(`n${n}`))
    const swaps = log.slice(before).filter(({ operation }) => operation === 'swapCell')
    expect(swaps).toHaveLength(20)
    const ids = idsOf(
      await (await (await lake.database('acme/sales')).table('people', COLUMNS)).toArray(),
    )
    expect(new Set(ids).size).toBe(24)
  })

  test('is an int64 that takes no null', () => {
    for (const make of [
      () => (t.utf8() as any).identity(),
      () => (t.int64().nullable() as any).identity(),
      () => t.int64().identity().nullable(),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: 'INVALID' }))
    }
  })
})
