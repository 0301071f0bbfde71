import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  connect,
  type DataFrame,
  GraupelError,
  type Int32,
  type Lake,
  t,
  type Utf8,
} from '../../src/index.ts'

let folder: string
let lake: Lake
let goods: DataFrame<{ id: Int32; name: Utf8 }>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graupel-export-'))
  lake = await connect('memory:')
  const ids = Int32Array.from({ length: 100_001 }, (_, i) => i)
  const name = Array.from(ids, (id) => (id === 100_000 ? 'no number' : `${id}`))
  goods = lake.from({ id: ids, name })
})

afterEach(async () => {
  await lake.close()
  await rm(folder, { recursive: true, force: true })
})

async function refusal(action: () => unknown): Promise<GraupelError> {
  try {
    await action()
  } catch (error) {
    if (error instanceof GraupelError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('an export', () => {
  test('of a query that fails half-way leaves no file, and an older one as it was', async () => {
    const path = join(folder, 'out.csv')
    const failing = goods.select((o) => ({ n: o.name.cast(t.int32()) }))
    const error = await refusal(() => failing.toCSV(path))
    expect(error).toMatchObject({ code: 'INVALID', facts: { value: 'no number' } })
    expect(readdirSync(folder)).toEqual([])
    await writeFile(path, 'older')
    await refusal(() => failing.toCSV(path))
    await refusal(() => goods.toCSV(path, { signal: AbortSignal.abort() }))
    expect(readdirSync(folder)).toEqual(['out.csv'])
    expect(readFileSync(path, 'utf8')).toBe('older')
    expect(await goods.limit(1).toCSV(path)).toMatchObject({ rows: 1 })
    expect(readFileSync(path, 'utf8')).toBe('id,name\n0,0\n')
  })

  test.each([
    ['', {}],
    [7, {}],
    ['x.csv', { header: 'no' }],
    ['x.csv', { quote: null }],
    ['x.csv', { nullValues: [] }],
    ['x.csv', { append: true }],
  ])('to %j with %j is INVALID', async (path, options) => {
    const target = path === 'x.csv' ? join(folder, path) : path
    const error = await refusal(() => goods.toCSV(target as never, options as never))
    expect(error.code).toBe('INVALID')
    expect(readdirSync(folder)).toEqual([])
  })

  test('to a folder, or into one that is missing, is UNAVAILABLE and leaves nothing', async () => {
    await mkdir(join(folder, 'taken'))
    for (const path of [join(folder, 'taken'), join(folder, 'no', 'x.csv')]) {
      const error = await refusal(() => goods.limit(3).toCSV(path))
      expect(error).toMatchObject({ code: 'UNAVAILABLE', facts: { path } })
    }
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  test('is written and read with one and the same format', async () => {
    const path = join(folder, 'format.csv')
    const format = { delimiter: ';', quote: "'", nullValues: ['NULL', ''] }
    const columns = { a: t.utf8().nullable(), b: t.utf8() }
    const rows = [
      { a: null, b: "it's" },
      { a: 'NULL', b: '' },
      { a: 'x;"y"', b: 'z' },
    ]
    await lake.from(rows, columns).toCSV(path, format)
    expect(readFileSync(path, 'utf8')).toBe(`a;b\nNULL;'it''s'\n'NULL';''\n'x;"y"';z\n`)
    const table = await (await lake.database('a/b', { create: true })).createTable('t', columns)
    await table.load(path, format)
    expect(await table.toArray()).toEqual(rows)
  })
})
