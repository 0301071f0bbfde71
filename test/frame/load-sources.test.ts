import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableToIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type LoadOptions, t } from '../../src/index.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-sources-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (name: string) => join(folder, name)

async function database() {
  return (await connect('memory:')).database('a/b', { create: true })
}

const SMALL = { id: t.int64(), name: t.utf8().nullable() }
const SMALL_CSV = 'id,name\n1,a\n2,\n'
const SMALL_ROWS = [
  { id: 1n, name: 'a' },
  { id: 2n, name: null },
]
const small = async () => (await database()).createTable('t', SMALL)

const WIDE = {
  i8: t.int8().nullable(),
  u32: t.uint32().nullable(),
  i64: t.int64().nullable(),
  price: t.decimal(12, 2).nullable(),
  huge: t.decimal(38, 10).nullable(),
  f32: t.float32().nullable(),
  f64: t.float64().nullable(),
  yes: t.bool().nullable(),
  text: t.utf8().nullable(),
  raw: t.binary().nullable(),
  day: t.date().nullable(),
  hour: t.time().nullable(),
  ms: t.timestamp().nullable(),
  us: t.timestamp({ unit: 'us' }).nullable(),
  utc: t.timestamp({ unit: 'us', zone: 'UTC' }).nullable(),
}
const WIDE_SQL = `
  select * from (values
    ((-128)::tinyint, 4294967295::uinteger, 9223372036854775807::bigint, 1234567890.12::decimal(12, 2),
     1234567890123456789012345678.0123456789::decimal(38, 10), 1.5::float, 0.1::double, true, 'é"\n,', '\\x00\\xFF'::blob,
     '0001-01-01'::date, '23:59:59.123456'::time, '2026-01-02 03:04:05.678'::timestamp_ms,
     '1969-12-31 23:59:59.999999'::timestamp, '2026-01-02 03:04:05.000001+00'::timestamptz),
    (null, null, -9223372036854775808, -0.01, -0.0000000001, null, null, null, '', null, null, null, null, null, null),
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
  ) v(i8, u32, i64, price, huge, f32, f64, yes, text, raw, day, hour, ms, us, utc)`
const none = Object.fromEntries(Object.keys(WIDE).map((name) => [name, null]))
const WIDE_ROWS = [
  {
    i8: -128,
    u32: 4294967295,
    i64: 9223372036854775807n,
    price: '1234567890.12',
    huge: '1234567890123456789012345678.0123456789',
    f32: 1.5,
    f64: 0.1,
    yes: true,
    text: 'é"\n,',
    raw: Uint8Array.of(0, 255),
    day: '0001-01-01',
    hour: '23:59:59.123456',
    ms: '2026-01-02T03:04:05.678',
    us: '1969-12-31T23:59:59.999999',
    utc: '2026-01-02T03:04:05.000001Z',
  },
  { ...none, i64: -(2n ** 63n), price: '-0.01', huge: '-0.0000000001', text: '' },
  none,
]

