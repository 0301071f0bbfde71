import { PutObjectCommand } from '@aws-sdk/client-s3'
import { connect, type Database, fn, GraupelError, type Lake, t } from 'graupel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clickhouse } from '../../src/remote/index.ts'
import { Prng } from '../support/prng.ts'
import { seed } from '../support/random.ts'
import { WORDS } from '../support/random-table.ts'
import { type RemotePlace, startRemotePlace } from './remote-place.ts'

let place: RemotePlace
let lake: Lake
let db: Database

beforeAll(async () => {
  place = await startRemotePlace()
  lake = await connect(`s3://${place.bucket.name}/exact`, place.bucket.options)
  db = await lake.database('a/b', { create: true })
})

afterAll(async () => {
  await lake?.close()
  await place?.stop()
})

test('values of every type that it takes come back as they went in, nulls among them', async () => {
  const table = await db.createTable('__proto__', {
    'a "name", of {three}\nlines': t.int64().nullable(),
    wide: t.decimal(38, 10).nullable(),
    float: t.float64().nullable(),
    small: t.int8().nullable(),
    unsigned: t.uint32().nullable(),
    text: t.utf8().nullable(),
    yes: t.bool().nullable(),
    day: t.date().nullable(),
    at: t.timestamp({ unit: 'us' }).nullable(),
    zoned: t.timestamp({ zone: 'UTC' }).nullable(),
    held: t.json().nullable(),
  } as never)
  const name = 'a "name", of {three}\nlines'
  const rows = [
    {
      [name]: 2n ** 63n - 1n,
      wide: '9999999999999999999999999999.9999999999',
      float: -0,
      text: '\\N',
    },
    {
      [name]: -(2n ** 63n),
      wide: '-0.0000000001',
      float: 5e-324,
      text: '',
      small: -128,
      yes: false,
    },
    {
      float: Number.NaN,
      text: '"q", \n\r\n é 😀',
      unsigned: 4294967295,
      yes: true,
      day: '1900-01-01',
    },
    { float: 0.1, day: '2299-12-31', at: '2299-12-31T23:59:59.999999', held: '{"a": [1, "\\""]}' },
    { at: '1900-01-01T00:00:00.000001', zoned: '2024-02-29T12:34:56.789Z', text: ' pad ' },
    {},
  ]
  await table.insert(rows as never)
  await table.insert(rows.slice(0, 1) as never)
  const there = await (table as any).toArray({ engine: place.engine, temporal: 'iso' })
  const here = await (table as any).toArray({ temporal: 'iso' })
  const key = (row: unknown) =>
    JSON.stringify(row, (_, of) => (typeof of === 'bigint' ? `${of}n` : of))
  const sorted = (list: unknown[]) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  expect(sorted(there)).toEqual(sorted(here))
  expect(there).toHaveLength(7)
})

