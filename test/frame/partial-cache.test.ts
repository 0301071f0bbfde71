import { describe, expect, it } from 'vitest'
import { partitionKey } from '../../src/catalog/model/table.ts'
import { stateOf } from '../../src/frame/frame-state.ts'
import { connect, fn, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { scansOf } from '../../src/plan/bind-partitions.ts'
import type { Scan } from '../../src/plan/logical-plan.ts'
import { loggedStore } from '../support/logged-store.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'

const COLUMNS = {
  id: t.int64(),
  place: t.utf8().nullable(),
  amount: t.decimal(30, 2).nullable(),
  size: t.int32(),
  ratio: t.float64(),
  at: t.timestamp(),
}

const PLACES = ['Graz', 'Linz', 'Wien', '', 'Bad "Ischl",\nOÖ', null]

/** Questions whose answers are exact however their rows are cut, so that they are kept by partition. */
const KEPT: Readonly<Record<string, (of: any) => any>> = {
  total: (of) => of.agg((o: any) => ({ n: fn.count(), sum: o.amount.mul('0.5').sum() })),
  filtered: (of) => of.filter((o: any) => o.size.mul(2).gt(30)).agg(() => ({ n: fn.count() })),
  byPlace: (of) =>
    of.groupBy('place').agg((o: any) => ({ n: o.amount.count(), sum: o.amount.sum() })),
  ends: (of) =>
    of
      .withColumns((o: any) => ({ half: o.ratio.mul(0.5), tall: o.size.gt(40) }))
      .groupBy('tall')
      .agg((o: any) => ({ least: o.half.min(), last: o.at.max(), most: o.place.max() })),
  means: (of) => of.groupBy('place').agg((o: any) => ({ mean: o.size.mean(), n: fn.count() })),
  sorted: (of) =>
    of
      .filter((o: any) => o.place.ne('Graz').or(o.size.lt(9)))
      .groupBy('place', 'size')
      .agg((o: any) => ({ sum: o.size.sum() }))
      .sort('place', 'size')
      .limit(20),
  distinct: (of) => of.select('size').distinct(),
}

/** What they look at. */
const COLUMNS_OF: Readonly<Record<string, readonly (keyof typeof COLUMNS)[]>> = {
  total: ['amount'],
  filtered: ['size'],
  byPlace: ['place', 'amount'],
  ends: ['ratio', 'size', 'at', 'place'],
  means: ['place', 'size'],
  sorted: ['place', 'size'],
  distinct: ['size'],
}

/** The live partitions of a table: the files of some columns, by a text that is theirs alone. */
async function partitionsOf(
  frame: any,
  names: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const { plan, origins } = stateOf(frame, 'test')
  const [{ table }] = scansOf(plan) as [Scan]
  const columns = table.columns.filter(({ name }) => names.includes(name))
  const ids = columns.map(({ id }) => id)
  const set = await origins.get(table)!.catalog.partitions(table, ids)
  return new Map(
    set.partitions.map(({ id }) => {
      const files = columns.map((column) => {
        return partitionKey(table.folder, column, set.statistics.get(column.id)!.get(id)!.file)
      })
      return [`${id} ${files}`, files]
    }),
  )
}

/** Questions that are asked anew of all rows. */
const WHOLE: Readonly<Record<string, (of: any) => any>> = {
  floats: (of) => of.groupBy('place').agg((o: any) => ({ sum: o.ratio.sum() })),
  firsts: (of) => of.groupBy('place').agg((o: any) => ({ id: o.id.first() })),
}

function rowsFrom(prng: Prng, first: number, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: BigInt(first + i),
    place: prng.pick(PLACES),
    amount: prng.pick([null, '0.01', '-99999999999999999999.99', `${prng.int(0, 1000)}.50`]),
    size: prng.int(0, 60),
    ratio: prng.pick([0.5, -0, 1e300, prng.int(0, 99) / 7]),
    at: new Date(prng.int(0, 2 ** 31) * 1000),
  }))
}

const dataFiles = (log: readonly { readonly key: string }[]) =>
  log.map(({ key }) => key).filter((key) => /\/partition\d+\.csv$/.test(key))