async function duckdb(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

describe('Parquet', () => {
  test.each([
    ['snappy', ''],
    ['zstd', ''],
    ['gzip', ''],
    ['uncompressed', ''],
    ['lz4_raw', ''],
    ['brotli', ', parquet_version v2'],
  ])('of %s has every value exactly', async (codec, more) => {
    const file = path(`${codec}.parquet`)
    await duckdb(`copy (${WIDE_SQL}) to '${file}' (format parquet, compression ${codec}${more})`)
    const table = await (await database()).createTable('t', WIDE)
    const result = await table.load(file)
    expect(result.files).toMatchObject([{ status: 'loaded', rows: 3, rejected: 0 }])
    expect(await table.toArray({ temporal: 'iso' })).toEqual(WIDE_ROWS)
    expect((await table.load(file)).files).toMatchObject([{ status: 'alreadyLoaded' }])
    expect(await table.verify()).toEqual([])
  })

  test('of many row groups, from a stream, packed, and as a new table', async () => {
    const file = path('groups.parquet')
    const sql =
      "select i::bigint id, case when i % 3 > 0 then 'name ' || i % 100 end as name from range(150000) r(i)"
    await duckdb(`copy (${sql}) to '${file}' (format parquet, row_group_size 20000)`)
    const table = await small()
    await table.load(Readable.from(chunks(readFileSync(file), 70_000)), { name: 'x.parquet' })
    writeFileSync(path('groups.parquet.gz'), gzipSync(readFileSync(file)))
    await table.load(path('groups.parquet.gz'))
    const [found] = await table
      .agg((o) => ({
        n: o.id.count(),
        sum: o.id.sum(),
        names: o.name.count(),
        distinct: o.name.countDistinct(),
      }))
      .toArray()
    const sum = 150_000n * 149_999n
    expect(found).toEqual({ n: 300_000n, sum, names: 200_000n, distinct: 100n })
    const made = await (await database()).createTableFrom('made', file)
    expect(made.schema.fields.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'int64'],
      ['name', 'utf8'],
    ])
    expect(await made.count()).toBe(150_000)
  })

  test('of 32-bit numbers whose differences take more bits', async () => {
    const file = path('delta.parquet')
    const numbers = [-2147483648, 2147483647, 0, -2147483648, 5, 2147483647]
    const values = numbers.map((n) => `((${n})::integer, (${n} + 2147483648)::uinteger)`).join()
    const sql = `select * from (values ${values}) v(n, u)`
    await duckdb(`copy (${sql}) to '${file}' (format parquet, parquet_version v2)`)
    const columns = { n: t.int32(), u: t.uint32() }
    const table = await (await database()).createTable('t', columns)
    await table.load(file)
    expect(await table.toArray()).toEqual(numbers.map((n) => ({ n, u: n + 2 ** 31 })))
  })

  test.each([
    ['no Parquet', 'x,y\n1,2\n', /no Parquet file/],
    ['cut', null, /no Parquet file/],
  ])('that is %s is refused by its name', async (name, content, message) => {
    const whole = path('whole.parquet')
    await duckdb(`copy (select 1::bigint id, 'a' as name) to '${whole}' (format parquet)`)
    const file = path(`${name}.parquet`)
    writeFileSync(file, content ?? readFileSync(whole).subarray(0, -10))
    const table = await small()
    const error = await table.load(file).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'INVALID', facts: { file } })
    expect(error.message).toMatch(message)
    expect(await table.count()).toBe(0)
  })

  test('with columns that have no counterpart is refused, unless they are left out', async () => {
    const file = path('nested.parquet')
    await duckdb(
      `copy (select 1::bigint id, 'a' as name, [1, 2] tags) to '${file}' (format parquet)`,
    )
    const table = await small()
    await expect(table.load(file)).rejects.toThrow(/column "tags" is a LIST/)
    await table.load(file, { extraColumns: 'ignore' })
    expect(await table.toArray()).toEqual([{ id: 1n, name: 'a' }])
  })

  test('with instants finer than ours is refused by column and row', async () => {
    const file = path('nanos.parquet')
    await duckdb(
      `copy (select '2026-01-01 00:00:00.123456789'::timestamp_ns "at") to '${file}' (format parquet)`,
    )
    const table = await (await database()).createTable('t', { at: t.timestamp({ unit: 'us' }) })
    await expect(table.load(file)).rejects.toMatchObject({
      code: 'INVALID',
      facts: { file, column: 'at', row: 1 },
    })
  })
})

function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('Arrow IPC', () => {
  test.each(['file', 'stream'] as const)('in %s format has every value exactly', async (format) => {
    const lake = await connect('memory:')
    const source = lake.from(WIDE_ROWS as never, WIDE)
    const file = path(`wide-${format}.arrow`)
    writeFileSync(file, tableToIPC(await source.collect(), format))
    const table = await (await database()).createTable('t', WIDE)
    await table.load(file)
    expect(await table.toArray({ temporal: 'iso' })).toEqual(WIDE_ROWS)
    const other = await (await database()).createTable('t', WIDE)
    await other.load(Readable.from(chunks(readFileSync(file), 100)), { format: 'arrow' })
    expect(await other.toArray({ temporal: 'iso' })).toEqual(WIDE_ROWS)
  })

  test('that is none is refused by its name', async () => {
    const file = path('none.arrow')
    writeFileSync(file, 'id,name\n1,a\n')
    await expect((await small()).load(file)).rejects.toMatchObject({
      code: 'INVALID',
      facts: { file },
    })
  })
})

