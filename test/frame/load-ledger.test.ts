import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Lake, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'
import { runs } from '../support/random.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-ledger-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let number = 0
/** A file of one column with the rows `from` to `from + count - 1`, under a name of its own. */
function fileOf(from: number, count = 2, name = `f${number++}.csv`): string {
  const path = join(folder, name)
  writeFileSync(path, `id\n${Array.from({ length: count }, (_, n) => from + n).join('\n')}\n`)
  return path
}

const COLUMNS = { id: t.int64() }

async function tableIn(lake: Lake, name = 't') {
  const db = await lake.database('a/b', { create: true })
  return db.createTable(name, COLUMNS, { ifNotExists: true })
}

const idsOf = async (table: { toArray(): Promise<object[]> }) =>
  (await table.toArray()).map((row) => Number((row as { id: bigint }).id)).sort((a, b) => a - b)

const statuses = ({ files }: { readonly files: readonly { readonly status: string }[] }) =>
  files.map(({ status }) => status)

describe('a content is loaded once', () => {
  test('under whatever name, by whatever handle, and told file by file', async () => {
    const lake = await connect('memory:')
    const table = await tableIn(lake)
    const [one, two] = [fileOf(1), fileOf(3)]
    const first = await table.load([one, two])
    expect(first).toMatchObject({ version: 1, rows: 4, partitions: 1 })
    expect(first.files).toEqual([
      { file: one, status: 'loaded', rows: 2, rejected: 0, bytes: 7, reason: null },
      { file: two, status: 'loaded', rows: 2, rejected: 0, bytes: 7, reason: null },
    ])
    const copy = fileOf(1)
    const again = await (await tableIn(lake)).load([copy, fileOf(5), two])
    expect(statuses(again)).toEqual(['alreadyLoaded', 'loaded', 'alreadyLoaded'])
    expect(again).toMatchObject({ version: 2, rows: 2 })
    const none = await table.load(join(folder, 'f*.csv'))
    expect(none).toMatchObject({ version: 1, rows: 0, partitions: 0 })
    expect(new Set(statuses(none))).toEqual(new Set(['alreadyLoaded']))
    expect(await idsOf(await tableIn(lake))).toEqual([1, 2, 3, 4, 5, 6])
    expect(await table.verify()).toEqual([])
  })

  test('also when the log that told so is trimmed and no checkpoint is left', async () => {
    const url = `file://${mkdtempSync(join(folder, 'trimmed-'))}`
    const lake = await connect(url)
    const table = await tableIn(lake)
    const file = fileOf(1)
    await table.load(file)
    // A load that changes what counts is among the trimmed ones, updates make the log long.
    for (let n = 0; n < 140; n++) await table.update({ set: { id: (o) => o.id.add(0) } })
    await table.vacuum({ retain: { versions: 1 } })
    await lake.close()
    const files = readdirSync(join(fileURLToPath(url), 'a/b/t/_table/log'))
    expect(files.some((name) => name.startsWith('trimmed-'))).toBe(true)
    rmSync(join(fileURLToPath(url), 'a/b/t/_table/loads.csv'), { force: true })
    const later = await connect(url)
    const reopened = await tableIn(later)
    expect(statuses(await reopened.load(file))).toEqual(['alreadyLoaded'])
    expect(await reopened.verify()).toEqual([])
    await later.close()
  })

  test('unless force says so', async () => {
    const table = await tableIn(await connect('memory:'))
    const path = fileOf(1)
    await table.load(path)
    expect(statuses(await table.load(path, { force: true }))).toEqual(['loaded'])
    expect(await idsOf(table)).toEqual([1, 1, 2, 2])
    expect(statuses(await table.load(path))).toEqual(['alreadyLoaded'])
    expect(await table.verify()).toEqual([])
  })

  test('also of two files of one load', async () => {
    const table = await tableIn(await connect('memory:'))
    const result = await table.load([fileOf(1), fileOf(1)])
    expect(statuses(result)).toEqual(['loaded', 'alreadyLoaded'])
    expect(await idsOf(table)).toEqual([1, 2])
  })

  test('of a stream with a name; one without a name is loaded each time', async () => {
    const table = await tableIn(await connect('memory:'))
    async function* bytes() {
      yield Buffer.from('id\n1')
      yield Buffer.from('\n')
    }
    expect(statuses(await table.load(bytes(), { name: 'one.csv' }))).toEqual(['loaded'])
    const again = await table.load(bytes(), { name: 'other.csv' })
    expect(again).toMatchObject({ rows: 0, version: 1 })
    expect(statuses(again)).toEqual(['alreadyLoaded'])
    expect(await idsOf(table)).toEqual([1])
    await table.load(bytes())
    await table.load(bytes())
    expect(await idsOf(table)).toEqual([1, 1, 1])
  })

  test('a file that failed, or whose rows were all wrong, may come again', async () => {
    const table = await tableIn(await connect('memory:'))
    const path = join(folder, 'wrong.csv')
    writeFileSync(path, 'id\nx\n')
    await expect(table.load(path)).rejects.toMatchObject({ code: 'INVALID' })
    expect(await table.load(path, { onError: 'continue' })).toMatchObject({ rows: 0, version: 0 })
    writeFileSync(path, 'id\n9\n')
    expect(statuses(await table.load(path))).toEqual(['loaded'])
    expect(await idsOf(table)).toEqual([9])
  })
})

