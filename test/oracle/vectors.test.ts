import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'

const ROWS = runs(200)
const QUESTION = [0.5, -2, 3]

const literal = (list: readonly unknown[] | null) =>
  list === null ? 'NULL' : `[${list.map(String).join(',')}]`

function near(actual: unknown, expected: unknown): boolean {
  if (actual === null || expected === null) return actual === expected
  return (
    Math.abs(Number(actual) - Number(expected)) <= 1e-9 * Math.max(1, Math.abs(Number(expected)))
  )
}

test(`distances of lists are DuckDB's, on ${ROWS} rows with nulls`, async () => {
  const prng = new Prng(seed)
  const list = (): number[] => Array.from({ length: 3 }, () => prng.int(-400, 400) / 16)
  const whole = () => Array.from({ length: 3 }, () => BigInt(prng.int(-9, 9)) * 2n ** 40n + 1n)
  const rows = Array.from({ length: ROWS }, (_, id) => ({
    id,
    a: prng.chance(0.1) ? null : list(),
    b: prng.chance(0.1) ? null : list(),
    n: whole(),
    f: list(),
  }))
  await using lake = await connect('memory:')
  const frame = lake.from(rows, {
    id: t.int32(),
    a: t.list(t.float64()).nullable(),
    b: t.list(t.float64()).nullable(),
    n: t.list(t.int64()),
    f: t.list(t.float32()),
  })
  const instance = await DuckDBInstance.create(':memory:')
  const duck = await instance.connect()
  await duck.run('CREATE TABLE r (id INTEGER, a DOUBLE[], b DOUBLE[], n DOUBLE[], f DOUBLE[])')
  const values = rows.map(
    ({ id, ...of }) => `(${[id, ...Object.values(of).map(literal)].join(',')})`,
  )
  await duck.run(`INSERT INTO r VALUES ${values.join(',')}`)
  const asked = frame.select((o) => ({
    cosine: o.a.list.cosineSimilarity(o.b),
    distance: o.a.list.distance(o.b),
    dot: o.a.list.dot(o.b),
    wholes: o.n.list.distance(o.f),
    products: o.n.list.dot(o.n),
    question: o.b.list.cosineSimilarity(QUESTION),
    typed: o.f.list.distance(Float32Array.from(QUESTION)),
  }))
  const actual = (await asked.toArray()).map((row) => Object.values(row))
  const constant = `${literal(QUESTION)}::DOUBLE[]`
  const reader = await duck.runAndReadAll(
    `SELECT list_cosine_similarity(a, b), list_distance(a, b), list_inner_product(a, b), list_distance(n, f),
      list_inner_product(n, n), list_cosine_similarity(b, ${constant}), list_distance(f, ${constant})
    FROM r ORDER BY id`,
  )
  const expected = reader.getRowsJS()
  const wrong = actual.flatMap((row, at) =>
    row.flatMap((value, column) =>
      near(value, expected[at]![column]) ? [] : [[at, column, value, expected[at]![column]]],
    ),
  )
  expect(wrong).toEqual([])
  expect(actual).toHaveLength(ROWS)
  duck.closeSync()
  instance.closeSync()
})

test('lists of other lengths and with nulls are INVALID; a list of zeros has no direction', async () => {
  await using lake = await connect('memory:')
  const columns = { a: t.list(t.float64()), s: t.list(t.utf8()) }
  const frame = lake.from([{ a: [0, 0], s: ['x'] }], columns)
  expect(await frame.select((o) => ({ x: o.a.list.cosineSimilarity([1, 2]) })).toArray()).toEqual([
    { x: null },
  ])
  const refused = { code: 'INVALID' }
  await expect(
    frame.select((o) => ({ x: o.a.list.distance([1, 2, 3]) })).toArray(),
  ).rejects.toMatchObject(refused)
  const gap = lake.from([{ a: [1, null], s: [] }], columns)
  await expect(gap.select((o) => ({ x: o.a.list.dot([1, 2]) })).toArray()).rejects.toMatchObject(
    refused,
  )
  const wrong = [
    () => frame.select((o) => ({ x: (o.s as any).list.dot([1]) })),
    () => frame.select((o) => ({ x: (o.a as any).list.dot('[1, "x"]') })),
    () => frame.select((o) => ({ x: o.a.list.dot([1, Number.NaN]) })),
    () => frame.select((o) => ({ x: (o.a as any).list.dot(3) })),
  ]
  for (const make of wrong) expect(make).toThrow(expect.objectContaining(refused))
})

test('chunk covers a text by whole characters, and refuses an overlap that would never end', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from([{ s: 'a😀cdefg' }, { s: '' }, { s: 'ab' }])
  const pieces = async (size: number, overlap?: number) =>
    (await frame.select((o) => ({ p: o.s.str.chunk(size, overlap) })).toArray()).map(({ p }) => p)
  expect(await pieces(3)).toEqual([['a😀c', 'def', 'g'], [], ['ab']])
  expect(await pieces(3, 1)).toEqual([['a😀c', 'cde', 'efg'], [], ['ab']])
  expect(await pieces(3, 2)).toEqual([['a😀c', '😀cd', 'cde', 'def', 'efg'], [], ['ab']])
  for (const [size, overlap] of [
    [0, 0],
    [3, 3],
    [3, -1],
  ] as const) {
    await expect(pieces(size, overlap)).rejects.toMatchObject({ code: 'INVALID' })
  }
  const long = lake.from([{ s: 'x'.repeat(200_000) }])
  await expect(long.select((o) => ({ p: o.s.str.chunk(1) })).toArray()).rejects.toMatchObject({
    code: 'LIMIT',
  })
})
