import { describe, expect, it } from 'vitest'
import { connect, fn, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'

type Cache = NonNullable<Parameters<typeof connect>[1]>['cache']

async function someTable(cache?: Cache, rowCount = 3000) {
  const { store, log } = loggedStore(memoryStore())
  const lake = await connect(store, cache === undefined ? {} : { cache })
  const db = await lake.database('test/cache', { create: true })
  const table = await db.createTable(
    'x',
    { id: t.int32(), name: t.utf8(), bytes: t.binary(), half: t.float64() },
    { partitionRows: 1000 },
  )
  await table.insert(
    Array.from({ length: rowCount }, (_, id) => ({
      id,
      name: `n${id}`,
      bytes: Uint8Array.of(id & 255),
      half: id / 2,
    })),
  )
  const dataReads = () => log.filter(({ key }) => /\/partition\d+\.csv$/.test(key)).length
  const forget = () => {
    log.length = 0
  }
  forget()
  return { lake, db, table, store, dataReads, forget }
}

describe('the cache of results', () => {
  it('answers an equal query without a data file, and explain says so', async () => {
    const { table, dataReads, forget } = await someTable()
    const query = () =>
      table.filter((x) => x.half.gt(1400)).agg((x) => ({ n: fn.count(), m: x.id.mean() }))
    expect(await query().explain()).not.toContain('from cache')
    const first = await query().toArray()
    expect(dataReads()).toBeGreaterThan(0)
    forget()
    expect(await query().toArray()).toEqual(first)
    expect(dataReads()).toBe(0)
    expect((await query().explain()).split('\n')[0]).toBe('answered from cache')
    expect(JSON.parse(await query().explain({ format: 'json' })).answeredFromCache).toBe(true)
  })

  it('runs a query again whose literal is of another type or value, or whose batches are smaller', async () => {
    const { table, dataReads, forget } = await someTable()
    const count = async (bound: number) =>
      (await table.filter((x) => x.half.gt(bound)).toArray()).length
    expect([await count(1499), await count(1498.5)]).toEqual([1, 2])
    expect([await count(0), await count(-0.25)]).toEqual([2999, 3000])
    forget()
    const sizes = []
    for await (const batch of table.filter((x) => x.half.gt(1498.5)).batches({ batchSize: 1 })) {
      sizes.push(batch.numRows)
    }
    expect(sizes).toEqual([1, 1])
    expect(dataReads()).toBeGreaterThan(0)
  })

  it('lives on through writes to partitions that a query does not read, and through no others', async () => {
    const { db, table, dataReads, forget } = await someTable()
    const small = async () => (await db.table('x')).filter((x: any) => x.id.lt(500)).toArray()
    const first = await small()
    await table.insert([{ id: 5000, name: 'new', bytes: Uint8Array.of(1), half: 0 }])
    forget()
    expect(await small()).toEqual(first)
    expect(dataReads()).toBe(0)
    await table.update({ set: { name: 'changed' }, where: (x) => x.id.eq(7) })
    const after = await small()
    expect(after.map(({ name }) => name)[7]).toBe('changed')
    await table.insert([{ id: 3, name: 'third', bytes: Uint8Array.of(1), half: 0 }])
    expect(await small()).toHaveLength(501)
    await table.delete((x) => x.id.eq(3))
    expect(await small()).toHaveLength(499)
    await table.restore({ version: 1 })
    expect(await small()).toEqual(first)
    await db.dropTable('x')
    await db.createTable('x', { id: t.int32() })
    expect(await small()).toEqual([])
  })

  it('gives answers that a user may change without changing a later one', async () => {
    for (const cache of [true, { resultBytes: 0, columnBytes: '64MB' }]) {
      const { table } = await someTable(cache, 20)
      const query = () => table.filter((x) => x.id.gte(0))
      await query().toArray()
      const rows = await query().toArray()
      const bytes = rows[9]!.bytes as Uint8Array
      const expected = rows.map((row) => ({
        ...row,
        bytes: Uint8Array.from(row.bytes as Uint8Array),
      }))
      bytes.fill(255)
      const arrow = await query().collect()
      for (const column of ['id', 'half']) {
        for (const data of arrow.getChild(column)!.data) (data.values as Int32Array).fill(77)
      }
      for (const data of arrow.getChild('name')!.data) (data.values as Uint8Array).fill(65)
      expect(await query().toArray()).toEqual(expected)
    }
  })

  it('is no other lake’s, and is off where it is told to be', async () => {
    const { lake, store, table, dataReads, forget } = await someTable()
    const ask = async (from: any) => from.filter((x: any) => x.half.gt(3)).toArray()
    await ask(table)
    for (const options of [{}, { cache: false }]) {
      await using other = await connect(store, options)
      const same = await (await other.database('test/cache')).table('x')
      forget()
      await ask(same)
      expect(dataReads()).toBeGreaterThan(0)
      forget()
      await ask(same)
      expect(dataReads() === 0).toBe(options.cache !== false)
    }
    await lake.close()
  })

  it('keeps no part of an answer, and none that is too large', async () => {
    const { table, dataReads, forget } = await someTable({ resultBytes: 8 * 60_000 })
    const large = () => table.filter((x) => x.id.gte(0))
    for await (const _ of table.filter((x) => x.id.lt(2500))) break
    expect(await table.filter((x) => x.id.lt(2500)).explain()).not.toContain('from cache')
    await large().toArray()
    forget()
    await large().toArray()
    expect(dataReads()).toBeGreaterThan(0)
  })

  it('ends with ABORTED also where it has the answer', async () => {
    const { table } = await someTable()
    const query = table.filter((x) => x.id.gt(3))
    await query.toArray()
    await expect(query.toArray({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
  })
})

describe('the option', () => {
  it('is refused when it says what cannot be', async () => {
    for (const cache of [
      'yes',
      null,
      1,
      { bytes: 1 },
      { resultBytes: -1 },
      { columnBytes: 'much' },
    ]) {
      const refused = connect('memory:', { cache: cache as never })
      await expect(refused, JSON.stringify(cache)).rejects.toMatchObject({ code: 'INVALID' })
    }
  })
})
