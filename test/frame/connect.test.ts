import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database, type Lake, t } from '../../src/index.ts'

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

test('a memory limit is kept', async () => {
  await using small = await connect('memory:', { memoryLimit: '1KB' })
  const frame = small.from({ x: Float64Array.from({ length: 10_000 }, Math.sin) })
  await expect(frame.sort('x').toArray()).rejects.toMatchObject({ code: 'LIMIT' })
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