test('functions of text, numbers and days answer there as here', async () => {
  const prng = new Prng(seed)
  const character = () => {
    const from = prng.pick([0x20, 0x20, 0x80, 0x370, 0x1e00, 0x2000, 0x10400])
    return String.fromCodePoint(from + prng.int(0, 0x5f))
  }
  const texts = ['', 'ΑΣ ΑΣΑ', 'İstraße ﬁ', '\u00a0\ufeff a\v\u3000', 'aaa', 'a\\z$1', ...WORDS]
  const day = () => prng.int(-25_567, 120_529)
  const rows = Array.from({ length: 400 }, (_, at) => ({
    id: at,
    text: texts[at] ?? Array.from({ length: prng.int(0, 9) }, character).join(''),
    day: new Date((at === 0 ? -25_567 : at === 1 ? 120_529 : day()) * 86_400_000)
      .toISOString()
      .slice(0, 10),
    at: new Date(day() * 86_400_000 + prng.int(0, 86_399_999)),
    a: prng.int(-1000, 1000),
    b: prng.pick([-7, -3, -1, 1, 2, 9]),
  }))
  const table = await db.createTable('functions', {
    id: t.int32(),
    text: t.utf8(),
    day: t.date(),
    at: t.timestamp(),
    a: t.int32(),
    b: t.int32(),
  })
  await table.insert(rows as never)
  const units = ['year', 'quarter', 'month', 'week', 'day'] as const
  const clocks = ['hour', 'minute', 'second'] as const
  const parts = ['year', 'quarter', 'month', 'day', 'dayOfWeek', 'dayOfYear'] as const
  const frame = (table as any)
    .select((o: any) => ({
      id: o.id,
      lower: o.text.str.lower(),
      upper: o.text.str.upper(),
      trim: o.text.str.trim(),
      left: o.text.str.trimStart(),
      right: o.text.str.trimEnd(),
      replaced: o.text.str.replace('a', '\\0$1oo'),
      sliced: o.text.str.slice(1, 3),
      length: o.text.str.length(),
      quotient: o.a.intDiv(o.b),
      rest: o.a.mod(o.b),
      size: o.a.abs(),
      ...Object.fromEntries(units.map((unit) => [`day ${unit}`, o.day.dt.truncate(unit)])),
      ...Object.fromEntries(units.map((unit) => [`at ${unit}`, o.at.dt.truncate(unit)])),
      ...Object.fromEntries(parts.map((part) => [`day's ${part}`, o.day.dt[part]()])),
      ...Object.fromEntries([...parts, ...clocks].map((part) => [`at's ${part}`, o.at.dt[part]()])),
    }))
    .sort('id')
  const here = await frame.toArray()
  expect(await frame.toArray({ engine: place.engine })).toEqual(here)
})

test('overflow and a zero divisor are INVALID there as they are here', async () => {
  const table = await db.createTable('edges', { a: t.int64(), b: t.decimal(38, 0) })
  await table.insert([
    { a: 2n ** 63n - 1n, b: '9'.repeat(38) },
    { a: 2n, b: '0' },
  ])
  const frames = [
    table.select((o) => ({ x: o.a.add(1) })),
    table.select((o) => ({ x: o.a.mul(o.a) })),
    table.select((o) => ({ x: o.b.add(o.b) })),
    table.select((o) => ({ x: o.a.div(o.b) })),
    table.agg((o) => ({ x: o.a.mul(1).sum() })).select('x'),
  ]
  for (const frame of frames) {
    for (const options of [{}, { engine: place.engine }]) {
      await expect(frame.toArray(options)).rejects.toMatchObject({ code: 'INVALID' })
    }
  }
})

test('a file that is not what its metadata says is DATA, and no row comes of it', async () => {
  const table = await db.createTable('damaged', { a: t.int64(), b: t.utf8() })
  await table.insert([
    { a: 1n, b: 'x' },
    { a: 2n, b: 'y' },
  ])
  expect(await table.toArray({ engine: place.engine })).toHaveLength(2)
  const Key = 'exact/a/b/damaged/b/partition1.csv'
  for (const Body of ['b\nx\nz\n', 'b\nx\n']) {
    const change = new PutObjectCommand({ Bucket: place.bucket.name, Key, Body })
    await place.bucket.client.send(change)
    await expect(table.toArray({ engine: place.engine })).rejects.toMatchObject({ code: 'DATA' })
  }
})

test('a file that is gone is an error, and not fewer rows', async () => {
  const table = await db.createTable('gone', { a: t.int64() })
  for (const a of [1n, 2n, 3n]) await table.insert([{ a }])
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
  const Key = 'exact/a/b/gone/a/partition2.csv'
  await place.bucket.client.send(new DeleteObjectCommand({ Bucket: place.bucket.name, Key }))
  await expect(table.toArray({ engine: place.engine })).rejects.toBeInstanceOf(GraupelError)
})

