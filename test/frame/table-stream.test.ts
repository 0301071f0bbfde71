import { describe, expect, test } from 'vitest'
import { connect, type Lake, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'

const COLUMNS = { id: t.int32(), name: t.utf8().nullable() }
const PATH = 'test/streams'
const row = (id: number, name: string | null = `n${id}`) => ({ id, name })
const rowsOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => row(from + n))

async function open(store: ObjectStore = memoryStore()) {
  const lake = await connect(store, { cache: false })
  const db = await lake.database(PATH, { create: true })
  const orders = await db.createTable('orders', COLUMNS, { ifNotExists: true })
  const sink = await db.createTable('sink', COLUMNS, { ifNotExists: true })
  return { store, lake, db, orders, sink }
}

const idsIn = async (lake: Lake) => {
  const sink = await (await lake.database(PATH)).table('sink', COLUMNS)
  return (await sink.sort('id').toArray()).map(({ id }) => id)
}

/** Consumes once, writing what was inserted to `sink`. */
const copy = async (of: Awaited<ReturnType<typeof open>>) =>
  of.orders.stream('copy').consume(async ({ changes }, tx) => {
    const into = await tx.table(PATH, 'sink', COLUMNS)
    await into.insert(await changes.select('id', 'name').toArray())
  })

describe('a stream of changes', () => {
  test('yields what came since it was asked last, and ends when nothing is new', async () => {
    const { orders } = await open()
    await orders.insert(rowsOf(0, 3))
    const seen: unknown[] = []
    for await (const { from, to, changes } of orders.stream('etl')) {
      seen.push([from, to, await changes.sort('id').toArray()])
      if (to < 3) await orders.insert([row(10 + to)])
    }
    expect(seen).toEqual([
      [0, 1, rowsOf(0, 3).map((of) => ({ ...of, _change: 'insert' }))],
      [1, 2, [{ ...row(11), _change: 'insert' }]],
      [2, 3, [{ ...row(12), _change: 'insert' }]],
    ])
    await orders.update({ set: { name: 'new' }, where: (o) => o.id.eq(1) })
    const kinds: string[] = []
    for await (const { changes } of orders.stream('etl')) {
      kinds.push(...(await changes.toArray()).map((of) => `${of._change} ${of.name}`))
    }
    expect(kinds).toEqual(['updateBefore n1', 'updateAfter new'])
    for await (const _ of orders.stream('etl')) expect.unreachable()
    expect(await orders.streams()).toEqual([{ name: 'etl', version: 4 }])
  })

  test('comes again, the very same, after a loop that broke off; with once it is written once', async () => {
    const { orders, sink } = await open()
    await orders.insert(rowsOf(0, 2))
    const spans: unknown[] = []
    for (let round = 0; round < 3; round++) {
      for await (const { from, to, changes, once } of orders.stream('etl')) {
        spans.push([from, to])
        await sink.insert(await changes.select('id', 'name').toArray(), once)
        if (round < 2) break
      }
      // What comes meanwhile belongs to the next batch.
      if (round < 2) await orders.insert([row(100 + round)])
    }
    expect(spans).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [1, 3],
    ])
    expect((await sink.toArray()).map(({ id }) => id)).toEqual([0, 1, 100, 101])
  })

  test('consume commits a batch once, whoever consumes it at the same time', async () => {
    const made = await open()
    const others = await Promise.all([1, 2, 3].map(() => open(made.store)))
    for (let round = 0; round < 4; round++) {
      await made.orders.insert(rowsOf(round * 10, 3))
      await Promise.all([made, ...others].map(copy))
    }
    for (;;) if ((await copy(made)) === undefined) break
    const expected = [0, 1, 2, 3].flatMap((round) => [0, 1, 2].map((n) => round * 10 + n))
    expect(await idsIn(made.lake)).toEqual(expected)
  })

  test('an error of the work commits nothing, and the batch comes again', async () => {
    const made = await open()
    await made.orders.insert(rowsOf(0, 2))
    const failed = made.orders.stream('copy').consume(async (_, tx) => {
      await (await tx.table(PATH, 'sink', COLUMNS)).insert([row(99)])
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await idsIn(made.lake)).toEqual([])
    expect(await copy(made)).toEqual({ from: 0, to: 1 })
    expect(await copy(made)).toBeUndefined()
    expect(await idsIn(made.lake)).toEqual([0, 1])
  })

  test('keeps the versions that it needs until it is dropped', async () => {
    const { orders } = await open()
    await orders.insert(rowsOf(0, 2))
    for await (const _ of orders.stream('etl'));
    await orders.insert([row(2)])
    await orders.delete((o) => o.id.eq(0))
    await orders.insert([row(3)])
    expect(await orders.vacuum({ retain: { versions: 1 } })).toMatchObject({ retainedFrom: 1 })
    const seen: string[] = []
    for await (const { changes } of orders.stream('etl')) {
      seen.push(...(await changes.toArray()).map((of) => `${of._change} ${of.id}`))
    }
    expect(seen.sort()).toEqual(['delete 0', 'insert 2', 'insert 3'])
    await orders.dropStream('etl')
    expect(await orders.streams()).toEqual([])
    expect(await orders.vacuum({ retain: { versions: 1 } })).toMatchObject({ retainedFrom: 4 })
    // A new one has all rows from the empty table on, also where that version is gone.
    const all: number[] = []
    for await (const { from, changes } of orders.stream('etl')) {
      expect(from).toBe(0)
      all.push(...(await changes.toArray()).map(({ id }) => id))
    }
    expect(all.sort()).toEqual([1, 2, 3])
  })

  test('begins where it is told to, and refuses what it cannot be', async () => {
    const { orders } = await open()
    await orders.insert(rowsOf(0, 2))
    await orders.insert([row(2)])
    const seen: number[] = []
    for await (const { changes } of orders.stream('late', { from: { version: 1 } })) {
      seen.push(...(await changes.toArray()).map(({ id }) => id))
    }
    expect(seen).toEqual([2])
    expect(() => orders.stream('')).toThrow(/1 to 120 characters/)
    expect(() => orders.stream('x', { form: 1 } as never)).toThrow(/form/)
    const future = orders.stream('future', { from: { version: 9 } })
    await expect(future.consume(() => {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(orders.dropStream('lat')).rejects.toThrow(/did you mean "late"/)
  })
})
