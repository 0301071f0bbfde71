import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, type Database, GraupelError, type Lake, t } from '../../src/index.ts'
import { crc32 } from '../../src/io/checksum.ts'
import { resealed } from '../support/edit-cell.ts'
import { runs } from '../support/random.ts'

const COLUMNS = { id: t.int32(), name: t.utf8() }
const COMMITTED = [
  { id: 1, name: 'Ada' },
  { id: 2, name: 'Grace' },
  { id: 3, name: 'Edsger' },
]

let root: string
let lake: Lake

beforeEach(async () => {
  root = fs.mkdtempSync(join(tmpdir(), 'graupel-storage-'))
  await using maker = await connect(root)
  const db = await maker.database('acme/sales', { create: true })
  const goods = await db.createTable('goods', COLUMNS)
  await goods.insert(COMMITTED.slice(0, 2))
  await goods.insert(COMMITTED.slice(2))
  lake = await connect(root)
})

afterEach(async () => {
  await lake.close()
  fs.rmSync(root, { recursive: true, force: true })
})

const under = (path: string) => join(root, 'acme/sales/goods', path)

async function goods() {
  const db: Database = await lake.database('acme/sales')
  return db.table('goods', COLUMNS)
}

async function refusal(action: () => Promise<unknown>): Promise<GraupelError> {
  try {
    await action()
  } catch (error) {
    if (error instanceof GraupelError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function flip(file: string, bit: number): void {
  const bytes = fs.readFileSync(file)
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  fs.writeFileSync(file, bytes)
}

/** The newest file of a cell. */
function newest(cell: string): string {
  const name = fs.readdirSync(under(cell)).sort().at(-1)!
  return join(under(cell), name)
}

/** Rewrites the table's head with its checksums put right. */
function editHead(change: (head: Record<string, unknown>) => void): void {
  const file = newest('_table/head')
  const text = fs.readFileSync(file, 'utf8')
  const stored = Buffer.from(text.slice(0, text.lastIndexOf('\ncrc32 ')))
  const body = resealed(stored, (json) => {
    const head = JSON.parse(json) as Record<string, unknown>
    change(head)
    return JSON.stringify(head)
  })
  const sum = crc32(body).toString(16).padStart(8, '0')
  fs.writeFileSync(file, Buffer.concat([body, Buffer.from(`\ncrc32 ${sum}\n`)]))
}

describe('a partition file', () => {
  const FILE = 'name/partition1.csv'

  test('that is cut anywhere is DATA and names the file; healed, all is as it was', async () => {
    const good = fs.readFileSync(under(FILE))
    for (let length = 0; length < good.length; length++) {
      fs.writeFileSync(under(FILE), good.subarray(0, length))
      const error = await refusal(async () => (await goods()).toArray())
      expect(error.code).toBe('DATA')
      expect(JSON.stringify(error.facts)).toContain(FILE)
    }
    fs.writeFileSync(under(FILE), good)
    expect(await (await goods()).toArray()).toEqual(COMMITTED)
  })

  test('with any one bit flipped is DATA and names the file', async () => {
    const good = fs.readFileSync(under(FILE))
    const bits = fc.integer({ min: 0, max: good.length * 8 - 1 })
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        fs.writeFileSync(under(FILE), good)
        flip(under(FILE), bit)
        const error = await refusal(async () => (await goods()).toArray())
        expect(error.code).toBe('DATA')
        expect(JSON.stringify(error.facts)).toContain(FILE)
      }),
      { numRuns: runs(100) },
    )
  })

  test('with lines that are well-formed but others is DATA', async () => {
    fs.writeFileSync(under('id/partition1.csv'), 'id\n1\n7\n')
    const error = await refusal(async () => (await goods()).select('id').toArray())
    expect(error.code).toBe('DATA')
  })

  test('that is missing is DATA, and hurts no query that does not need it', async () => {
    fs.rmSync(under(FILE))
    const table = await goods()
    const error = await refusal(() => table.toArray())
    expect(error.code).toBe('DATA')
    expect(JSON.stringify(error.facts)).toContain(FILE)
    expect(await table.count()).toBe(3)
    expect(await table.select('id').toArray()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
    await table.insert([{ id: 4, name: 'Alan' }])
    expect(await table.filter((o) => o.id.gt(2)).toArray()).toEqual([
      { id: 3, name: 'Edsger' },
      { id: 4, name: 'Alan' },
    ])
  })

  test('that is bad leaves no file behind when it is exported, and no table when written', async () => {
    flip(under(FILE), 50)
    const table = await goods()
    const out = join(root, 'out.csv')
    expect((await refusal(() => table.toCSV(out))).code).toBe('DATA')
    expect(fs.readdirSync(root)).toEqual(['acme'])
    expect((await refusal(() => table.write('copy'))).code).toBe('DATA')
    expect(await (await lake.database('acme/sales')).tables()).toEqual(['goods'])
    expect((await refusal(() => table.write('goods', { mode: 'overwrite' }))).code).toBe('DATA')
    expect((await goods()).version).toBe(2)
  })
})

describe('a metadata.csv', () => {
  test('with any one bit flipped is DATA and names file and line', async () => {
    const file = under('id/metadata.csv')
    const good = fs.readFileSync(file)
    const bits = fc.integer({ min: 0, max: good.length * 8 - 1 })
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        fs.writeFileSync(file, good)
        flip(file, bit)
        const error = await refusal(async () => (await goods()).select('id').toArray())
        expect(error).toMatchObject({ code: 'DATA', facts: { line: expect.any(Number) } })
        expect(JSON.stringify(error.facts)).toContain('id/metadata.csv')
      }),
      { numRuns: runs(60) },
    )
  })
})