test('pruned partitions are not read there, and one that is left stands without braces', async () => {
  const table = await db.createTable('pruned', { a: t.int64(), b: t.utf8() })
  for (const a of [1n, 10n, 20n]) await table.insert([{ a, b: `row ${a}` }])
  const frame = table.filter((o) => o.a.gt(15)).select('b')
  const sent = await frame.explain({ engine: place.engine })
  expect(sent).not.toContain('partition1.csv')
  expect(sent).not.toContain('{a/b/pruned/b/partition3.csv}')
  expect(await frame.toArray({ engine: place.engine })).toEqual([{ b: 'row 20' }])
})

test('columns that were renamed, widened or added with a default, and rows of the metadata', async () => {
  await using own = await connect(`s3://${place.bucket.name}/changed`, {
    ...place.bucket.options,
    smallWrites: 'records',
  })
  const changed = await own.database('a/b', { create: true })
  const table = await changed.createTable('t', { a: t.int32(), b: t.utf8().nullable() })
  await table.insert([
    { a: 1, b: 'x' },
    { a: 2, b: '"q",\n' },
  ])
  await table.optimize()
  const renamed = await (table as any).renameColumns({ a: 'b', b: "it's a" })
  const wider = await renamed.widenColumns({ b: t.int64() })
  const more = await wider.addColumns({
    text: t.utf8().default('say "\\N"\n'),
    cost: t.decimal(12, 2).default('-0.50'),
    day: t.date().default('1999-12-31'),
    at: t.timestamp({ unit: 'us' }).default('1999-12-31T23:59:59.999999'),
    float: t.float64().default(-0.1),
    yes: t.bool().default(true),
    none: t.int8().nullable(),
  })
  await more.insert([{ b: 2n ** 40n, "it's a": null, text: 'own', none: -1 }])
  await more.insert([{ b: 3n, "it's a": '' }])
  const options = { temporal: 'iso' }
  const here = await more.sort('b').toArray(options)
  expect(here).toHaveLength(4)
  for (const engine of [place.engine, place.single]) {
    expect(await more.sort('b').toArray({ ...options, engine })).toEqual(here)
    const some = more.filter((o: any) => o.text.eq('say "\\N"\n').and(o.b.gt(1n)))
    expect(await some.sort('b').toArray({ ...options, engine })).toEqual(
      await some.sort('b').toArray(options),
    )
  }
})

test('what it cannot run is INVALID with the node, or runs here when that is asked for', async () => {
  const table = await db.createTable('odd', { a: t.int64(), b: t.utf8() })
  await table.insert([
    { a: 1n, b: 'x' },
    { a: 2n, b: 'y' },
  ])
  const frame = table.select((o) => ({ b: o.b.str.reverse() }))
  const error = await frame.toArray({ engine: place.engine }).catch((caught) => caught)
  expect(error).toMatchObject({ code: 'INVALID', facts: { node: 'reverse' } })
  const engine = clickhouse({ url: 'http://127.0.0.1:1', otherwise: 'local' })
  expect(await frame.toArray({ engine })).toEqual([{ b: 'x' }, { b: 'y' }])
  const there = table.agg(() => ({ n: fn.count() })).filter((o) => o.n.gt(0))
  expect(await there.toArray({ engine: place.engine })).toEqual([{ n: 2n }])
})

test('a server that does not answer is UNAVAILABLE, and no secret is told', async () => {
  const table = await db.createTable('lost', { a: t.int64() })
  await table.insert([{ a: 1n }])
  const s3Credentials = { accessKeyId: 'who', secretAccessKey: 'hush-hush' }
  const down = clickhouse({ url: 'http://127.0.0.1:1', s3Credentials })
  await expect(table.toArray({ engine: down })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await table.explain({ engine: down })).not.toContain('hush-hush')
  const refused = clickhouse({ url: place.nodes[0]!.url, s3Credentials })
  const error = await table.toArray({ engine: refused }).catch((caught) => caught)
  expect(error).toBeInstanceOf(GraupelError)
  expect(`${error.message} ${error.cause?.message}`).not.toContain('hush-hush')
})
