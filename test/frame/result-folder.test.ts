import fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect, fn, t } from '../../src/index.ts'
import { localStore } from '../../src/io/local-store.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const COLUMNS = {
  id: t.int64(),
  name: t.utf8().nullable(),
  price: t.decimal(38, 4),
  ratio: t.float64(),
  raw: t.binary(),
  flag: t.bool(),
  at: t.timestamp(),
  tags: t.list(t.utf8()),
}

let home: Awaited<ReturnType<typeof temporaryFolder>>
let lakeFolder: string
let folder: string

beforeEach(async () => {
  home = await temporaryFolder()
  lakeFolder = join(home.path, 'lake')
  folder = join(home.path, 'results')
})
afterEach(() => home.remove())

const row = (id: number) => ({
  id: 2n ** 60n + BigInt(id),
  name: [null, 'é"\n', 'Ada', ''][id % 4]!,
  price: `${id}9999999999999999999999999999.0001`,
  ratio: [Number.NaN, -0, 1 / 0, id / 7][id % 4]!,
  raw: Uint8Array.of(id & 255, 0),
  flag: id % 3 === 0,
  at: new Date(id * 1e9),
  tags: ['a', 'b'].slice(0, id % 3),
})
const rows = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => row(first + i))

const QUESTIONS: readonly ((of: any) => any)[] = [
  (of) => of.filter((o: any) => o.ratio.gt(2).or(o.flag)),
  (of) => of.groupBy('name').agg((o: any) => ({ n: fn.count(), sum: o.price.sum() })),
  (of) => of.agg((o: any) => ({ last: o.at.max(), most: o.name.max(), mean: o.id.mean() })),
  (of) => of.groupBy('flag').agg((o: any) => ({ ratio: o.ratio.sum(), id: o.id.first() })),
]

/** What a process would see that opens the lake now: its table, and the data files that it asks for. */
async function opened(cache: any = { folder }) {
  const { store, log } = loggedStore(localStore(lakeFolder))
  const lake = await connect(store, { cache })
  const db = await lake.database('test/kept', { create: true })
  const table = (await db.tables()).includes('T')
    ? await db.table('T', COLUMNS)
    : await db.createTable('T', COLUMNS, { partitionRows: 10 })
  const read = () => [
    ...new Set(log.map(({ key }) => key).filter((key) => /\/partition\d+\.csv$/.test(key))),
  ]
  return { lake, table: table as any, read }
}

async function answers(cache?: any): Promise<{ found: unknown[]; read: string[] }> {
  const { lake, table, read } = await opened(cache)
  const found = []
  for (const question of QUESTIONS) found.push(await question(table).toArray())
  await lake.close()
  return { found, read: read() }
}

describe('a folder for results', () => {
  it('gives a later process what an earlier one has found, to the last bit, without a data file', async () => {
    const { lake, table } = await opened()
    await table.insert(rows(0, 35))
    await lake.close()
    const expected = await answers(false)
    const first = await answers()
    expect(first.found).toEqual(expected.found)
    expect(first.read.length).toBeGreaterThan(0)
    const second = await answers()
    expect(second.found).toEqual(expected.found)
    expect(second.read).toEqual([])
    const later = await opened()
    expect((await QUESTIONS[1]!(later.table).explain()).split('\n')[0]).toBe('answered from cache')
    await later.lake.close()
  })

  it('costs a later process only the partitions that are new', async () => {
    const { lake, table } = await opened()
    await table.insert(rows(0, 30))
    await QUESTIONS[1]!(table).toArray()
    await table.insert(rows(30, 5))
    await lake.close()
    const later = await opened()
    expect(await QUESTIONS[1]!(later.table).explain()).toContain('partitions from cache 3/4')
    await QUESTIONS[1]!(later.table).toArray()
    expect(later.read().every((key) => key.endsWith('/partition4.csv'))).toBe(true)
    await later.lake.close()
  })

  it('is read by nobody where it is damaged, whatever the damage', async () => {
    const { lake, table } = await opened()
    await table.insert(rows(0, 20))
    await lake.close()
    const { found } = await answers()
    const prng = new Prng(seed)
    for (let round = 0; round < runs(12); round++) {
      const files = fs.readdirSync(folder).filter((name) => name.endsWith('.result'))
      expect(files.length).toBeGreaterThan(0)
      for (const name of files) {
        const bytes = fs.readFileSync(join(folder, name))
        if (prng.chance(0.3))
          fs.writeFileSync(join(folder, name), bytes.subarray(0, prng.int(0, 9)))
        else if (prng.chance(0.1)) fs.rmSync(join(folder, name))
        else {
          bytes[prng.int(0, bytes.length - 1)]! ^= 1 << prng.int(0, 7)
          fs.writeFileSync(join(folder, name), bytes)
        }
      }
      expect((await answers()).found).toEqual(found)
    }
  })

  it('is shared by many who ask and write at the same time, within its bounds', async () => {
    const { lake, table } = await opened()
    await table.insert(rows(0, 20))
    await lake.close()
    const cache = { folder, folderBytes: 20_000 }
    await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let step = 0; step < 4; step++) {
          const asked = await opened(cache)
          if (writer < 2) await asked.table.insert(rows(100 * writer + 10 * step, 3))
          const at = asked.table.at({ version: asked.table.version })
          for (const question of QUESTIONS) {
            const plain = await opened(false)
            const same = plain.table.at({ version: asked.table.version })
            expect(await question(at).toArray()).toEqual(await question(same).toArray())
            await plain.lake.close()
          }
          await asked.lake.close()
        }
      }),
    )
    const names = fs.readdirSync(folder)
    expect(names.every((name) => /^[0-9a-f]{64}\.result$/.test(name))).toBe(true)
    const bytes = names.reduce((sum, name) => sum + fs.statSync(join(folder, name)).size, 0)
    expect(bytes).toBeLessThan(2 * 20_000)
  })

  it('is left alone by lakes in memory, and made only when something is kept', async () => {
    await using lake = await connect(memoryStore(), { cache: { folder } })
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('T', { id: t.int32() })
    await table.insert({ id: [1, 2, 3] })
    expect(await table.filter((o) => o.id.gt(1)).toArray()).toHaveLength(2)
    await lake.close()
    expect(fs.existsSync(folder)).toBe(false)
  })

  it('is refused when it says what cannot be', async () => {
    const inside = connect(lakeFolder, { cache: { folder: join(lakeFolder, 'results') } })
    await expect(inside).rejects.toMatchObject({ code: 'INVALID' })
    for (const cache of [
      { folder: '' },
      { folder: 7 },
      { folder: 'a\0b' },
      { folderBytes: 5 },
      { folder: './x', resultBytes: 0 },
      { folder: './x', folderBytes: 'much' },
    ]) {
      const refused = connect('memory:', { cache: cache as never })
      await expect(refused, JSON.stringify(cache)).rejects.toMatchObject({ code: 'INVALID' })
    }
  })
})
