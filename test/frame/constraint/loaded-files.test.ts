import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableToIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type LoadOptions, t } from '../../../src/index.ts'

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-constraint-'))
  await writeSources()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (name: string) => join(folder, name)
const written = (name: string, text: string) => {
  writeFileSync(path(name), text)
  return path(name)
}

const COLUMNS = { id: t.int64(), amount: t.int32().nullable() }

async function items(options = {}) {
  const lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('items', COLUMNS, {
    primaryKey: ['id'],
    checks: { positive: (o) => o.amount.gt(0) },
    ...options,
  })
  await table.insert([{ id: 1n, amount: 1 }])
  return { lake, db, table }
}

type Items = Awaited<ReturnType<typeof items>>['table']
const idsOf = async (table: Items) =>
  (await table.select('id').sort('id').toArray()).map(({ id }) => Number(id))

/** Rows 2 and 4 have a key that is there and one of row 1, row 3 fails the check. */
const ROWS = [
  { id: 2, amount: 2 },
  { id: 1, amount: 3 },
  { id: 3, amount: -1 },
  { id: 2, amount: 4 },
  { id: 4, amount: null },
]
const CSV = ROWS.map(({ id, amount }) => `${id},${amount ?? ''}\n`).join('')
const JSON_LINES = ROWS.map((row) => `${JSON.stringify(row)}\n`).join('')

async function writeSources() {
  written('rows.csv', `id,amount\n${CSV}`)
  written('named.csv', `key,amount\n${CSV}`)
  written('rows.ndjson', JSON_LINES)
  written('named.ndjson', JSON_LINES.replaceAll('id', 'key'))
  const lake = await connect('memory:')
  const arrow = await lake.from(ROWS as never, COLUMNS).collect()
  writeFileSync(path('rows.arrow'), tableToIPC(arrow, 'file'))
  const instance = await DuckDBInstance.create(':memory:')
  const duckdb = await instance.connect()
  const from = `from read_csv('${path('rows.csv')}')`
  await duckdb.run(
    `copy (select id::bigint id, amount::int amount ${from}) to '${path('rows.parquet')}' (format parquet)`,
  )
  duckdb.closeSync()
  instance.closeSync()
}

const byKey = { select: (f: any) => ({ id: f.key, amount: f.amount }) }
const halved = { select: (f: any) => ({ id: f.id, amount: f.amount }) }

/** Sources of `ROWS`, with the line of the first row. */
const SOURCES: Record<string, () => { source: any; options?: LoadOptions; first: number }> = {
  CSV: () => ({ source: path('rows.csv'), first: 2 }),
  'CSV with a select': () => ({ source: path('named.csv'), options: byKey, first: 2 }),
  'JSON lines': () => ({ source: path('rows.ndjson'), first: 1 }),
  'JSON lines with a select': () => ({ source: path('named.ndjson'), options: byKey, first: 1 }),
  Arrow: () => ({ source: path('rows.arrow'), first: 1 }),
  'Arrow with a select': () => ({ source: path('rows.arrow'), options: halved, first: 1 }),
  Parquet: () => ({ source: path('rows.parquet'), first: 1 }),
  'Parquet with a select': () => ({ source: path('rows.parquet'), options: halved, first: 1 }),
  'a stream of rows': () => ({ source: Readable.from(ROWS), first: 1 }),
}