describe('places', () => {
  test('globs with any folders, lists, and file URLs; each file once', async () => {
    mkdirSync(path('deep/er'), { recursive: true })
    writeFileSync(path('deep/one.csv'), 'id,name\n1,a\n')
    writeFileSync(path('deep/er/two.csv'), 'id,name\n2,\n')
    const table = await small()
    const result = await table.load([
      path('deep/**/*.csv'),
      path('deep/one.csv'),
      pathToFileURL(path('deep/er/two.csv')),
    ])
    expect(result.files.map(({ status }) => status)).toEqual(['loaded', 'loaded'])
    expect(await table.sort('id').toArray()).toEqual(SMALL_ROWS)
    await expect(table.load([])).rejects.toMatchObject({ code: 'INVALID' })
    await expect(table.load('ftp://x/y.csv')).rejects.toThrow(/"ftp:\/\/x\/y.csv" is no file/)
  })

  test('rows as they come, those that are wrong told by their number', async () => {
    const table = await small()
    async function* rows() {
      yield { id: 1n, name: 'a' }
      yield { id: 'x', name: 'b' }
      yield { id: 2n }
      yield { id: 3n, nam: 'c' }
      yield 5 as never
    }
    await expect(table.load(rows())).rejects.toMatchObject({
      facts: { file: '(stream)', line: 2, column: 'id', value: 'x' },
    })
    const result = await table.load(Readable.from(rows()), { onError: 'continue' })
    expect(result).toMatchObject({ rows: 2, rowsRejected: 3 })
    expect(result.rejects.map(({ line }) => line)).toEqual([2, 4, 5])
    expect(await table.toArray()).toEqual(SMALL_ROWS)
  })
})

describe('a server', () => {
  async function served<T>(answer: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(answer).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const csv =
    (body: string | Buffer): RequestListener =>
    (request, response) => {
      response.setHeader('content-length', Buffer.byteLength(body))
      response.end(request.method === 'HEAD' ? undefined : body)
    }

  test('gives files, packed or not, under a name without its secrets, once', async () => {
    for (const [name, body] of [
      ['x.csv', SMALL_CSV],
      ['x.csv.gz', gzipSync(SMALL_CSV)],
    ] as const) {
      await served(csv(body as Buffer), async (url) => {
        const table = await small()
        const result = await table.load(`${url}/${name}?key=secret`)
        expect(result.files).toMatchObject([{ file: `${url}/${name}`, status: 'loaded', rows: 2 }])
        expect(await table.toArray()).toEqual(SMALL_ROWS)
        const again = await table.load(new URL(`${url}/other-${name}`))
        expect(again.files).toMatchObject([{ status: 'alreadyLoaded' }])
      })
    }
  })

  test('that does not know HEAD, or tells no length, will do', async () => {
    const answer: RequestListener = (request, response) => {
      response.statusCode = request.method === 'HEAD' ? 405 : 200
      response.write('id,name\n1,a\n')
      response.end('2,\n')
    }
    await served(answer, async (url) => {
      const table = await small()
      await table.load(`${url}/x.csv`)
      const again = await table.load(`${url}/x.csv`)
      expect(again).toMatchObject({ rows: 0, files: [{ status: 'alreadyLoaded' }] })
      expect(await table.toArray()).toEqual(SMALL_ROWS)
    })
  })

  test.each([
    [404, 'NOT_FOUND'],
    [500, 'UNAVAILABLE'],
    [403, 'UNAVAILABLE'],
  ])('that answers %i is %s', async (status, code) => {
    const answer: RequestListener = (_, response) => {
      response.statusCode = status
      response.end()
    }
    await served(answer, async (url) => {
      const table = await small()
      const file = `${url}/x.csv`
      await expect(table.load(`${file}?key=secret`)).rejects.toMatchObject({
        code,
        facts: { file, status },
        message: expect.not.stringContaining('secret'),
      })
    })
  })

  test('that hangs up or says nothing more is UNAVAILABLE, and nothing is loaded', async () => {
    const broken: RequestListener = (request, response) => {
      response.setHeader('content-length', 1000)
      if (request.method === 'HEAD') response.end()
      else response.write(SMALL_CSV, () => setTimeout(() => response.destroy(), 20))
    }
    const silent: RequestListener = (request, response) => {
      response.setHeader('content-length', 1000)
      if (request.method === 'HEAD') response.end()
      else response.write(SMALL_CSV)
    }
    const mute: RequestListener = () => {}
    for (const answer of [broken, silent, mute]) {
      await served(answer, async (url) => {
        const table = await small()
        const how = { timeoutMs: 200, onError: 'skipFile' } as const
        await expect(table.load(`${url}/x.csv`, how)).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          facts: { file: `${url}/x.csv` },
        })
        expect(await table.count()).toBe(0)
      })
    }
  })

  test('is given up when the signal fires', async () => {
    const stop = new AbortController()
    const silent: RequestListener = (request, response) => {
      response.setHeader('content-length', 1000)
      if (request.method === 'HEAD') response.end()
      else response.write(SMALL_CSV, () => stop.abort())
    }
    await served(silent, async (url) => {
      const loading = (await small()).load(`${url}/x.csv`, { signal: stop.signal })
      await expect(loading).rejects.toMatchObject({ code: 'ABORTED' })
    })
  })
})