describe('the ledger goes with the rows', () => {
  test('truncate and overwrite empty it, delete does not', async () => {
    const table = await tableIn(await connect('memory:'))
    const path = fileOf(1)
    await table.load(path)
    await table.delete((o) => o.id.eq(1))
    expect(statuses(await table.load(path))).toEqual(['alreadyLoaded'])
    await table.truncate()
    expect(statuses(await table.load(path))).toEqual(['loaded'])
    await table.write([{ id: 7n }], { mode: 'overwrite' })
    expect(statuses(await table.load(path))).toEqual(['loaded'])
    expect(await idsOf(table)).toEqual([1, 2, 7])
    expect(await table.verify()).toEqual([])
  })

  test('restore brings back the ledger of then', async () => {
    const table = await tableIn(await connect('memory:'))
    const [one, two] = [fileOf(1), fileOf(3)]
    await table.load(one)
    await table.load(two)
    await table.restore({ version: 1 })
    expect(statuses(await table.load([one, two]))).toEqual(['alreadyLoaded', 'loaded'])
    await table.truncate()
    await table.restore({ version: 2 })
    expect(statuses(await table.load([one, two]))).toEqual(['alreadyLoaded', 'alreadyLoaded'])
    expect(await idsOf(table)).toEqual([1, 2, 3, 4])
    expect(await table.verify()).toEqual([])
  })

  test('a clone has the rows, and so the ledger, of the version that it is of', async () => {
    const table = await tableIn(await connect('memory:'))
    const [one, two] = [fileOf(1), fileOf(3)]
    await table.load(one)
    await table.load(two)
    const clone = await table.clone('c', { at: { version: 1 } })
    expect(statuses(await clone.load([one, two]))).toEqual(['alreadyLoaded', 'loaded'])
    expect(await clone.verify()).toEqual([])
  })
})

describe('writers at the same time', () => {
  test('load a content once between them, whatever else each of them has', async () => {
    const shared = fileOf(100)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), fc.boolean(), async (writers, alone) => {
        // Handles of one folder know as little of each other as processes do.
        const store = alone ? memoryStore() : mkdtempSync(join(folder, 'lake-'))
        await tableIn(await connect(store))
        const own = Array.from({ length: writers }, (_, n) => fileOf(n))
        const results = await Promise.all(
          own.map(async (path) => {
            const table = await tableIn(await connect(store))
            return table.load(alone ? shared : [path, shared])
          }),
        )
        const loads = results.flatMap(({ files }) => files.filter(({ file }) => file === shared))
        expect(loads.filter(({ status }) => status === 'loaded')).toHaveLength(1)
        const table = await tableIn(await connect(store))
        const expected = alone ? [] : own.flatMap((_, n) => [n, n + 1])
        expect(await idsOf(table)).toEqual([...expected, 100, 101].sort((a, b) => a - b))
        expect(await table.verify()).toEqual([])
      }),
      { numRuns: runs(10) },
    )
  })

  test('a transaction whose file others load meanwhile is a CONFLICT, in none of its tables', async () => {
    const store = memoryStore()
    const lake = await connect(store)
    const path = fileOf(1)
    await tableIn(lake)
    await tableIn(lake, 'u')
    const both = lake.transaction(async (tx) => {
      const [one, two] = [await tx.table('a/b', 't'), await tx.table('a/b', 'u')]
      await one.load(path)
      await two.insert([{ id: 5n }])
      await (await tableIn(await connect(store))).load(path)
    })
    await expect(both).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await idsOf(await tableIn(lake))).toEqual([1, 2])
    expect(await idsOf(await tableIn(lake, 'u'))).toEqual([])
  })

  test('a transaction loads a content once, also after an overwrite of its own', async () => {
    const lake = await connect('memory:')
    const path = fileOf(1)
    const table = await tableIn(lake)
    await tableIn(lake, 'u')
    await table.load(path)
    await lake.transaction(async (tx) => {
      const [one, two] = [await tx.table('a/b', 't'), await tx.table('a/b', 'u')]
      expect(statuses(await one.load(path))).toEqual(['alreadyLoaded'])
      await one.overwrite([{ id: 9n }])
      expect(statuses(await one.load([path, fileOf(1)]))).toEqual(['loaded', 'alreadyLoaded'])
      await two.load(path)
    })
    expect(await idsOf(await tableIn(lake))).toEqual([1, 2, 9])
    for (const name of ['t', 'u']) {
      const now = await tableIn(lake, name)
      expect(statuses(await now.load(path))).toEqual(['alreadyLoaded'])
      expect(await now.verify()).toEqual([])
    }
  })
})

describe('the stored ledger', () => {
  test('is written after 64 versions, and may be missing, old or spoilt', async () => {
    const store = memoryStore()
    const lake = await connect(store)
    const table = await tableIn(lake)
    const paths = Array.from({ length: 70 }, (_, n) => fileOf(n * 2))
    for (const path of paths) await table.load(path)
    await lake.close()
    const key = 'a/b/t/_table/loads.csv'
    const stored = (await store.get(key))!
    expect(Buffer.from(stored).toString()).toMatch(/^sha256,bytes,crc32,added,removed\n\\N,6[4-9],/)
    const spoilt = Buffer.from(stored)
    spoilt[200]! ^= 1
    for (const body of [stored, null, spoilt]) {
      if (body === null) await store.delete(key)
      else await store.replace(key, body)
      const now = await tableIn(await connect(store))
      const problems = await now.verify()
      expect(problems.map((of) => of.key)).toEqual(body === spoilt ? [key] : [])
      expect(new Set(statuses(await now.load(paths)))).toEqual(new Set(['alreadyLoaded']))
    }
  })

  test('costs no request where no file was loaded, and later one read at most', async () => {
    const inner = memoryStore()
    const requests = async () => {
      const { store, log } = loggedStore(inner)
      const table = await tableIn(await connect(store))
      log.length = 0
      await table.load(fileOf(number * 10))
      return log.filter(({ key }) => key.endsWith('/loads.csv')).map(({ operation }) => operation)
    }
    expect(await requests()).toEqual([])
    expect(await requests()).toEqual(['get'])
  })
})