describe('a row that breaks a constraint', () => {
  for (const [name, of] of Object.entries(SOURCES)) {
    test(`ends a load of ${name}, which names its file and line`, async () => {
      const { source, options, first } = of()
      const { table } = await items()
      const file = typeof source === 'string' ? source : '(stream)'
      await expect(table.load(source, options)).rejects.toMatchObject({
        code: 'INVALID',
        facts: { file, line: first + 1, constraint: 'primaryKey', column: 'id', value: '1' },
      })
      expect(await idsOf(table)).toEqual([1])
    })

    test(`is a rejected row of ${name} with onError: continue`, async () => {
      const { source, options, first } = of()
      const { table } = await items()
      const result = await table.load(source, { ...options, onError: 'continue' })
      expect(result.rejects.map(({ line, column }) => [line - first, column])).toEqual([
        [1, 'id'],
        [2, 'amount'],
        [3, 'id'],
      ])
      expect(result).toMatchObject({
        rows: 2,
        rowsRejected: 3,
        files: [{ status: 'loaded', rows: 2, rejected: 3 }],
      })
      expect(await result.rejected.count()).toBe(3)
      expect(await idsOf(table)).toEqual([1, 2, 4])
    })

    test(`counts among the wrong rows that skip a file: ${name}`, async () => {
      const { table } = await items()
      const few = of()
      const skipped = await table.load(few.source, { ...few.options, onError: 'skipFile:3' })
      expect(skipped).toMatchObject({
        rows: 0,
        rowsRejected: 3,
        files: [{ status: 'skipped', rows: 0, rejected: 3 }],
      })
      const more = of()
      const taken = await table.load(more.source, { ...more.options, onError: 'skipFile:60%' })
      expect(taken).toMatchObject({
        rows: 2,
        rowsRejected: 3,
        files: [{ status: 'loaded', rows: 2, rejected: 3 }],
      })
      expect(taken.rejects.map(({ line }) => line - more.first)).toEqual([1, 2, 3])
      expect(await idsOf(table)).toEqual([1, 2, 4])
    })
  }

  test('is told by its line however many rows are looked at with it', async () => {
    const lines = Array.from({ length: 120_000 }, (_, row) => `${row + 2},${row}`)
    const wrong = [3, 41_000, 77_777, 119_998]
    for (const row of wrong) lines[row] = `1,${row}`
    lines[60_000] = '9,x'
    lines[0] = '2,5'
    const big = written('big.csv', `id,amount\n${lines.join('\n')}\n`)
    for (const [onError, rowsMore] of [
      ['continue', 120_000 - 7],
      ['skipFile:8', 120_000 - 7],
      ['skipFile:7', 0],
    ] as const) {
      const { table } = await items()
      const { rejects, rows } = await table.load([path('rows.csv'), big], { onError })
      const told = rejects.filter(({ file }) => file === big).map(({ line }) => line)
      // Of the small file two rows are in, whose keys the first and the third row have.
      const expected = [...wrong, 0, 2, 60_000].map((row) => row + 2).sort((a, b) => a - b)
      expect(told.sort((a, b) => a - b)).toEqual(expected)
      expect(rows).toBe(2 + rowsMore)
    }
  })

  test('is one of its own file, where rows of many are looked at together', async () => {
    const files = [
      written('a.csv', 'id,amount\n2,1\n3,1\n'),
      written('b.csv', 'id,amount\n4,0\n3,1\n5,1\nx,1\n'),
      written('c.csv', 'id,amount\n5,1\n6,1\n'),
    ]
    const { table } = await items()
    const result = await table.load(files, { onError: 'continue' })
    const told = result.rejects.map(({ file, line }) => `${file} ${line}`).sort()
    expect(told).toEqual([`${files[1]} 2`, `${files[1]} 3`, `${files[1]} 5`, `${files[2]} 2`])
    expect(result.files.map(({ rows, rejected }) => [rows, rejected])).toEqual([
      [2, 0],
      [1, 3],
      [1, 1],
    ])
    expect(await idsOf(table)).toEqual([1, 2, 3, 5, 6])
  })
})