describe('select', () => {
  const raw = 'key;when;what;extra\n1;02.01.2026; A ;x\n2;03.01.2026;b;y\nz;04.01.2026;c;z\n'
  const columns = { id: t.int64(), day: t.date(), name: t.utf8(), twice: t.int32().nullable() }
  const select: NonNullable<LoadOptions<keyof typeof columns>['select']> = (f) => ({
    id: f.key,
    day: f.when.str.replacePattern('(..)\\.(..)\\.(....)', '$3-$2-$1'),
    name: f.what.str.trim().str.lower(),
    twice: f.key.cast(t.int32()).mul(2),
  })
  const expected = [
    { id: 1n, day: '2026-01-02', name: 'a', twice: 2 },
    { id: 2n, day: '2026-01-03', name: 'b', twice: 4 },
  ]
  const tableOf = async () => (await database()).createTable('t', columns)
  const rowsOf = async (table: Awaited<ReturnType<typeof tableOf>>) =>
    table.toArray({ temporal: 'iso' })

  test('makes the columns of those of a CSV file, and tells wrong rows by their lines', async () => {
    writeFileSync(path('select.csv'), raw)
    const how = { delimiter: ';', select } as const
    const table = await tableOf()
    await expect(table.load(path('select.csv'), how)).rejects.toMatchObject({
      code: 'INVALID',
      facts: { file: path('select.csv'), line: 4, value: 'z' },
    })
    expect(table.version).toBe(0)
    const result = await table.load(path('select.csv'), { ...how, onError: 'continue' })
    expect(result).toMatchObject({ rows: 2, rowsRejected: 1 })
    expect(result.rejects[0]).toMatchObject({ line: 4, value: 'z' })
    expect(await rowsOf(table)).toEqual(expected)
  })

  test('goes by column_1 and so on without a header', async () => {
    writeFileSync(path('bare.csv'), '7,x,2026-01-01\n')
    const table = await tableOf()
    await table.load(path('bare.csv'), {
      header: false,
      select: (f) => ({ id: f.column_1, day: f.column_3, name: f.column_2 }),
    })
    expect(await rowsOf(table)).toEqual([{ id: 7n, day: '2026-01-01', name: 'x', twice: null }])
  })

  test('takes members of JSON lines as text, every digit of them', async () => {
    writeFileSync(
      path('select.ndjson'),
      '{"key":9007199254740993,"when":"02.01.2026","what":"A","more":{"a":1}}\n',
    )
    const table = await tableOf()
    const how: LoadOptions<keyof typeof columns> = {
      select: (f) => ({ ...select(f), twice: f.none.cast(t.int32()) }),
    }
    await table.load(path('select.ndjson'), how)
    expect(await rowsOf(table)).toEqual([
      { id: 9007199254740993n, day: '2026-01-02', name: 'a', twice: null },
    ])
  })

  test('takes columns of Parquet files with their types, and reads no others', async () => {
    const file = path('select.parquet')
    await duckdb(
      `copy (select 5::bigint n, date '2026-02-03' d, [1] l union all select 3000000000, null, null) to '${file}' (format parquet)`,
    )
    const table = await tableOf()
    const how: LoadOptions<keyof typeof columns> = {
      select: (f) => ({ id: f.n, day: f.d, name: f.n.cast(t.utf8()), twice: f.n.cast(t.int32()) }),
    }
    await expect(table.load(file, { select: (f) => ({ id: f.m }) })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(table.load(file, how)).rejects.toMatchObject({ facts: { file, line: 2 } })
    await table.load(file, { ...how, onError: 'continue' })
    expect(await rowsOf(table)).toEqual([{ id: 5n, day: '2026-02-03', name: '5', twice: 5 }])
  })

  test.each([
    [{ select: (f: never) => ({ idd: (f as { key: unknown }).key }) }, /column "idd" not found/],
    [
      {
        select: (f: never) => ({
          id: (f as { kye: unknown }).kye,
          day: (f as { when: unknown }).when,
          name: (f as { what: unknown }).what,
        }),
      },
      /no column "kye"/,
    ],
    [{ select: () => ({ id: 1 }) }, /names no column/],
    [{ select: 'id' }, /has to be a callback/],
  ])('that does not fit is refused: %o', async (options, message) => {
    writeFileSync(path('select.csv'), raw)
    const how = { delimiter: ';', ...options } as unknown as LoadOptions
    await expect((await tableOf()).load(path('select.csv'), how)).rejects.toThrow(message)
  })
})

describe('skipFile', () => {
  const good = 'id,name\n1,a\n2,b\n3,c\n'
  const oneBad = 'id,name\n4,a\nx,b\n6,c\n7,d\n'
  const twoBad = 'id,name\n8,a\nx,b\ny,c\n'
  const broken = 'id,nam\n9,a\n'
  async function loaded(onError: LoadOptions['onError']) {
    const paths = Object.entries({ good, oneBad, twoBad, broken }).map(([name, text]) => {
      writeFileSync(path(`${name}.csv`), text)
      return path(`${name}.csv`)
    })
    const table = await small()
    const result = await table.load(paths, { onError })
    const ids = (await table.select('id').sort('id').toArray()).map(({ id }) => Number(id))
    return { table, result, ids, paths }
  }

  test.each([
    ['skipFile', ['loaded', 'skipped', 'skipped', 'failed'], [1, 2, 3], 2],
    ['skipFile:2', ['loaded', 'loaded', 'skipped', 'failed'], [1, 2, 3, 4, 6, 7], 3],
    ['skipFile:25%', ['loaded', 'loaded', 'skipped', 'failed'], [1, 2, 3, 4, 6, 7], 3],
    ['skipFile:24.9%', ['loaded', 'skipped', 'skipped', 'failed'], [1, 2, 3], 3],
    ['skipFile:100%', ['loaded', 'loaded', 'loaded', 'failed'], [1, 2, 3, 4, 6, 7, 8], 3],
  ] as const)('%s leaves whole files out', async (onError, statuses, expected, rejected) => {
    const { result, ids, table, paths } = await loaded(onError)
    expect(result.files.map(({ status }) => status)).toEqual(statuses)
    expect(ids).toEqual(expected)
    expect(result.rowsRejected).toBe(rejected)
    expect(result.rows).toBe(expected.length)
    expect(result.files[3]!.reason).toMatch(/no column "name"/)
    const again = await table.load(paths, { onError })
    expect(again.rows).toBe(0)
  })

  test('the rows left out are a frame to be asked', async () => {
    const { result } = await loaded('skipFile:2')
    const perFile = await result.rejected
      .groupBy('file')
      .agg((r) => ({ n: r.line.count(), first: r.line.min() }))
      .sort('file')
      .toArray()
    expect(perFile).toEqual([
      { file: path('oneBad.csv'), n: 1n, first: 3n },
      { file: path('twoBad.csv'), n: 2n, first: 3n },
    ])
    const [row] = await result.rejected.filter((r) => r.line.eq(4)).toArray()
    expect(row).toMatchObject({ column: 'id', value: 'y' })
  })

  test('a file too large to be held is read twice, a stream is refused', async () => {
    const line = `${'x'.repeat(1000)}\n`
    const big = path('big.csv')
    writeFileSync(big, `id,name\n${`1,${line}`.repeat(70_000)}zz,${line}`)
    const table = await small()
    const result = await table.load(big, { onError: 'skipFile:2' })
    expect(result).toMatchObject({ rows: 70_000, rowsRejected: 1, files: [{ rejected: 1 }] })
    const stream = Readable.from(chunks(readFileSync(big), 1 << 20))
    await expect(table.load(stream, { onError: 'skipFile' })).rejects.toMatchObject({
      code: 'LIMIT',
    })
  })
})
