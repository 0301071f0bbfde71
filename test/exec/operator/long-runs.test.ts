import { expect, test } from 'vitest'
import { connect, desc, fn, t } from '../../../src/index.ts'
import { memoryStore } from '../../../src/io/memory-store.ts'

const ROWS = 300_000
const WORDS = 13

/** Few rows of the first half pass, then all of a stretch, then few and at last none. */
const passes = (i: number) => {
  if (i < 150_000) return i % 40 === 0
  if (i < 230_000) return true
  return i < 260_000 && i % 900 === 0
}

test('runs that grow where few rows pass, and shrink where many do, give every row once', async () => {
  await using lake = await connect(memoryStore(), { cache: false })
  const database = await lake.database('long/runs', { create: true })
  const rows = Array.from({ length: ROWS }, (_, id) => {
    const word = `word ${id % WORDS}`
    return { id, wanted: passes(id) ? 1 : 0, price: BigInt(id % 7919), word }
  })
  const schema = { id: t.int32(), wanted: t.int32(), price: t.int64(), word: t.utf8() }
  const table = await database.createTable('Rows', schema)
  await table.insert(rows)

  const found = table.filter((r) => r.wanted.eq(1))
  const kept = rows.filter(({ wanted }) => wanted === 1)
  const sumOf = (some: typeof rows) => ({
    rows: BigInt(some.length),
    ids: some.reduce((sum, { id }) => sum + BigInt(id), 0n),
    doubled: some.reduce((sum, { price }) => sum + 2n * price, 0n),
  })
  const all = found.agg((r) => ({
    rows: fn.count(),
    ids: r.id.sum(),
    doubled: r.price.mul(2).sum(),
  }))
  expect(await all.toArray()).toEqual([sumOf(kept)])
  const byWord = found
    .groupBy('word')
    .agg((r) => ({ rows: fn.count(), ids: r.id.sum(), doubled: r.price.mul(2).sum() }))
  const words = [...new Set(kept.map(({ word }) => word))]
  expect(await byWord.toArray()).toEqual(
    words.map((word) => ({ word, ...sumOf(kept.filter((row) => row.word === word)) })),
  )
  const last = found.sort(desc('price'), 'id').limit(20)
  const order = [...kept].sort((a, b) => Number(b.price - a.price) || a.id - b.id)
  expect(await last.select('id').toArray()).toEqual(order.slice(0, 20).map(({ id }) => ({ id })))
})