describe('a file that is left out', () => {
  test('has no keys: the next may bring them', async () => {
    const files = [
      written('left.csv', 'id,amount\n2,1\n3,1\n4,0\n'),
      written('broken.csv', 'id,amounts\n2,1\n'),
      written('in.csv', 'id,amount\n2,7\n3,8\n'),
      written('late.csv', 'id,amount\n9,1\n3,9\n'),
      written('last.csv', 'id,amount\n9,2\n'),
    ]
    const { table } = await items()
    const result = await table.load(files, { onError: 'skipFile' })
    expect(result.files.map(({ status, rows, rejected }) => [status, rows, rejected])).toEqual([
      ['skipped', 0, 1],
      ['failed', 0, 0],
      ['loaded', 2, 0],
      ['skipped', 0, 1],
      ['loaded', 1, 0],
    ])
    expect(await table.select('amount').sort('amount').toArray()).toEqual(
      [1, 2, 7, 8].map((amount) => ({ amount })),
    )
    // The files left out are not taken for loaded.
    const again = await table.load(files, { onError: 'skipFile' })
    expect(again.files.map(({ status }) => status)).toEqual([
      ...['skipped', 'failed', 'alreadyLoaded', 'skipped', 'alreadyLoaded'],
    ])
  })

  test('may bring its keys itself, when it is read again for its size', async () => {
    const rows = 70_000
    const text = 'x'.repeat(1000)
    const lines = Array.from({ length: rows }, (_, row) => `${row + 2},${text}\n`)
    lines[500] = `7,${text}\n`
    const big = written('large.csv', `id,name\n${lines.join('')}`)
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const columns = { id: t.int64(), name: t.utf8() }
    const table = await db.createTable('items', columns, { primaryKey: ['id'] })
    const result = await table.load(big, { onError: 'skipFile:2' })
    expect(result).toMatchObject({ rows: rows - 1, rowsRejected: 1 })
    expect(result.rejects).toMatchObject([{ line: 502, column: 'id', value: '7' }])
    expect(result.files).toMatchObject([{ status: 'loaded', rows: rows - 1, rejected: 1 }])
    expect(await table.count()).toBe(rows - 1)
  })

  test('costs identities, and gives none twice', async () => {
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const columns = { no: t.int64().identity(), amount: t.int32() }
    const table = await db.createTable('items', columns, {
      primaryKey: ['no'],
      checks: { positive: (o) => o.amount.gt(0) },
    })
    const files = ['1\n2\n', '3\n0\n', '4\n5\n'].map((text, at) =>
      written(`identities-${at}.csv`, `amount\n${text}`),
    )
    const { rows, rejects } = await table.load(files, { onError: 'skipFile' })
    expect(rows).toBe(4)
    expect(rejects).toMatchObject([{ file: files[1], line: 3, column: 'amount', value: '0' }])
    const loaded = await table.sort('no').toArray()
    expect(loaded.map(({ amount }) => amount)).toEqual([1, 2, 4, 5])
    expect(new Set(loaded.map(({ no }) => no)).size).toBe(4)
  })
})

describe('other ways to load', () => {
  test('a trial tells the rows that break a constraint, and loads nothing', async () => {
    const { table } = await items()
    const { version } = table
    for (const [onError, rows] of [
      [undefined, 2],
      ['continue', 2],
      ['skipFile', 0],
    ] as const) {
      const result = await table.load(path('rows.csv'), { validate: true, onError })
      expect(result).toMatchObject({ version, rows, rowsRejected: onError === 'skipFile' ? 1 : 3 })
    }
    const strict = table.load(path('rows.csv'), { validate: true, onError: 'abort' })
    await expect(strict).rejects.toMatchObject({ facts: { line: 3, constraint: 'primaryKey' } })
    expect(await idsOf(table)).toEqual([1])
  })

  test('loads of a transaction meet each other, each with the lines of its own file', async () => {
    const { lake, table } = await items()
    const first = written('tx-1.csv', 'id,amount\n2,1\n3,0\n')
    const second = written('tx-2.csv', 'id,amount\n5,1\n6,1\n2,1\n')
    const third = written('tx-3.csv', 'id,amount\n7,1\n5,1\n')
    const fourth = written('tx-4.csv', 'id,amount\n7,2\n')
    const told = await lake.transaction(async (tx) => {
      const staged = await tx.table('a/b', 'items')
      const results = []
      for (const file of [first, second]) {
        results.push(await staged.load(file, { onError: 'continue' }))
      }
      results.push(await staged.load([third, fourth], { onError: 'skipFile' }))
      return results.flatMap(({ rejects }) => rejects.map(({ file, line }) => [file, line]))
    })
    expect(told).toEqual([
      [first, 3],
      [second, 4],
      [third, 3],
    ])
    const db = await lake.database('a/b')
    expect(await idsOf((await db.table('items')) as unknown as Items)).toEqual([1, 2, 5, 6, 7])
    expect(await table.verify()).toEqual([])
  })

  test('of loads at once that bring a key, one is refused', async () => {
    const { db } = await items()
    const handles = await Promise.all([0, 1].map(() => db.table('items')))
    const files = handles.map((_, at) => written(`at-once-${at}.csv`, `id,amount\n8,${at + 1}\n`))
    const outcomes = await Promise.allSettled(handles.map((of, at) => of.load(files[at]!)))
    const codes = outcomes.map((of) => (of.status === 'fulfilled' ? 'done' : of.reason.code))
    expect(codes.filter((code) => code === 'done')).toHaveLength(1)
    expect(codes.filter((code) => code === 'CONFLICT' || code === 'INVALID')).toHaveLength(1)
    expect(await (await db.table('items')).count()).toBe(2)
  })
})
