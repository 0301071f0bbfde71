import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { Prng } from '../support/prng.ts'
import { runs } from '../support/random.ts'

const COLUMNS = { id: t.int32(), name: t.utf8().nullable(), weight: t.float64().nullable() }

type Row = { id: number; name: string | null; weight: number | null }

async function database() {
  const lake = await connect('memory:')
  return lake.database('a/b', { create: true })
}

const row = (id: number): Row => {
  return { id, name: id % 5 === 0 ? null : `n${id % 7}`, weight: id % 4 === 0 ? null : id / 2 }
}

const sorted = (rows: readonly Row[]) => rows.map((of) => JSON.stringify(of)).sort()

const shuffled = (count: number, seed: number) =>
  new Prng(seed).sample(
    Array.from({ length: count }, (_, at) => at),
    count,
  )

describe('a clustered table of many small loads', () => {
  test('1,000 partitions of shuffled keys become sorted ones, and a query reads 2 at most', async () => {
    const { store, log } = loggedStore(memoryStore())
    await using lake = await connect(store)
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('t', COLUMNS, { clusterBy: ['id'], partitionRows: 500 })
    const ids = shuffled(4000, 1)
    for (let from = 0; from < 4000; from += 400) {
      const firsts = Array.from({ length: 100 }, (_, at) => from + 4 * at)
      await Promise.all(firsts.map((first) => table.insert(ids.slice(first, first + 4).map(row))))
    }
    const before = await table.clusteringInformation()
    expect(before.totalPartitionCount).toBe(1000)
    expect(before.averageDepth).toBeGreaterThan(100)
    const asked = async () => {
      log.length = 0
      const found = await table.filter((r) => r.id.eq(1234)).toArray()
      expect(found).toEqual([row(1234)])
      return new Set(log.map(({ key }) => key).filter((key) => /\/id\/partition/.test(key))).size
    }
    expect(await asked()).toBeGreaterThan(100)

    const result = await table.optimize()
    expect(result).toMatchObject({ partitionsRemoved: 1000, partitionsAdded: 8, rows: 4000 })
    const after = await table.clusteringInformation()
    expect(after).toMatchObject({ totalPartitionCount: 8, averageDepth: 1, averageOverlaps: 0 })
    expect(await asked()).toBeLessThanOrEqual(2)
    expect(sorted(await table.toArray())).toEqual(sorted(ids.map(row)))
    expect(await table.verify()).toEqual([])
    expect(await table.optimize()).toMatchObject({ version: result.version, partitionsRemoved: 0 })
  }, 60_000)

  test('rounds of few bytes get there too, and each makes it better', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { clusterBy: ['id'], partitionRows: 20 })
    const ids = shuffled(800, 2)
    for (let n = 0; n < 40; n++) await table.insert(ids.slice(20 * n, 20 * n + 20).map(row))
    let depth = (await table.clusteringInformation()).averageDepth
    expect(depth).toBeGreaterThan(30)
    let rounds = 0
    for (; rounds < 100; rounds++) {
      const { partitionsRemoved } = await table.optimize({ bytesMax: 3000 })
      if (partitionsRemoved === 0) break
      const { averageDepth } = await table.clusteringInformation()
      expect(averageDepth).toBeLessThan(depth)
      depth = averageDepth
    }
    expect(depth).toBe(1)
    expect(rounds).toBeGreaterThan(2)
    expect(sorted(await table.toArray())).toEqual(sorted(ids.map(row)))
  })

  test('by two columns, what was sorted is let be, also where bounds seem to overlap', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, {
      clusterBy: ['name', 'id'],
      partitionRows: 30,
    })
    for (let n = 0; n < 6; n++) {
      await table.insert(Array.from({ length: 90 }, (_, at) => row(at * 6 + n)))
    }
    const { version, partitionsRemoved } = await table.optimize()
    expect(partitionsRemoved).toBeGreaterThan(10)
    expect(await table.optimize()).toMatchObject({ version, partitionsRemoved: 0 })
    // At the ends of a name, where bounds of ids are of several names, partitions may overlap.
    expect((await table.clusteringInformation(['name'])).averageDepth).toBeLessThan(6)
    expect((await table.clusteringInformation()).averageDepth).toBeLessThan(3)
  })

  test('long texts that are told apart only behind the cut of a bound are not sorted for ever', async () => {
    const db = await database()
    const table = await db.createTable(
      't',
      { key: t.utf8() },
      { clusterBy: ['key'], partitionRows: 5 },
    )
    const rows = Array.from({ length: 40 }, (_, at) => ({ key: `${'x'.repeat(80)}${100 + at}` }))
    for (let n = 0; n < 4; n++) await table.insert(rows.filter((_, at) => at % 4 === n))
    const { version } = await table.optimize()
    expect(await table.optimize()).toMatchObject({ version, partitionsRemoved: 0 })
  })
})

