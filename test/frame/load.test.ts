import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type LoadOptions, t } from '../../src/index.ts'
import { runs } from '../support/random.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-load-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (name: string) => join(folder, name)

function fileOf(name: string, content: string | Uint8Array): string {
  writeFileSync(path(name), content)
  return path(name)
}

const COLUMNS = {
  id: t.int64(),
  amount: t.decimal(30, 2).nullable(),
  text: t.utf8().nullable(),
  extra: t.json().nullable(),
  day: t.date().nullable(),
  weight: t.float64().nullable(),
  bytes: t.binary().nullable(),
  paid: t.bool().nullable(),
}

async function tableOf<C extends typeof COLUMNS>(columns: C = COLUMNS as C) {
  const lake = await connect('memory:')
  return (await lake.database('a/b', { create: true })).createTable('t', columns)
}

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const NO_VALUES = {
  amount: null,
  text: null,
  extra: null,
  day: null,
  weight: null,
  bytes: null,
  paid: null,
}

describe('JSON lines', () => {
  test('every type is exact: long numbers, decimals, the text of JSON', async () => {
    const table = await tableOf()
    const lines = [
      '{"id":9223372036854775807,"amount":1234567890123456789012345678.90,"extra":{"n": 12345678901234567890}}',
      '',
      '{"text":"a\\nb","id":-1,"day":"2026-02-28","weight":1e-7,"bytes":"00ff","paid":false,"extra":"x"}\r',
      '{"id":2,"amount":"0.50","weight":"NaN","extra":null,"text":null}',
    ]
    const result = await table.load(fileOf('types.ndjson', `\ufeff${lines.join('\n')}`))
    expect(result).toMatchObject({ rows: 3, rowsRejected: 0, rejects: [], version: 1 })
    const rows = await table.toArray({ temporal: 'iso' })
    expect(rows).toEqual([
      {
        ...NO_VALUES,
        id: 9223372036854775807n,
        amount: '1234567890123456789012345678.90',
        extra: { n: 12345678901234567000 },
      },
      {
        ...NO_VALUES,
        id: -1n,
        text: 'a\nb',
        day: '2026-02-28',
        weight: 1e-7,
        bytes: Uint8Array.of(0, 255),
        paid: false,
        extra: 'x',
      },
      { ...NO_VALUES, id: 2n, amount: '0.50', weight: Number.NaN },
    ])
    const stored = await table.select((r) => ({ text: r.extra.cast(t.utf8()) })).toArray()
    expect(stored[0]).toEqual({ text: '{"n": 12345678901234567890}' })
  })

  test('rows come back as they were written, in chunks of any size and packed anyhow', async () => {
    const row = fc.record({
      id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      text: fc.option(fc.string({ unit: 'grapheme' })),
      weight: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      paid: fc.option(fc.boolean()),
    })
    const pack = fc.constantFrom('none' as const, 'gzip' as const, 'brotli' as const)
    await fc.assert(
      fc.asyncProperty(
        fc.array(row),
        pack,
        fc.integer({ min: 1, max: 99 }),
        async (rows, by, size) => {
          const lines = rows.map(
            ({ id, ...rest }) => `{"id":${id},${JSON.stringify(rest).slice(1)}\n`,
          )
          const plain = Buffer.from(lines.join(''))
          const bytes =
            by === 'gzip' ? gzipSync(plain) : by === 'brotli' ? brotliCompressSync(plain) : plain
          const table = await tableOf()
          await table.load(chunks(bytes, size), { format: 'ndjson', compression: by })
          const expected = rows.map((of) => {
            // JSON has one zero.
            return { ...NO_VALUES, ...of, weight: of.weight === null ? null : of.weight + 0 }
          })
          expect(await table.toArray()).toEqual(expected)
        },
      ),
      { numRuns: runs(40) },
    )
  })

  test.each([
    ['no JSON', '{"id":1', { line: 2, column: null, value: '{"id":1' }],
    ['no object', '[1]', { line: 2, column: null, value: '[1]' }],
    [
      'a value of another type',
      '{"id":1,"day":"later"}',
      { line: 2, column: 'day', value: 'later' },
    ],
    ['digits too many', '{"id":1,"amount":1.005}', { line: 2, column: 'amount', value: '1.005' }],
    ['a null', '{"text":"x"}', { line: 2, column: 'id', value: null }],
    ['an unknown column', '{"id":1,"txt":"x"}', { line: 2, column: 'txt' }],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), { line: 2, column: null }],
  ])(
    '%s is refused by file, line, column and value, and left out when told',
    async (name, bad, facts) => {
      const table = await tableOf()
      const good = (id: number) => Buffer.from(`{"id":${id}}\n`)
      const source = fileOf(
        `bad ${name}.jsonl`,
        Buffer.concat([good(1), Buffer.from(bad), Buffer.from('\n'), good(2)]),
      )
      const { column, ...rest } = facts
      const named = column === null ? rest : { ...rest, column }
      await expect(table.load(source)).rejects.toMatchObject({
        code: 'INVALID',
        facts: { file: source, ...named },
      })
      expect(table.version).toBe(0)
      const result = await table.load(source, { onError: 'continue' })
      expect(result).toMatchObject({ rows: 2, rowsRejected: 1 })
      expect(result.rejects[0]).toMatchObject({ file: source, ...facts })
      expect(result.rejects[0]!.reason).toContain(`"${source}", line 2: `)
      expect((await table.select('id').toArray()).map(({ id }) => id)).toEqual([1n, 2n])
    },
  )
})

