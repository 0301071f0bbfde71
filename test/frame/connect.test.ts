import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database, type Lake, t } from '../../src/index.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let lake: Lake
let db: Database

beforeAll(async () => {
  lake = await connect('memory:')
  db = await lake.database('acme/sales', { create: true })
})

afterAll(async () => {
  await lake.close()
})

test('frames of two lakes can be joined', async () => {
  await using other = await connect('memory:')
  const there = await (await other.database('acme/sales', { create: true })).createTable('twin', {
    id: t.int32(),
  })
  const here = await db.createTable('twin', { id: t.int32(), side: t.utf8() })
  await there.insert([{ id: 1 }, { id: 2 }])
  await here.insert([
    { id: 2, side: 'here' },
    { id: 3, side: 'here' },
  ])
  expect(await here.join(there, { on: 'id' }).toArray()).toEqual([{ id: 2, side: 'here' }])
})

test('what a memory limit has no room for goes to the spill folder, and explain tells how much', async () => {
  const folder = await temporaryFolder()
  try {
    await using small = await connect('memory:', { memoryLimit: '1KB', spillFolder: folder.path })
    const x = Float64Array.from({ length: 3000 }, Math.sin)
    const frame = small.from({ x }).sort('x')
    expect((await frame.toArray()).map((row) => row.x)).toEqual([...x.toSorted()])
    const text = await frame.explain({ analyze: true })
    expect(Number(/sort.*spilled (\d+) bytes/i.exec(text)?.[1])).toBeGreaterThan(24_000)
    expect(await readdir(folder.path)).toEqual([])
  } finally {
    await folder.remove()
  }
})

test('a spill folder that is not there or cannot be used is told', async () => {
  const folder = await temporaryFolder()
  try {
    const spillFolder = join(folder.path, 'none')
    await using small = await connect('memory:', { memoryLimit: 1000, spillFolder })
    const sorted = small.from({ x: Float64Array.from({ length: 10_000 }, Math.sin) }).sort('x')
    await expect(sorted.toArray()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      facts: { code: 'ENOENT' },
    })
    for (const inside of [folder.path, spillFolder]) {
      await expect(connect(folder.path, { spillFolder: inside })).rejects.toMatchObject({
        code: 'INVALID',
      })
    }
    await expect(connect('memory:', { spillFolder: '' })).rejects.toMatchObject({ code: 'INVALID' })
  } finally {
    await folder.remove()
  }
})

test('a lake lists its databases, and answers nothing once it is closed', async () => {
  const other = await connect('memory:')
  await other.database('b/two', { create: true })
  await other.database('a/ö ne', { create: true })
  expect(await other.databases()).toEqual(['a/ö ne', 'b/two'])
  await expect(other.database('no/such')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await other.close()
  await expect(other.databases()).rejects.toThrow(/closed/)
})
