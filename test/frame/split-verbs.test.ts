import { expect, test } from 'vitest'
import { connect, GraupelError, t } from '../../src/index.ts'

const rows = Array.from({ length: 2000 }, (_, id) => ({ id, kind: id % 4 === 0 ? 'a' : 'b' }))

test('a random split holds every row once, in about the proportions asked for', async () => {
  await using lake = await connect('memory:')
  const [train, check] = lake.from(rows).randomSplit([3, 1], { seed: 7 })
  const parts = [await train.toArray(), await check.toArray()]
  const ids = parts.flat().map(({ id }) => Number(id))
  expect(ids.sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id))
  expect(parts[0]!.length).toBeGreaterThan(1300)
  expect(parts[0]!.length).toBeLessThan(1700)
  expect(await train.toArray()).toEqual(parts[0])
})

test('sampleBy takes of each value its own share, and nothing of others', async () => {
  await using lake = await connect('memory:')
  const some = lake.from(rows).sampleBy('kind', [['a', 1]])
  expect(await some.count()).toBe(500)
  const both = await lake
    .from(rows)
    .sampleBy('kind', [
      ['a', 0],
      ['b', 0.5],
    ])
    .toArray()
  expect(both.every(({ kind }) => kind === 'b')).toBe(true)
  expect(both.length).toBeGreaterThan(600)
  expect(both.length).toBeLessThan(900)
})

test('replace changes the named values of the named columns alone, each once', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from([
    { a: 'x', n: 1 },
    { a: 'y', n: 2 },
    { a: null, n: 1 },
  ])
  const swapped = frame.replace({
    a: [
      ['x', 'y'],
      ['y', 'x'],
    ],
    n: [[1, 9]],
  })
  expect(await swapped.toArray()).toEqual([
    { a: 'y', n: 9n },
    { a: 'x', n: 2n },
    { a: null, n: 9n },
  ])
})

test('a natural join is a join on the names in common, and refused when there are none', async () => {
  await using lake = await connect('memory:')
  const left = lake.from([
    { id: 1, x: 'a' },
    { id: 2, x: 'b' },
  ])
  const right = lake.from([{ id: 2, y: true }])
  expect(await left.naturalJoin(right).toArray()).toEqual([{ id: 2n, x: 'b', y: true }])
  expect(await left.naturalJoin(right, { how: 'left' }).toArray()).toEqual([
    { id: 1n, x: 'a', y: null },
    { id: 2n, x: 'b', y: true },
  ])
  expect(() => left.naturalJoin(lake.from([{ z: 1 }]))).toThrow(GraupelError)
})

test('a cached frame keeps its rows while the table goes on', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('test/cache', { create: true })
  const orders = await db.createTable('orders', { id: t.int64() })
  await orders.insert([{ id: 1n }])
  const cached = await (await db.table('orders')).cache()
  await orders.insert([{ id: 2n }])
  expect(await cached.toArray()).toEqual([{ id: 1n }])
  expect(await cached.explain()).toContain('Values cache  rows 1')
})