describe('a head', () => {
  test('with a bit of its content flipped is DATA, never an older version', async () => {
    const file = newest('_table/head')
    const good = fs.readFileSync(file)
    const bits = fc.integer({ min: 0, max: (good.length - 16) * 8 - 1 })
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        fs.writeFileSync(file, good)
        flip(file, bit)
        expect((await refusal(goods)).code).toBe('DATA')
      }),
      { numRuns: runs(60) },
    )
    fs.writeFileSync(file, good)
    expect(await (await goods()).toArray()).toEqual(COMMITTED)
  })

  test.each([
    ['minReader', 99, /reader version 99/],
    ['readerFeatures', ['deletionVectors'], /deletionVectors/],
  ])(
    'from the future by its %s is refused, and says what is needed',
    async (field, value, text) => {
      editHead((head) => {
        head[field] = value
      })
      const error = await refusal(goods)
      expect(error.code).toBe('INVALID')
      expect(error.message).toMatch(text)
    },
  )

  test.each([
    ['minWriter', 99],
    ['writerFeatures', ['rowIds']],
  ])('with a %s from the future is read, but not written', async (field, value) => {
    editHead((head) => {
      head[field] = value
    })
    const table = await goods()
    expect(await table.toArray()).toEqual(COMMITTED)
    expect((await refusal(() => table.insert([{ id: 4, name: 'Alan' }]))).code).toBe('INVALID')
    expect(await (await goods()).toArray()).toEqual(COMMITTED)
  })
})

describe('a folder', () => {
  test('that is no table is NOT_FOUND, and a table can be made there', async () => {
    fs.mkdirSync(join(root, 'acme/sales/notes'))
    fs.writeFileSync(join(root, 'acme/sales/notes/readme.txt'), 'mine')
    const db = await lake.database('acme/sales')
    expect(await db.tables()).toEqual(['goods'])
    const error = await refusal(() => db.table('notes'))
    expect(error).toMatchObject({ code: 'NOT_FOUND', facts: { available: ['goods'] } })
    const notes = await db.createTable('notes', COLUMNS)
    await notes.insert([{ id: 1, name: 'x' }])
    expect(await notes.count()).toBe(1)
    expect(fs.readFileSync(join(root, 'acme/sales/notes/readme.txt'), 'utf8')).toBe('mine')
  })

  test('that is no database is NOT_FOUND', async () => {
    fs.mkdirSync(join(root, 'acme/plans'))
    const error = await refusal(() => lake.database('acme/plans'))
    expect(error).toMatchObject({ code: 'NOT_FOUND', facts: { database: 'acme/plans' } })
    expect(await lake.databases()).toEqual(['acme/sales'])
  })

  test('of a table whose head is gone is DATA, not an empty table', async () => {
    fs.rmSync(under('_table/head'), { recursive: true })
    expect((await refusal(goods)).code).toBe('DATA')
  })

  test('that is a file is refused', async () => {
    const file = join(root, 'file')
    fs.writeFileSync(file, 'x')
    await using other = await connect(file)
    const error = await refusal(() => other.database('a/b', { create: true }))
    expect(error.code).toBe('INVALID')
    expect(fs.readFileSync(file, 'utf8')).toBe('x')
  })
})