describe('packed files', () => {
  const csv = `id,text\n${Array.from({ length: 5000 }, (_, id) => `${id},row ${id}`).join('\n')}\n`
  const columns = { id: t.int32(), text: t.utf8() }

  test.each([
    ['packed.csv.gz', gzipSync(csv)],
    ['packed.csv.br', brotliCompressSync(csv)],
    ['parts.csv.gz', Buffer.concat([gzipSync(csv.slice(0, 100)), gzipSync(csv.slice(100))])],
  ])('%s is unpacked as it is read, and its columns are found', async (name, bytes) => {
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTableFrom('t', fileOf(name, bytes))
    expect(await table.count()).toBe(5000)
    const other = await db.createTable('other', columns)
    expect(await other.load(path(name))).toMatchObject({ rows: 5000 })
    expect((await other.filter((r) => r.id.eq(4321)).toArray())[0]).toEqual({
      id: 4321,
      text: 'row 4321',
    })
  })

  test.each([
    ['cut short', gzipSync(csv).subarray(0, -20)],
    ['damaged', Buffer.from(gzipSync(csv)).fill(0, 2000, 2100)],
    ['not packed at all', Buffer.from(csv)],
  ])('what is %s is refused, and nothing is loaded', async (name, bytes) => {
    const lake = await connect('memory:')
    const table = await (await lake.database('a/b', { create: true })).createTable('t', columns)
    const file = fileOf(`${name}.csv.gz`, bytes)
    await expect(table.load(file)).rejects.toMatchObject({ code: 'INVALID', facts: { file } })
    expect(await table.count()).toBe(0)
    const error = new Error('the source broke')
    const broken = async function* () {
      yield gzipSync(csv).subarray(0, 1000)
      throw error
    }
    await expect(table.load(broken(), { compression: 'gzip' })).rejects.toBe(error)
  })
})

describe('errors', () => {
  const csv = 'id,text\n1,a\nx,b\n3,c,d\n4,e\n'
  const columns = { id: t.int32(), text: t.utf8() }

  async function load(options: LoadOptions) {
    const lake = await connect('memory:')
    const table = await (await lake.database('a/b', { create: true })).createTable('t', columns)
    const result = await table.load(fileOf('errors.csv', csv), options)
    return { result, rows: await table.toArray(), version: table.version }
  }

  test('continue leaves wrong rows out and tells them as data', async () => {
    const { result, rows } = await load({ onError: 'continue' })
    expect(rows).toEqual([
      { id: 1, text: 'a' },
      { id: 4, text: 'e' },
    ])
    expect(result).toMatchObject({ rows: 2, rowsRejected: 2 })
    expect(result.rejects).toMatchObject([
      { file: path('errors.csv'), line: 3, column: 'id', value: 'x' },
      { file: path('errors.csv'), line: 4, column: null, value: '3,c,d' },
    ])
  })

  test('validate loads nothing and tells all, unless the first is to end it', async () => {
    const { result, rows, version } = await load({ validate: true })
    expect(result).toMatchObject({ version: 0, rows: 2, bytes: 0, partitions: 0, rowsRejected: 2 })
    expect([rows, version]).toEqual([[], 0])
    await expect(load({ validate: true, onError: 'abort' })).rejects.toThrow(/line 3/)
  })

  test.each([
    [{ format: 'xml' }, /format can be "auto", "csv", "ndjson", "arrow"/],
    [{ compression: 'zip' }, /compression can be/],
    [{ format: 'ndjson', delimiter: ';' }, /delimiter is about CSV/],
    [{ onError: 'ignore' }, /onError can be "abort"/],
    [{ format: 'ndjson', onError: 'skipFile:0' }, /onError can be "abort"/],
    [{ valid: true }, /validate/],
  ])('%o is refused', async (options, message) => {
    await expect(load(options as LoadOptions)).rejects.toThrow(message)
  })
})

describe('csv-spectrum', () => {
  const home = dirname(createRequire(import.meta.url).resolve('csv-spectrum'))
  const names = readdirSync(join(home, 'csvs')).map((name) => basename(name, '.csv'))

  // It is no UTF-8, has quotes inside of values, and other values than its JSON.
  const WRONG = 'location_coordinates'

  test('the one that is no CSV is refused by file, line and value', async () => {
    const lake = await connect('memory:')
    const file = join(home, 'csvs', `${WRONG}.csv`)
    const db = await lake.database('a/b', { create: true })
    const failed = await db.createTableFrom('t', file).catch((error) => error)
    expect(failed).toMatchObject({ code: 'INVALID', facts: { file, line: 2 } })
    expect(failed.facts.value).toContain('Modesto')
    expect(await db.tables()).toEqual([])
  })

  test.each(names.filter((name) => name !== WRONG))('%s is read as it is meant', async (name) => {
    const expected = JSON.parse(readFileSync(join(home, 'json', `${name}.json`), 'utf8'))
    const lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const columns = Object.fromEntries(
      Object.keys(expected[0]).map((key) => [key, t.utf8().nullable()]),
    )
    const table = await db.createTable('t', columns)
    await table.load(join(home, 'csvs', `${name}.csv`), { nullValues: [] })
    expect(await table.toArray()).toEqual(expected)
  })
})
