import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  connect,
  type Database,
  GraupelError,
  type Lake,
  type SchemaOf,
  type Table,
  t,
} from '../../src/index.ts'

const COLUMNS = { id: t.int32(), name: t.utf8(), price: t.decimal(6, 2).nullable() }

let folder: string
let root: string
let lake: Lake
let db: Database
let table: Table<SchemaOf<typeof COLUMNS>>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graupel-bad-'))
  root = join(folder, 'lake')
  lake = await connect(root)
  db = await lake.database('acme/sales', { create: true })
  const made = await db.createTable('goods', COLUMNS)
  await made.insert([{ id: 1, name: 'Ada', price: '1.50' }])
  table = made
})

afterEach(async () => {
  await lake.close()
  await rm(folder, { recursive: true, force: true })
})

const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name))
    .sort()

async function csv(name: string, body: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, body)
  return path
}

async function refusal(action: () => unknown): Promise<GraupelError> {
  try {
    await action()
  } catch (error) {
    if (error instanceof GraupelError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Rows, version and files of the lake, once the background is quiet. */
async function state() {
  await lake.close()
  lake = await connect(root)
  db = await lake.database('acme/sales')
  const goods = await db.table('goods', COLUMNS)
  table = goods
  const rows = await goods.toArray()
  return { rows, version: goods.version, tables: await db.tables(), files: filesOf(root) }
}

const GOOD = 'id,name,price\n2,Grace,2.00\n'

interface BadFile {
  readonly what: string
  readonly body: string | Uint8Array
  readonly facts: { line: number; column?: string; value?: unknown }
}

const BAD_FILES: readonly BadFile[] = [
  {
    what: 'a record with too few fields',
    body: `${GOOD}3,Alan\n4,Edsger,1.00\n`,
    facts: { line: 3, value: '3,Alan' },
  },
  {
    what: 'a record with too many fields',
    body: `${GOOD}3,Alan,1.00,x\n`,
    facts: { line: 3, value: '3,Alan,1.00,x' },
  },
  {
    what: 'text where a number is due',
    body: `${GOOD}three,Alan,1.00\n`,
    facts: { line: 3, column: 'id', value: 'three' },
  },
  {
    what: 'a number that the type cannot hold',
    body: `${GOOD}3000000000,Alan,1.00\n`,
    facts: { line: 3, column: 'id', value: '3000000000' },
  },
  {
    what: 'a decimal of too many digits',
    body: `${GOOD}3,Alan,1.005\n`,
    facts: { line: 3, column: 'price', value: '1.005' },
  },
  {
    what: 'a null in a column that takes none',
    body: `${GOOD}3,,1.00\n`,
    facts: { line: 3, column: 'name', value: '' },
  },
  {
    what: 'bytes that are no UTF-8',
    body: Buffer.concat([Buffer.from(`${GOOD}3,`), Buffer.of(0xc3, 0x28), Buffer.from(',1.00\n')]),
    facts: { line: 3, column: 'name' },
  },
  {
    what: 'a quote that is never closed',
    body: `${GOOD}3,"Alan,1.00\n4,Edsger,1.00\n`,
    facts: { line: 3 },
  },
  {
    what: 'text behind a closing quote',
    body: `${GOOD}3,"Alan"x,1.00\n`,
    facts: { line: 3 },
  },
  {
    what: 'two columns of one name',
    body: 'id,name,name\n3,Alan,1.00\n',
    facts: { line: 1, column: 'name' },
  },
  {
    what: 'a column that is missing',
    body: 'id,name\n3,Alan\n',
    facts: { line: 1, column: 'price' },
  },
  {
    what: 'a column that the table has not',
    body: 'id,name,price,colour\n3,Alan,1.00,red\n',
    facts: { line: 1, column: 'colour' },
  },
  { what: 'nothing at all', body: '', facts: { line: 1 } },
]

describe('a load', () => {
  test.each(BAD_FILES)(
    'of a file with $what names it and loads nothing',
    async ({ body, facts }) => {
      const path = await csv('bad.csv', body)
      const before = await state()
      const error = await refusal(() => table.load(path))
      expect(error).toMatchObject({ code: 'INVALID', facts: { file: path, ...facts } })
      expect(error.message).toContain(path)
      expect(table.version).toBe(before.version)
      expect(await state()).toEqual(before)
      expect(await table.load(await csv('good.csv', GOOD))).toMatchObject({ rows: 1, version: 2 })
      expect((await state()).rows).toEqual([
        { id: 1, name: 'Ada', price: '1.50' },
        { id: 2, name: 'Grace', price: '2.00' },
      ])
    },
  )

  test('of many good rows before a bad one leaves no staged file', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},n${i},1.00`)
    const path = await csv('late.csv', `id,name,price\n${rows.join('\n')}\nx,y,z\n`)
    const before = await state()
    const error = await refusal(() => table.load(path))
    expect(error.facts).toMatchObject({ file: path, line: 200_002, column: 'id', value: 'x' })
    expect(await state()).toEqual(before)
  })

  test('of files of which the second is bad loads none, and names the second', async () => {
    await csv('part1.csv', GOOD)
    const second = await csv('part2.csv', 'id,name,price\n3,Alan,cheap\n')
    const before = await state()
    const error = await refusal(() => table.load(join(folder, 'part*.csv')))
    expect(error.facts).toEqual({ file: second, line: 2, column: 'price', value: 'cheap' })
    expect(await state()).toEqual(before)
  })

  test('of no file is NOT_FOUND, and says when the path is a folder', async () => {
    const none = await refusal(() => table.load(join(folder, 'none-*.csv')))
    expect(none).toMatchObject({ code: 'NOT_FOUND', facts: { path: join(folder, 'none-*.csv') } })
    expect(await refusal(() => table.load(folder))).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('it is a folder'),
    })
  })

  test.each([
    { delimeter: ';' },
    { delimiter: ';;' },
    { header: 'yes' },
    { quote: 5 },
    { quote: ',' },
    { nullValues: 'NA' },
    { onError: 'ignore' },
    { extraColumns: true },
    { onProgress: 'bar' },
    { signal: {} },
  ])('with the option %j is INVALID and names it', async (options) => {
    const path = await csv('good.csv', GOOD)
    const error = await refusal(() => table.load(path, options as never))
    expect(error.code).toBe('INVALID')
    expect(error.message).toContain(Object.keys(options)[0])
    expect(table.version).toBe(1)
  })

  test.each([[undefined], [null], [7], [[42]], [Buffer.from(GOOD)]])(
    'of %j, which is no source, is INVALID',
    async (source) => {
      const error = await refusal(() => table.load(source as never))
      expect(error).toMatchObject({ code: 'INVALID', message: expect.stringMatching(/a path/) })
    },
  )
})

describe('a table made of a file', () => {
  test.each(BAD_FILES.filter(({ what }) => /fields|UTF-8|quote|one name|nothing/.test(what)))(
    'with $what is not made',
    async ({ body, facts }) => {
      const path = await csv('bad.csv', body)
      const before = await state()
      const error = await refusal(() => db.createTableFrom('fresh', path))
      const { line } = facts
      expect(error).toMatchObject({ code: 'INVALID', facts: { file: path, line } })
      expect(await state()).toEqual(before)
      const fresh = await db.createTableFrom('fresh', await csv('good.csv', GOOD))
      expect(await fresh.count()).toBe(1)
    },
  )

  test('that fails after it was made is gone again, and its name is free', async () => {
    const path = await csv('good.csv', GOOD)
    const controller = new AbortController()
    const { signal } = controller
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === 'load') controller.abort(new Error('enough'))
    }
    const error = await refusal(() => db.createTableFrom('fresh', path, { signal, onProgress }))
    expect(error).toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
    expect(await db.tables()).toEqual(['goods'])
    await expect(db.table('fresh')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await (await db.createTableFrom('fresh', path)).count()).toBe(1)
  })

  test('names columns without a name by position, and loads more such files', async () => {
    const path = await csv('index.csv', ',n,\n0,7,a\n')
    const fresh = await db.createTableFrom('fresh', path)
    expect(fresh.schema.fields.map(({ name }) => name)).toEqual(['column_1', 'n', 'column_3'])
    await fresh.load(path, { force: true })
    expect(await fresh.select('column_3', 'n').toArray()).toEqual([
      { column_3: 'a', n: 7n },
      { column_3: 'a', n: 7n },
    ])
  })
})

describe('an insert', () => {
  test.each([
    [[{ id: 2, name: 'x' }, { id: 3 }], { column: 'name', row: 1 }],
    [
      [
        { id: 2, name: 'x' },
        { id: '3', name: 'x' },
      ],
      { column: 'id', row: 1, value: '3' },
    ],
    [[{ id: 2, name: '\ud800' }], { column: 'name', row: 0, value: '\ud800' }],
    [
      { id: [2, 3], name: ['x'] },
      { column: 'name', found: 1, expected: 2 },
    ],
    [[{ id: 2, name: 'x' }, null], { row: 1, value: null }],
    [new Map([['id', [1]]]), {}],
    [Promise.resolve([]), {}],
    ['id', {}],
  ])('of %j is INVALID and changes nothing', async (rows, facts) => {
    const before = await state()
    const error = await refusal(() => table.insert(rows as never))
    expect(error).toMatchObject({ code: 'INVALID', facts })
    expect(await state()).toEqual(before)
  })
})
