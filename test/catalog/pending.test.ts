import { beforeAll, describe, expect, it } from 'vitest'
import { sealed } from '../../src/catalog/seal.ts'
import { connect, type Database, type Lake, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { copyStore } from '../simulation/lake-state.ts'
import { withoutSeal } from '../support/edit-cell.ts'

const PATH = 'acme/sales'
const COLUMNS = { id: t.int64() }
const TABLES = ['lines', 'orders'] as const
const CELLS = [`${PATH}/_catalog.json`, ...TABLES.map((name) => `${PATH}/${name}/_table/head.json`)]

const rows = (...ids: number[]) => ids.map((id) => ({ id: BigInt(id) }))

/** A transaction of one row for each of the two tables, which have one row each. */
async function transact(store: ObjectStore): Promise<void> {
  await using lake = await connect(store)
  await lake.transaction(async (tx) => {
    for (const name of TABLES) await (await tx.table(PATH, name, COLUMNS)).insert(rows(2))
  })
}

/** Whether each head has a mark, and the version that stands in it. */
async function marksOf(store: ObjectStore): Promise<string> {
  const parts: string[] = []
  for (const name of TABLES) {
    const cell = await store.readCell(`${PATH}/${name}/_table/head.json`)
    const { pending, version } = JSON.parse(Buffer.from(cell!.body).toString())
    const mark = pending === undefined ? '' : pending.prepared === undefined ? '!' : '?'
    parts.push(`${name} ${version}${mark}`)
  }
  return parts.join(', ')
}

/** What a process left that ended in the middle of a transaction, by what it left in the heads. */
const left = new Map<string, ObjectStore>()

const open = async (marks: string): Promise<{ lake: Lake; db: Database; store: ObjectStore }> => {
  const store = await copyStore(left.get(marks)!, CELLS)
  const lake = await connect(store)
  return { lake, db: await lake.database(PATH), store }
}

beforeAll(async () => {
  const first = memoryStore()
  await using lake = await connect(first)
  const db = await lake.database(PATH, { create: true })
  for (const name of TABLES) await (await db.createTable(name, COLUMNS)).insert(rows(1))
  await lake.close()
  for (let request = 1; ; request++) {
    const store = await copyStore(first, CELLS)
    const dying = faultyStore(store, [{ request, kind: 'crash-after' }])
    await transact(dying).catch(() => {})
    left.set(await marksOf(store), store)
    if (dying.requests.length < request) break
  }
}, 60_000)

const OPEN = ['lines 1!, orders 1', 'lines 1!, orders 1?']
const DECIDED = 'lines 2, orders 1?'

describe('a process that ends within a transaction', () => {
  it('leaves marks, and commits by the one swap of the first table', () => {
    expect([...left.keys()].sort()).toEqual([
      ...['lines 1!, orders 1', 'lines 1!, orders 1?', 'lines 1, orders 1'],
      ...['lines 2, orders 1?', 'lines 2, orders 2'],
    ])
  })

  it.each(OPEN)('has committed nothing before: %s', async (marks) => {
    const { db } = await open(marks)
    for (const name of TABLES) {
      const table = await db.table(name)
      expect([table.version, await table.count(), await table.verify()]).toEqual([1, 1, []])
    }
  })

  it('has committed all after, also what nobody has applied yet', async () => {
    const { db, store } = await open(DECIDED)
    const orders = await db.table('orders', COLUMNS)
    expect([orders.version, await orders.count(), await orders.verify()]).toEqual([2, 2, []])
    expect(await orders.at({ version: 2 }).toArray()).toEqual(rows(1, 2))
    expect((await orders.history()).map(({ version }) => version)).toEqual([2, 1, 0])
    // Readers change nothing.
    expect(await marksOf(store)).toBe(DECIDED)
  })

  it.each(OPEN)(
    'cannot commit any more once another writes: %s',
    async (marks) => {
      for (const first of TABLES) {
        const { db, lake, store } = await open(marks)
        for (const name of [first, ...TABLES]) await (await db.table(name, COLUMNS)).insert(rows(3))
        expect(await marksOf(store)).not.toMatch(/[!?]/)
        for (const name of TABLES) {
          const table = await db.table(name, COLUMNS)
          expect((await table.toArray()).map(({ id }) => id)).not.toContain(2n)
          expect(await table.verify()).toEqual([])
        }
        await lake.close()
      }
    },
    60_000,
  )

  it('is gone for a writer of the second table who ends it in the first', async () => {
    const { db, store } = await open('lines 1!, orders 1?')
    await (await db.table('orders', COLUMNS)).insert(rows(3))
    expect(await marksOf(store)).toBe('lines 1, orders 2')
  }, 30_000)

  it.each<[string, (db: Database) => Promise<unknown>]>([
    ['insert', async (db) => (await db.table('orders', COLUMNS)).insert(rows(3))],
    ['restore', async (db) => (await db.table('orders')).restore({ version: 1 })],
    ['tag', async (db) => (await db.table('orders')).tag('x', { version: 2 })],
    ['clone', async (db) => (await db.table('orders')).clone('copy')],
    ['vacuum', async (db) => (await db.table('orders')).vacuum({ retain: { versions: 1 } })],
    ['resolve', async (db) => (await db.table('orders')).resolve('0'.repeat(32))],
    ['drop', async (db) => db.dropTable('orders').then(() => db.undropTable('orders'))],
    ['drop of the first', async (db) => db.dropTable('lines').then(() => db.undropTable('lines'))],
  ])('keeps what was decided through: %s', async (word, change) => {
    const { db, lake, store } = await open(DECIDED)
    await change(db)
    await lake.close()
    const later = await connect(await copyStore(store, [...CELLS, `${PATH}/copy/_table/head.json`]))
    const again = await later.database(PATH)
    const orders = await again.table('orders', COLUMNS)
    expect(await orders.at({ version: 2 }).toArray()).toEqual(rows(1, 2))
    expect(await orders.verify()).toEqual([])
    if (word === 'clone') expect(await (await again.table('copy')).count()).toBe(2)
    if (word === 'tag') expect(await orders.at({ tag: 'x' }).count()).toBe(2)
    await (await again.table('orders', COLUMNS)).insert(rows(4))
    expect(await (await again.table('orders')).verify()).toEqual([])
  })

  it('has decided for ever, however much the first table does before the second is looked at', async () => {
    const { db, lake } = await open(DECIDED)
    const lines = await db.table('lines', COLUMNS)
    for (let n = 0; n < 140; n++) await lines.insert(rows(100 + n))
    await lines.vacuum({ retain: { versions: 1 } })
    expect(await (await db.table('orders', COLUMNS)).toArray()).toEqual(rows(1, 2))
    await lake.close()
  }, 60_000)

  it.each([...OPEN, 'lines 1, orders 1'])(
    'leaves nothing that a vacuum does not take: %s',
    async (marks) => {
      const { db, lake, store } = await open(marks)
      for (const name of TABLES) {
        for (const id of [3, 4]) await (await db.table(name, COLUMNS)).insert(rows(id))
        await (await db.table(name)).vacuum({ retain: { versions: 1 } })
      }
      await lake.close()
      const keys: string[] = []
      for await (const { key } of store.list(`${PATH}/`)) keys.push(key)
      for (const name of TABLES) {
        const of = keys.filter((key) => key.startsWith(`${PATH}/${name}/`))
        // Three rows in three partitions, and a record for each of three versions.
        expect(of.filter((key) => key.includes('/partition') && key.includes('/id/'))).toHaveLength(
          3,
        )
        expect(of.filter((key) => key.includes('/log/'))).toHaveLength(3)
      }
    },
    60_000,
  )
})

describe('the mark of a transaction', () => {
  it.each<[string, RegExp, string]>([
    ['a folder outside', /"folder":"acme\/sales\/lines"/, '"folder":"../x/y"'],
    ['another table', /"primary":\{(.*?)"tableId":"[^"]*"/, '"primary":{$1"tableId":"x"'],
    ['a version that does not follow', /"entry":\{"version":2/, '"entry":{"version":7'],
    ['no number', /("prepared":.*?"rows":)\d+/, '$1"x"'],
  ])('is refused when it names %s', async (_, found, wrong) => {
    const { store } = await open(DECIDED)
    const key = `${PATH}/orders/_table/head.json`
    const cell = await store.readCell(key)
    const text = withoutSeal(cell!.body)
    const at = text.indexOf('"pending"')
    const edited = text.slice(0, at) + text.slice(at).replace(found, wrong)
    expect(edited).not.toBe(text)
    await store.swapCell(key, cell!.token, sealed(edited))
    const db = await (await connect(store)).database(PATH)
    await expect(db.table('orders')).rejects.toMatchObject({ code: 'DATA' })
  })

  it('is a feature that readers have to know while it is there', async () => {
    const { store } = await open(DECIDED)
    const features = async (name: string) => {
      const cell = await store.readCell(`${PATH}/${name}/_table/head.json`)
      const head = JSON.parse(Buffer.from(cell!.body).toString())
      return [head.readerFeatures, head.writerFeatures]
    }
    expect(await features('orders')).toEqual([['multiTable'], ['multiTable']])
    expect(await features('lines')).toEqual([[], []])
  })
})
