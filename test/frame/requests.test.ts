import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, fn, t } from '../../src/index.ts'
import { localStore } from '../../src/io/local-store.ts'
import { loggedStore } from '../support/logged-store.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'graupel-requests-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** The data files that a log says were asked for: `column/partitionN.csv`, sorted, each once. */
const dataFiles = (log: readonly { key: string }[]) =>
  [...new Set(log.map(({ key }) => key).filter((key) => /\/partition\d+\.csv$/.test(key)))]
    .map((key) => key.split('/').slice(-2).join('/'))
    .sort()

describe('requests that reach the store', () => {
  test('a filter on a clustered column asks only for the partitions that hold its values', async () => {
    const { store, log } = loggedStore(localStore(root))
    await using lake = await connect(store)
    const db = await lake.database('test/requests', { create: true })
    const events = await db.createTable(
      'events',
      { day: t.date(), user: t.int32(), amount: t.decimal(9, 2) },
      { clusterBy: ['day'], partitionRows: 100 },
    )
    const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10)
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      day: day((i * 37) % 100),
      user: i,
      amount: `${i}.25`,
    }))
    const { partitions } = await events.insert(rows)
    expect(partitions).toBe(10)
    log.length = 0
    const wanted = rows.filter((row) => row.day === day(42))
    const found = await events
      .filter((e) => e.day.eq(day(42)))
      .select('user')
      .toArray()
    expect(found.map(({ user }) => user).sort()).toEqual(wanted.map(({ user }) => user).sort())
    expect(dataFiles(log)).toEqual(['day/partition5.csv', 'user/partition5.csv'])
  })

  test('a projection of 2 of 20 columns opens files in 2 column folders only', async () => {
    const { store, log } = loggedStore(localStore(root))
    const names = Array.from({ length: 20 }, (_, i) => `c${i}`)
    {
      await using lake = await connect(store)
      const db = await lake.database('test/requests', { create: true })
      const columns = Object.fromEntries(names.map((name) => [name, t.int32()]))
      const wide = await db.createTable('wide', columns)
      await wide.insert(Object.fromEntries(names.map((name, i) => [name, [i, i + 1, i + 2]])))
    } // closing waits for the checkpoint, which writes to every column folder
    log.length = 0
    await using lake = await connect(store)
    const rows = await (await (await lake.database('test/requests')).table('wide'))
      .select('c3', 'c17')
      .toArray()
    expect(rows).toEqual([
      { c3: 3, c17: 17 },
      { c3: 4, c17: 18 },
      { c3: 5, c17: 19 },
    ])
    expect(dataFiles(log)).toEqual(['c17/partition1.csv', 'c3/partition1.csv'])
    const folders = new Set(
      log.map(({ key }) => key.split('/')[3]).filter((f) => /^c\d+$/.test(f ?? '')),
    )
    expect([...folders].sort()).toEqual(['c17', 'c3'])
  })

  test('a count, and exact extremes and sums, open no data file', async () => {
    const { store, log } = loggedStore(localStore(root))
    await using lake = await connect(store)
    const db = await lake.database('test/requests', { create: true })
    const table = await db.createTable('numbers', { n: t.int64().nullable() })
    await table.insert([{ n: 5n }, { n: null }, { n: -7n }])
    log.length = 0
    expect(await table.count()).toBe(3)
    const answer = await table
      .agg((r) => ({
        all: fn.count(),
        some: r.n.count(),
        least: r.n.min(),
        most: r.n.max(),
        sum: r.n.sum(),
      }))
      .first()
    expect(answer).toEqual({ all: 3n, some: 2n, least: -7n, most: 5n, sum: -2n })
    expect(dataFiles(log)).toEqual([])
  })
})

describe('the files on disk', () => {
  test('pasted side by side they are a valid CSV of the partition', async () => {
    await using lake = await connect(root)
    const db = await lake.database('acme/sales', { create: true })
    // Compression is for buckets: in a folder, files are what everybody can read.
    const table = await db.createTable(
      'Orders',
      {
        id: t.int64(),
        customer: t.utf8().nullable(),
        note: t.utf8(),
        amount: t.decimal(12, 2),
      },
      { compression: 'gzip' },
    )
    await table.insert([
      { id: 1n, customer: 'Ada, Countess', note: 'she said "hi"', amount: '19.90' },
      { id: 2n, customer: null, note: '', amount: '-0.05' },
      { id: 3n, customer: '\\N', note: ' padded ', amount: '1000000.00' },
    ])
    const folder = join(root, 'acme/sales/Orders')
    const columns = readdirSync(folder)
      .filter((name) => !name.startsWith('_'))
      .sort()
    expect(columns).toEqual(['amount', 'customer', 'id', 'note'])
    for (const column of columns) {
      expect(readdirSync(join(folder, column)).sort()).toEqual(['metadata.csv', 'partition1.csv'])
    }
    const pasted = execFileSync('paste', ['-d,', ...columns.map((c) => `${c}/partition1.csv`)], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(parse(pasted)).toEqual([
      ['amount', 'customer', 'id', 'note'],
      ['19.90', 'Ada, Countess', '1', 'she said "hi"'],
      ['-0.05', '\\N', '2', ''],
      ['1000000.00', '\\N', '3', ' padded '],
    ])
    expect(readFileSync(join(folder, 'customer/partition1.csv'), 'utf8')).toBe(
      'customer\n"Ada, Countess"\n\\N\n"\\N"\n',
    )
  })
})