describe('any other table', () => {
  test('small partitions are joined and all rows keep their order', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { partitionRows: 10 })
    const ids = shuffled(57, 3)
    const cuts = [0, 1, 4, 5, 15, 17, 20, 23, 43, 44, 46, 57]
    for (const [at, from] of cuts.slice(0, -1).entries()) {
      await table.insert(ids.slice(from, cuts[at + 1]).map(row))
    }
    const before = await table.toArray()
    const partitions = async () => (await table.clusteringInformation(['id'])).totalPartitionCount
    expect(await partitions()).toBe(13)
    expect(await table.optimize()).toMatchObject({ partitionsRemoved: 8, partitionsAdded: 3 })
    expect(await partitions()).toBe(8)
    expect(await table.toArray()).toEqual(before)
    expect(await table.optimize()).toMatchObject({ partitionsRemoved: 0 })
    expect(await table.verify()).toEqual([])
  })

  test('columns sort it once all the same', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { partitionRows: 10 })
    await table.insert(shuffled(50, 4).map(row))
    expect((await table.clusteringInformation(['id'])).averageDepth).toBeGreaterThan(2)
    await table.optimize({ columns: ['id'] })
    expect((await table.clusteringInformation(['id'])).averageDepth).toBe(1)
    expect((await table.toArray()).map(({ id }) => id)).toEqual(
      shuffled(50, 4).sort((a, b) => a - b),
    )
  })
})

test('rows, versions and changes are what they were, whatever came between', async () => {
  const step = fc.oneof(
    fc.record({ insert: fc.array(fc.nat(99), { minLength: 1, maxLength: 12 }) }),
    fc.record({ delete: fc.nat(99) }),
    fc.record({ update: fc.nat(99) }),
    fc.record({ optimize: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }) }),
  )
  const options = fc.constantFrom(
    {},
    { clusterBy: ['id'] as const },
    { clusterBy: ['name', 'id'] as const },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), options, async (steps, how) => {
      const db = await database()
      const table = await db.createTable('t', COLUMNS, { ...how, partitionRows: 5 })
      let rows: Row[] = []
      const versions = new Map([[0, rows]])
      for (const one of steps) {
        if ('insert' in one) {
          await table.insert(one.insert.map(row))
          rows = [...rows, ...one.insert.map(row)]
        } else if ('delete' in one) {
          await table.delete((r) => r.id.lt(one.delete).and(r.id.gt(one.delete - 20)))
          rows = rows.filter(({ id }) => !(id < one.delete && id > one.delete - 20))
        } else if ('update' in one) {
          await table.update({ set: { weight: 7 }, where: (r) => r.id.eq(one.update) })
          rows = rows.map((of) => (of.id === one.update ? { ...of, weight: 7 } : of))
        } else {
          const order = await table.toArray()
          const { bytesMax } = { bytesMax: one.optimize }
          await table.optimize({ bytesMax })
          if (!('clusterBy' in how)) expect(await table.toArray()).toEqual(order)
        }
        versions.set(table.version, rows)
      }
      for (const [version, expected] of versions) {
        expect(sorted((await table.at({ version }).toArray()) as unknown as Row[])).toEqual(
          sorted(expected),
        )
        const changes = await table.changes({ from: { version } }).toArray()
        const now = new Map<string, number>()
        const count = (of: object, by: number) => {
          const text = JSON.stringify(of)
          now.set(text, (now.get(text) ?? 0) + by)
        }
        for (const of of expected) count(of, 1)
        for (const { _change, ...of } of changes) {
          count(of, _change === 'insert' || _change === 'updateAfter' ? 1 : -1)
        }
        for (const of of rows) count(of, -1)
        expect([...now].filter(([, left]) => left !== 0)).toEqual([])
      }
      expect(await table.verify()).toEqual([])
    }),
    { numRuns: runs(25) },
  )
}, 60_000)

test('changes across an optimize are the rows that truly changed', async () => {
  for (const how of [{}, { clusterBy: ['id'] as const }]) {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { ...how, partitionRows: 10 })
    for (const ids of [
      [3, 1],
      [2, 9, 2],
      [5, 4],
    ])
      await table.insert(ids.map(row))
    const { version } = table
    await table.optimize()
    expect(await table.changes({ from: { version } }).count()).toBe(0)
    await table.delete((r) => r.id.eq(2))
    await table.insert([row(8)])
    const changes = await table.changes({ from: { version } }).sort('id').toArray()
    expect(changes).toEqual([
      { ...row(2), _change: 'delete' },
      { ...row(2), _change: 'delete' },
      { ...row(8), _change: 'insert' },
    ])
  }
})

