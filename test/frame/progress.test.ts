import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connect,
  type Database,
  type Lake,
  type OnProgress,
  type Progress,
  type ProgressEvent,
  t,
} from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'graupel-progress-'))
const csv = join(folder, 'rows.csv')
const ROWS = 4000

let lake: Lake
let db: Database
beforeAll(async () => {
  lake = await connect(join(folder, 'lake'), { cache: false, threads: 1 })
  db = await lake.database('acme/sales', { create: true })
  const lines = Array.from({ length: ROWS }, (_, i) => `${i},name ${i % 7}`)
  writeFileSync(csv, `id,name\n${lines.join('\n')}\n`)
})
afterAll(async () => {
  await lake.close()
  rmSync(folder, { recursive: true, force: true })
})

const COLUMNS = { id: t.int64(), name: t.utf8() }

/** A table of 4 partitions with all rows. */
async function filled(name: string) {
  const table = await db.createTable(name, COLUMNS, { partitionRows: ROWS / 4 })
  await table.load(csv)
  return table
}

type Run = (onProgress: OnProgress) => Promise<unknown>

/** Each action that may take long: what it needs is made first, so that only it is heard. */
const ACTIONS: Record<string, (name: string) => Promise<Run>> = {
  async collect(name) {
    const table = await filled(name)
    return (onProgress) => table.collect({ onProgress })
  },
  async toCSV(name) {
    const table = await filled(name)
    return (onProgress) => table.toCSV(join(folder, `${name}.csv`), { onProgress })
  },
  async unload(name) {
    const table = await filled(name)
    return (onProgress) => table.unload(join(folder, name), { fileRows: 1000, onProgress })
  },
  async write(name) {
    const table = await filled(name)
    return (onProgress) => table.write(`${name} copy`, { onProgress })
  },
  async load(name) {
    const table = await db.createTable(name, COLUMNS)
    return (onProgress) => table.load(csv, { onProgress })
  },
  async createTableFrom(name) {
    return (onProgress) => db.createTableFrom(name, csv, { onProgress })
  },
  async insert(name) {
    const table = await db.createTable(name, COLUMNS)
    const rows = Array.from({ length: ROWS }, (_, id) => ({ id, name: 'x' }))
    return (onProgress) => table.insert(rows, { onProgress })
  },
  async update(name) {
    const table = await filled(name)
    return (onProgress) =>
      table.update({ set: { name: 'y' }, where: (o) => o.name.eq('name 3') }, { onProgress })
  },
  async merge(name) {
    const [table, source] = [await filled(name), await filled(`${name} source`)]
    return (onProgress) =>
      table.merge(source, { on: 'id', whenMatched: { set: 'all' } }, { onProgress })
  },
  async optimize(name) {
    const table = await db.createTable(name, COLUMNS)
    for (const id of [1, 2, 3]) await table.insert([{ id, name: 'x' }])
    return (onProgress) => table.optimize({ onProgress })
  },
  async verify(name) {
    const table = await filled(name)
    return (onProgress) => table.verify({ onProgress })
  },
  async vacuum(name) {
    const table = await filled(name)
    await table.truncate()
    return (onProgress) => table.vacuum({ retain: { versions: 1 }, onProgress })
  },
}

test.each(Object.entries(ACTIONS))(
  '%s tells how far it is, and once, last of all, that it is done',
  async (name, make) => {
    const told: Progress[] = []
    const run = await make(name)
    await run((progress) => told.push(progress))
    expect(told.length).toBeGreaterThan(1)
    expect(told.filter(({ phase }) => phase === 'done')).toEqual([told.at(-1)])
    for (const {
      bytes,
      totalBytes = bytes,
      partitions = 0,
      totalPartitions = partitions,
    } of told) {
      expect(bytes).toBeLessThanOrEqual(totalBytes)
      expect(partitions).toBeLessThanOrEqual(totalPartitions)
    }
    expect(told.at(-1)!.rows + told.at(-1)!.bytes).toBeGreaterThan(0)
  },
)

test('a query knows beforehand how many partitions and bytes it reads, those pruned left out', async () => {
  const table = await filled('pruned')
  const told: Progress[] = []
  const onProgress = (progress: Progress) => told.push(progress)
  await table
    .filter((o) => o.id.lt(ROWS / 2))
    .select('id')
    .toArray({ onProgress })
  expect(told.at(-1)).toMatchObject({ phase: 'done', partitions: 2, totalPartitions: 2 })
  expect(told.at(-1)!.bytes).toBe(told.at(-1)!.totalBytes)
})

test('on several threads every partition is counted once', async () => {
  const threaded = await connect(lake.url, { cache: false, threads: 2 })
  const table = await (await threaded.database('acme/sales')).table('pruned')
  const told: Progress[] = []
  await table.toArray({ onProgress: (progress) => told.push(progress) })
  expect(told.at(-1)).toMatchObject({ rows: ROWS, partitions: 4, totalPartitions: 4 })
  await threaded.close()
})

test('the channel graupel:progress hears of actions that nobody listens to otherwise', async () => {
  const table = await filled('heard')
  const heard: ProgressEvent[] = []
  const listen = (event: unknown) => heard.push(event as ProgressEvent)
  subscribe('graupel:progress', listen)
  try {
    await table.agg((o) => ({ ids: o.id.countDistinct() })).toArray()
    await table.verify()
  } finally {
    unsubscribe('graupel:progress', listen)
  }
  expect([...new Set(heard.map(({ action }) => action))]).toEqual(['query', 'verify'])
  const before = heard.length
  await table.verify()
  expect(heard).toHaveLength(before)
})
