import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connect, type DataFrame, type Lake, t } from '../../src/index.ts'
import { localStore } from '../../src/io/local-store.ts'
import { countedStore, type SourceCount } from '../support/counted-store.ts'

const ROWS = 2500
const LIMIT = 15_000

let root: string
let spillFolder: string
let count: SourceCount
let wide: Lake
let small: Lake
let wideRows: DataFrame<any>
let smallRows: DataFrame<any>

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'graupel-test-lake-'))
  spillFolder = mkdtempSync(join(tmpdir(), 'graupel-test-spill-'))
  wide = await connect(root, { cache: false })
  const db = await wide.database('acme/sales', { create: true })
  const table = await db.createTable(
    'rows',
    { id: t.int32(), half: t.int64(), text: t.utf8() },
    { partitionRows: 200 },
  )
  const ids = Array.from({ length: ROWS }, (_, i) => (i * 7919) % ROWS)
  await table.insert({
    id: ids,
    half: ids.map((id) => BigInt(id >> 1)),
    text: ids.map((id) => `text ${id}`),
  })
  wideRows = table
  const counted = countedStore(localStore(root))
  count = counted.count
  small = await connect(counted.store, { memoryLimit: LIMIT, spillFolder, cache: false })
  smallRows = await (await small.database('acme/sales')).table('rows')
})

afterAll(async () => {
  await small.close()
  await wide.close()
  rmSync(root, { recursive: true, force: true })
  rmSync(spillFolder, { recursive: true, force: true })
})

afterEach(() => {
  expect(readdirSync(spillFolder)).toEqual([])
  expect(count.opened - count.closed).toBe(0)
})

/** Queries that hold many times the limit. */
const QUERIES: readonly (readonly [string, (rows: DataFrame<any>) => DataFrame<any>])[] = [
  ['a sort', (rows) => rows.sort('text')],
  ['a sort that a long limit cuts', (rows) => rows.sort('text').limit(1500, 100)],
  [
    'an aggregate',
    (rows) => rows.groupBy('half').agg((r: any) => ({ n: r.id.sum(), last: r.text.max() })),
  ],
  [
    'counts of distinct values and medians',
    (rows) => rows.agg((r: any) => ({ n: r.text.countDistinct(), middle: r.id.median() })),
  ],
  [
    'a join',
    (rows) =>
      rows
        .join(rows.rename({ text: 'other', half: 'third' }), { on: 'id', how: 'full' } as never)
        .select('text', 'other'),
  ],
  [
    'a join, an aggregate and a sort together',
    (rows) =>
      rows
        .join(rows.select('half').distinct(), { on: 'half', suffix: '2' } as never)
        .groupBy('text')
        .agg((r: any) => ({ n: r.id.count() }))
        .sort('text'),
  ],
]

describe('a query that holds many times the memory limit', { timeout: 120_000 }, () => {
  test.each(QUERIES)(
    '%s gives the rows that it gives without one, in their order',
    async (_, of) => {
      const [limited, unlimited] = [await of(smallRows).toArray(), await of(wideRows).toArray()]
      expect(limited.length).toBe(unlimited.length)
      const firstOther = limited.findIndex(
        (row, index) => inspect(row) !== inspect(unlimited[index]!),
      )
      expect(firstOther).toBe(-1)
      expect(await of(smallRows).explain({ analyze: true })).toMatch(/spilled \d+ bytes/)
      expect(await of(wideRows).explain({ analyze: true })).not.toMatch(/spilled/)
    },
  )

  test.each(QUERIES)('%s leaves nothing behind when its reader stops early', async (_, of) => {
    let folders = 0
    for await (const batch of of(smallRows).batches()) {
      expect(batch.numRows).toBeGreaterThan(0)
      folders = Math.max(folders, readdirSync(spillFolder).length)
      break
    }
    expect(folders).toBeGreaterThan(0)
    expect(readdirSync(spillFolder)).toEqual([])
  })

  test.each(QUERIES)('%s leaves nothing behind when it is aborted', async (_, of) => {
    const controller = new AbortController()
    let folders = 0
    const onProgress = () => {
      folders = Math.max(folders, readdirSync(spillFolder).length)
      if (folders > 0) controller.abort()
    }
    const query = of(smallRows).toArray({ signal: controller.signal, onProgress })
    await expect(query).rejects.toMatchObject({ code: 'ABORTED' })
    expect(folders).toBeGreaterThan(0)
    expect(readdirSync(spillFolder)).toEqual([])
  })

  test('leaves nothing behind when it fails', async () => {
    const failing = smallRows
      .sort('text')
      .withColumns((r: any) => ({ bad: r.id.intDiv(r.id.sub(17)) }))
    await expect(failing.toArray()).rejects.toMatchObject({ code: 'INVALID' })
  })
})

test('a load sorted by clusterBy keeps the limit too', async () => {
  const db = await small.database('acme/sales')
  const table = await db.createTable('clustered', { id: t.int32() }, { clusterBy: ['id'] })
  const ids = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5000)
  await table.insert({ id: ids })
  expect((await table.toArray()).map(({ id }) => id)).toEqual(ids.map((_, i) => i))
})

test('a slow reader of batches is not read ahead of', async () => {
  const bytesAt: number[] = []
  const before = count.bytesRead
  for await (const _ of smallRows.batches({ batchSize: 16 })) {
    bytesAt.push(count.bytesRead - before)
    if (bytesAt.length === 3) await new Promise((resolve) => setTimeout(resolve, 30))
    if (bytesAt.length === 10) break
  }
  expect(count.bytesRead - before).toBe(bytesAt[9])
  // Files are read in chunks of 256 KiB; those of the first of 12 partitions are smaller.
  const whole = bytesOf(root)
  expect(bytesAt[9]).toBeLessThan(whole / 8)
})

const inspect = (row: object): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^partition/.test(entry.name))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