describe('beside other writers', () => {
  test('appends of others stay, an update of the same partition makes one of both a CONFLICT', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { clusterBy: ['id'], partitionRows: 10 })
    for (const from of [0, 3, 6]) await table.insert([row(from), row(from + 20)])
    const other = await db.table('t', COLUMNS)
    const [optimized] = await Promise.all([table.optimize(), other.insert([row(50)])])
    expect(optimized.partitionsRemoved).toBeGreaterThan(1)
    expect(await (await db.table('t')).count()).toBe(7)

    await table.insert([row(1), row(40)])
    const both = await Promise.allSettled([
      table.optimize(),
      other.update({ set: { weight: 1 }, where: (r) => r.id.gte(0) }),
    ])
    const failed = both.filter((outcome) => outcome.status === 'rejected')
    expect(failed.map(({ reason }) => reason.code)).toEqual(['CONFLICT'])
    expect(await (await db.table('t')).count()).toBe(9)
    expect(await (await db.table('t')).verify()).toEqual([])
  })

  test('what was there before is there at its version, in clones, and after a restore', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { partitionRows: 10 })
    for (const ids of [[3, 1], [2, 9], [5]]) await table.insert(ids.map(row))
    const before = await table.toArray()
    const clone = await table.clone('copy')
    await table.optimize()
    await clone.optimize()
    expect(await clone.toArray()).toEqual(before)
    expect(await table.at({ version: 3 }).toArray()).toEqual(before)
    await table.restore({ version: 2 })
    expect(await table.toArray()).toEqual(before.slice(0, 4))
    await table.restore({ version: 4 })
    await table.vacuum({ retain: { versions: 1 } })
    expect(await table.toArray()).toEqual(before)
    expect([...(await table.verify()), ...(await clone.verify())]).toEqual([])
  })
})

describe('clusteringInformation', () => {
  test('is about any columns, and tells constant partitions, nulls and NaN', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS)
    const part = (name: string | null, weight: number | null, more: number | null) => [
      { id: 1, name, weight },
      { id: 1, name, weight: more },
    ]
    await table.insert(part('a', 1, 4))
    await table.insert(part('a', 3, 6))
    await table.insert(part('b', 7, Number.NaN))
    await table.insert(part(null, null, null))
    await table.insert(part(null, Number.NaN, Number.NaN))
    expect(await table.clusteringInformation(['weight'])).toEqual({
      clusterByKeys: ['weight'],
      totalPartitionCount: 5,
      totalConstantPartitionCount: 2,
      averageOverlaps: 4 / 5,
      averageDepth: 9 / 5,
      partitionDepthHistogram: Array.from({ length: 17 }, (_, depth) => {
        return { depth, partitions: depth === 1 ? 1 : depth === 2 ? 4 : 0 }
      }),
    })
    const byName = await table.clusteringInformation(['name', 'weight'])
    expect(byName).toMatchObject({ totalConstantPartitionCount: 2, averageDepth: 7 / 5 })
    expect(await table.clusteringInformation(['id'])).toMatchObject({
      totalConstantPartitionCount: 5,
      averageDepth: 5,
    })
  })

  test('of an empty table is 0; deep ones are counted in buckets that double', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS, { clusterBy: ['id'] })
    expect(await table.clusteringInformation()).toMatchObject({
      averageDepth: 0,
      averageOverlaps: 0,
    })
    for (let n = 0; n < 20; n++) await table.insert([row(n), row(100 - n)])
    const { partitionDepthHistogram: counts } = await table.clusteringInformation()
    expect(counts.at(-1)).toEqual({ depth: 32, partitions: 20 })
    expect(counts.reduce((sum, { partitions }) => sum + partitions, 0)).toBe(20)
  })

  test('wrong words are refused by name', async () => {
    const db = await database()
    const table = await db.createTable('t', COLUMNS)
    await expect(table.clusteringInformation()).rejects.toThrow(/"t" is not clustered/)
    await expect(table.clusteringInformation(['nme' as 'name'])).rejects.toThrow(/"name"/)
    await expect(table.optimize({ columns: ['nme' as 'name'] })).rejects.toThrow(/"name"/)
    await expect(table.optimize({ bytesMax: 'much' })).rejects.toThrow(/optimize: bytesMax/)
    await expect(table.optimize({ byte: 1 } as object)).rejects.toThrow(/bytesMax/)
  })
})

test('more rows than memory holds are sorted through files', async () => {
  await using lake = await connect('memory:', { memoryLimit: '1MB' })
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', COLUMNS, { clusterBy: ['id'], partitionRows: 4000 })
  const ids = shuffled(40_000, 5)
  for (let n = 0; n < 4; n++) await table.insert(ids.slice(n * 10_000, (n + 1) * 10_000).map(row))
  expect((await table.clusteringInformation()).averageDepth).toBeGreaterThan(3)
  await table.optimize()
  expect(await table.clusteringInformation()).toMatchObject({
    averageDepth: 1,
    totalPartitionCount: 10,
  })
  expect((await table.select('id').toArray()).map(({ id }) => id)).toEqual(
    ids.sort((a, b) => a - b),
  )
})