describe('groups of partitions in the cache', () => {
  it('answer as no cache does after any writes, and only partitions that are new are read', {
    timeout: 600_000,
  }, async () => {
    for (let index = 0; index < runs(2); index++) {
      const prng = new Prng(seed + 7907 * (index + 1))
      const { store, log } = loggedStore(memoryStore())
      await using plain = await connect(store, { cache: false })
      await using cached = await connect(store)
      const db = await plain.database('test/partial', { create: true })
      await db.createTable('T', COLUMNS, {
        partitionRows: 40,
        clusterBy: prng.pick([[], ['size']]),
      })
      const asked = new Map<string, Set<string>>()
      let rows = 0
      for (let round = 0; round < 10; round++) {
        const writer = await prng.pick([plain, cached]).database('test/partial')
        rows += await randomWrite(prng, await writer.table('T', COLUMNS), rows)
        for (const [name, question] of Object.entries({ ...KEPT, ...WHOLE })) {
          const expected = await question(await db.table('T', COLUMNS)).toArray()
          const table = await (await cached.database('test/partial')).table('T', COLUMNS)
          log.length = 0
          const found = await question(table).toArray()
          const where = `${name}, lake ${index}, round ${round}, seed ${seed}`
          expect(found, where).toEqual(expected)
          if (name in WHOLE) continue
          const before = asked.get(name) ?? new Set<string>()
          const now = await partitionsOf(table, COLUMNS_OF[name]!)
          const fresh = [...now].filter(([text]) => !before.has(text)).flatMap(([, files]) => files)
          expect(
            dataFiles(log).filter((key) => !fresh.includes(key)),
            where,
          ).toEqual([])
          for (const text of now.keys()) before.add(text)
          asked.set(name, before)
        }
      }
    }
  })

  async function randomWrite(prng: Prng, table: any, first: number): Promise<number> {
    const count = prng.int(1, 90)
    const choice = first === 0 ? 0 : prng.int(0, 5)
    if (choice === 1) await table.delete((o: any) => o.size.eq(prng.int(0, 60)))
    else if (choice === 2) {
      await table.update({ set: { size: 7 }, where: (o: any) => o.size.eq(prng.int(0, 60)) })
    } else if (choice === 3) await table.optimize()
    else if (choice === 4) {
      const { version } = (await table.history())[0]
      await table.restore({ version: prng.int(1, version) })
    } else {
      await table.insert(rowsFrom(prng, first, count))
      return count
    }
    return 0
  }

  async function asked(question: (of: any) => any, options = {}) {
    const { store, log } = loggedStore(memoryStore())
    const lake = await connect(store, options)
    const db = await lake.database('test/partial', { create: true })
    const table = await db.createTable('T', COLUMNS, { partitionRows: 10 })
    await table.insert(rowsFrom(new Prng(1), 0, 40))
    await question(await db.table('T')).toArray()
    await table.insert(rowsFrom(new Prng(2), 40, 10))
    const frame = question(await db.table('T'))
    log.length = 0
    return { frame, filesRead: () => new Set(dataFiles(log).map((key) => key.match(/\d+/)![0])) }
  }

  it.each(Object.entries(KEPT))(
    '%s: after an append explain and profile say what is there',
    async (_, question) => {
      const { frame, filesRead } = await asked(question)
      expect(await frame.explain()).toMatch(/(Aggregate|Distinct) .* partitions from cache 4\/5$/m)
      expect(filesRead()).toEqual(new Set())
      const profile = await frame.profile()
      expect(profile.partitionsInCache).toBe(4)
      expect(profile.text()).toContain('groups of 4 partitions are in the cache')
      expect(profile.html()).toContain('groups of 4 partitions are in the cache')
      await frame.toArray()
      expect((await frame.explain()).split('\n')[0]).toBe('answered from cache')
    },
  )

  it.each(Object.entries(WHOLE))('%s: is not kept by partition', async (_, question) => {
    const { frame } = await asked(question)
    expect(await frame.explain()).not.toContain('from cache')
    expect((await frame.profile()).partitionsInCache).toBe(0)
  })

  it('are not kept where results are not, nor of so many groups that they had no room', async () => {
    const off = await asked(KEPT['byPlace']!, { cache: { resultBytes: 0, columnBytes: '1MB' } })
    expect(await off.frame.explain()).not.toContain('partitions from cache')
    const small = await asked(KEPT['byPlace']!, { cache: { resultBytes: 1000 } })
    expect(await small.frame.explain()).not.toContain('partitions from cache')
  })

  it('are put together within a memory limit, or without the cache', async () => {
    for (const memoryLimit of ['1MB', 1000]) {
      const { frame } = await asked(KEPT['sorted']!, { memoryLimit })
      const free = await asked(KEPT['sorted']!, { cache: false })
      expect(await frame.toArray()).toEqual(await free.frame.toArray())
    }
  })

  it('are not kept of a partition that fails, so that it fails again', async () => {
    const { store } = loggedStore(memoryStore())
    await using lake = await connect(store)
    const db = await lake.database('test/partial', { create: true })
    const table = await db.createTable('T', COLUMNS, { partitionRows: 10 })
    await table.insert(rowsFrom(new Prng(1), 0, 20))
    const ask = () => table.agg((o) => ({ n: o.size.mul(2_000_000_000).sum() })).toArray()
    for (let time = 0; time < 2; time++) {
      await expect(ask()).rejects.toMatchObject({ code: 'INVALID' })
    }
  })
})
