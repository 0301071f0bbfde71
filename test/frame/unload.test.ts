import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'graupel-unload-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const SCHEMA = { id: t.int64(), name: t.utf8().nullable(), price: t.decimal(9, 2) }

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const name = i % 5 === 0 ? null : i % 7 === 0 ? '' : `n,"${i}"`
    return { id: BigInt(i), name, price: `${i}.50` }
  })

test.each([0, 1, 10, 25])(
  '%i rows unloaded to files of 10 and loaded back are the same',
  async (count) => {
    await using lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('x', SCHEMA, { partitionRows: 4 })
    await table.insert(rowsOf(count))
    const folder = join(root, 'out')
    const unloaded = await table.unload(folder, { fileRows: 10 })
    const files = Math.max(1, Math.ceil(count / 10))
    expect(unloaded).toMatchObject({ files, rows: count })
    expect(readdirSync(folder)).toHaveLength(files)
    const back = await db.createTable('back', SCHEMA)
    await back.load(join(folder, 'part-*.csv'))
    expect(await back.sort('id').toArray()).toEqual(rowsOf(count))
  },
)

test('a folder that exists is refused, and a query that fails leaves nothing', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from(rowsOf(3), SCHEMA)
  await expect(frame.unload(root)).rejects.toMatchObject({ code: 'INVALID' })
  const failing = frame.select((x) => ({ y: x.id.intDiv(x.id.sub(x.id)) }))
  await expect(failing.unload(join(root, 'out'))).rejects.toMatchObject({ code: 'INVALID' })
  await expect(frame.unload(join(root, 'out'), { fileRows: 0 })).rejects.toMatchObject({
    code: 'INVALID',
  })
  expect(readdirSync(root)).toEqual([])
})
