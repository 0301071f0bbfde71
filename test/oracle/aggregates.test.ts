import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asc, connect, type DataFrame, desc, type Lake, t } from '../../src/index.ts'
import { AGGREGATE_NAMES } from '../../src/plan/function.ts'
import { BOUND_RULES, RULES } from '../../src/plan/optimizer.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { runVariant, type Variant } from '../support/run-variant.ts'

const ROWS = runs(400)
const WORDS = ['', 'a', 'é😀', 'Graupel', 'a,b', 'zz']

const COLUMNS = {
  id: t.int32(),
  g: t.int32().nullable(),
  i: t.int32().nullable(),
  b: t.int64().nullable(),
  x: t.float64().nullable(),
  y: t.float64().nullable(),
  m: t.decimal(9, 2).nullable(),
  s: t.utf8().nullable(),
  d: t.date().nullable(),
  p: t.bool().nullable(),
}

function sample(prng: Prng, id: number) {
  const some = <T>(value: T): T | null => (prng.chance(0.15) ? null : value)
  const x = prng.int(-400, 400) / 16
  return {
    id,
    g: some(prng.int(0, 12)),
    i: some(prng.int(-9, 9)),
    b: some(BigInt(prng.int(-2_000_000_000, 2_000_000_000)) * BigInt(prng.int(1, 4_000_000))),
    x: some(x),
    y: some(x * 3 + prng.int(-100, 100) / 8),
    m: some(`${prng.int(-900, 900)}.${prng.int(10, 99)}`),
    s: some(prng.pick(WORDS)),
    d: some(`20${prng.int(10, 12)}-0${prng.int(1, 9)}-1${prng.int(0, 9)}`),
    p: some(prng.chance(0.8)),
  }
}

const tally = (column: string) =>
  `CAST(list_transform(map_entries(histogram(${column})OVER), e -> {'value': e.key, 'count': e.value}) AS JSON)`
const most = (column: string) =>
  `map_keys(histogram(${column})OVER)[list_position(map_values(histogram(${column})OVER), list_max(map_values(histogram(${column})OVER)))]`
const noNan = (call: string) => `CASE WHEN isnan(${call}OVER) THEN NULL ELSE ${call}OVER END`

type Case = readonly [name: string, build: (o: any) => any, sql: string, moves?: 'whole only']

/** Each aggregate in both tongues; `OVER` stands where SQL's may follow. Floats to 9 digits. */
/** Drawn by the random plans and windows beside this file. */
const RANDOM = 'countDistinct mean min max first last stddev median collectList'.split(' ')
/** Any value is right, or one near enough: see `test/exec/aggregate/sketches.test.ts`. */
const APART = ['any', 'approxQuantile', 'approxTopK']

const CASES: readonly Case[] = [
  ['count', (o) => o.s.count(), 'count(s)'],
  ['sum', (o) => o.m.sum(), 'sum(m)'],
  ['stddevPop', (o) => o.x.stddevPop(), 'stddev_pop(x)'],
  ['variancePop', (o) => o.m.variancePop(), 'var_pop(CAST(m AS DOUBLE))'],
  ['variance', (o) => o.i.variance(), 'var_samp(i)'],
  ['skewness', (o) => o.y.skewness(), noNan('skewness(y)')],
  ['skewness of decimals', (o) => o.m.skewness(), noNan('skewness(CAST(m AS DOUBLE))')],
  ['kurtosis', (o) => o.y.kurtosis(), noNan('kurtosis(y)')],
  ['product', (o) => o.i.add(20).product(), 'product(i + 20)'],
  ['countIf', (o) => o.p.countIf(), 'count(*) FILTER (p)'],
  ['boolAnd', (o) => o.p.boolAnd(), 'bool_and(p)'],
  ['boolOr', (o) => o.p.not().boolOr(), 'bool_or(NOT p)'],
  ['bitwiseAnd', (o) => o.b.bitwiseAnd(), 'bit_and(b)'],
  ['bitwiseOr', (o) => o.i.bitwiseOr(), 'CAST(bit_or(i)OVER AS BIGINT)'],
  ['bitwiseXor', (o) => o.b.bitwiseXor(), 'bit_xor(b)'],
  ['quantile', (o) => o.x.quantile(0.3), 'quantile_cont(x, 0.3)'],
  [
    'quantile of whole numbers',
    (o) => o.b.quantile(0.97),
    'quantile_cont(CAST(b AS DOUBLE), 0.97)',
  ],
  ['quantile of decimals', (o) => o.m.quantile(0.5), 'quantile_cont(CAST(m AS DOUBLE), 0.5)'],
  ['quantile at an end', (o) => o.x.quantile(1), 'max(x)'],
  ['quantileDisc', (o) => o.x.quantileDisc(0.3), 'quantile_disc(x, 0.3)'],
  ['quantileDisc of text', (o) => o.s.quantileDisc(0.5), 'quantile_disc(s, 0.5)'],
  ['quantileDisc of int64', (o) => o.b.quantileDisc(0.9), 'quantile_disc(b, 0.9)'],
  ['quantileDisc of dates', (o) => o.d.quantileDisc(0.25), 'quantile_disc(d, 0.25)'],
  ['mode', (o) => o.i.mode(), most('i')],
  ['mode of text', (o) => o.s.mode(), most('s')],
  [
    'entropy',
    (o) => o.s.entropy(),
    'CASE WHEN count(s)OVER = 0 THEN NULL ELSE entropy(s)OVER END',
    'whole only',
  ],
  ['histogram', (o) => o.i.histogram(), tally('i'), 'whole only'],
  ['histogram of text', (o) => o.s.histogram(), tally('s'), 'whole only'],
  ['listAgg', (o) => o.s.listAgg('-', { orderBy: o.id }), "string_agg(s, '-' ORDER BY id)"],
  [
    'listAgg by two keys',
    (o) => o.s.listAgg('', { orderBy: [desc(o.i), asc(o.id)] }),
    "string_agg(s, '' ORDER BY i DESC NULLS FIRST, id)",
  ],
  [
    'listAgg of distinct texts',
    (o) => o.s.listAgg('|', { distinct: true, orderBy: o.s }),
    "string_agg(DISTINCT s, '|' ORDER BY s)",
  ],
  ['maxBy', (o) => o.s.maxBy(o.b), 'arg_max_null(s, b)'],
  ['minBy', (o) => o.b.minBy(o.y), 'arg_min_null(b, y)'],
  [
    'maxBy of text',
    (o) => o.m.maxBy(o.s.str.concat(o.b.cast(t.utf8()))),
    'arg_max_null(m, s || b)',
  ],
  ['corr', (o) => o.x.corr(o.y), noNan('corr(x, y)')],
  ['covarPop', (o) => o.x.covarPop(o.m), 'covar_pop(x, CAST(m AS DOUBLE))'],
  ['covarSamp', (o) => o.y.covarSamp(o.i), 'covar_samp(y, i)'],
  ['regrSlope', (o) => o.y.regrSlope(o.x), noNan('regr_slope(y, x)')],
  ['regrIntercept', (o) => o.y.regrIntercept(o.x), noNan('regr_intercept(y, x)')],
  ['regrR2', (o) => o.y.regrR2(o.x), noNan('regr_r2(y, x)')],
  ['regrCount', (o) => o.y.regrCount(o.x), 'CAST(regr_count(y, x)OVER AS BIGINT)'],
  ['regrAvgX', (o) => o.y.regrAvgX(o.x), 'regr_avgx(y, x)'],
  ['regrAvgY', (o) => o.y.regrAvgY(o.x), 'regr_avgy(y, x)'],
  ['regrSxx', (o) => o.y.regrSxx(o.x), 'regr_sxx(y, x)'],
  ['regrSyy', (o) => o.y.regrSyy(o.x), 'regr_syy(y, x)'],
  ['regrSxy', (o) => o.y.regrSxy(o.x), 'regr_sxy(y, x)'],
  // So few values that a sketch of them is exact.
  ['approxCountDistinct', (o) => o.b.approxCountDistinct(), 'count(DISTINCT b)'],
  ['approxCountDistinct of text', (o) => o.s.approxCountDistinct(), 'count(DISTINCT s)'],
]

const PLAIN: Variant = { name: 'plain', rules: RULES, boundRules: BOUND_RULES, batchRowsMax: 50 }
const VARIANTS: readonly Variant[] = [
  PLAIN,
  { ...PLAIN, name: 'on two threads', threads: 2 },
  { ...PLAIN, name: 'spilling', memoryLimit: 3000, batchRowsMax: 7 },
]

let root: string
let lake: Lake
let frame: DataFrame<any>
let instance: DuckDBInstance
let duck: DuckDBConnection

beforeAll(async () => {
  const prng = new Prng(seed)
  const rows = Array.from({ length: ROWS }, (_, id) => sample(prng, id))
  root = mkdtempSync(join(tmpdir(), 'graupel-aggregates-'))
  lake = await connect(root)
  const db = await lake.database('test/aggregates', { create: true })
  const table = await db.createTable('r', COLUMNS, { partitionRows: 90 })
  await table.insert(rows as never)
  frame = table as DataFrame<any>
  instance = await DuckDBInstance.create(':memory:')
  duck = await instance.connect()
  await duck.run(
    'CREATE TABLE r (id INTEGER, g INTEGER, i INTEGER, b BIGINT, x DOUBLE, y DOUBLE, m DECIMAL(9,2), s VARCHAR, d DATE, p BOOLEAN)',
  )
  await duck.run('SET threads = 1')
  const literal = (value: unknown) =>
    value === null ? 'NULL' : typeof value === 'string' ? `'${value}'` : String(value)
  const values = rows.map((row) => `(${Object.values(row).map(literal).join(',')})`)
  await duck.run(`INSERT INTO r VALUES ${values.join(',')}`)
}, 60_000)

afterAll(async () => {
  duck.closeSync()
  instance.closeSync()
  await lake.close()
  rmSync(root, { recursive: true, force: true })
})

/** A value as both give it. */
function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  if (typeof value === 'string' && value.startsWith('[')) return JSON.stringify(JSON.parse(value))
  return Object.is(value, -0) ? 0 : value
}

/** A NaN of ours is no value of DuckDB's. */
function same(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && Number.isNaN(actual)) return expected === null
  if (typeof actual !== 'number' || typeof expected !== 'number') return Object.is(actual, expected)
  return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected))
}

async function expectRows(actual: readonly unknown[][], sql: string, type: string): Promise<void> {
  const text = type.startsWith('decimal') ? 'CAST(v AS VARCHAR)' : 'v'
  const reader = await duck.runAndReadAll(`SELECT k, ${text} FROM (${sql}) ORDER BY k NULLS LAST`)
  const expected = reader.getRowsJS().map(([key, value]) => [key, comparable(value)] as const)
  const found = new Map(actual.map(([key, value]) => [key, comparable(value)]))
  expect(found.size).toBe(expected.length)
  const wrong = expected.find(([key, value]) => !same(found.get(key), value))
  expect(wrong && [wrong[0], found.get(wrong[0])]).toEqual(wrong && [...wrong])
}

const over = (sql: string, frame: string) =>
  sql.includes('OVER') ? sql.replaceAll('OVER', frame) : `${sql}${frame}`

describe(`aggregates give DuckDB's values on ${ROWS} rows with nulls`, () => {
  const moving = CASES.filter(([, , , moves]) => moves === undefined)
  const count = CASES.length * (2 * VARIANTS.length + 1) + moving.length
  console.log(`aggregates: ${CASES.length} in ${count} cases, seed ${seed}`)

  for (const [name, build, sql, moves] of CASES)
    test(name, async () => {
      const all = frame.agg((o: any) => ({ v: build(o) }))
      const groups = frame.groupBy('g').agg((o: any) => ({ v: build(o) }))
      const { type } = all.schema.fields[0]!
      for (const variant of VARIANTS) {
        const total = (await runVariant(all, variant)).rows.map(([v]) => [0, v])
        await expectRows(total, `SELECT 0 AS k, ${over(sql, '')} AS v FROM r`, type)
        const each = (await runVariant(groups, variant)).rows
        await expectRows(each, `SELECT g AS k, ${over(sql, '')} AS v FROM r GROUP BY g`, type)
      }
      const whole = frame.select((o: any) => ({ id: o.id, v: build(o).over({ partitionBy: o.g }) }))
      await expectRows(
        (await runVariant(whole, PLAIN)).rows,
        `SELECT id AS k, ${over(sql, ' OVER (PARTITION BY g)')} AS v FROM r`,
        type,
      )
      if (moves === 'whole only') return
      const rows = frame.select((o: any) => ({
        id: o.id,
        v: build(o).over({ partitionBy: o.g, orderBy: o.id, rows: [-6, 2] }),
      }))
      const range = ' OVER (PARTITION BY g ORDER BY id ROWS BETWEEN 6 PRECEDING AND 2 FOLLOWING)'
      await expectRows(
        (await runVariant(rows, PLAIN)).rows,
        `SELECT id AS k, ${over(sql, range)} AS v FROM r`,
        type,
      )
    }, 60_000)
})

test('every aggregate has a case here, is drawn by random plans, or is told apart', async () => {
  const outputs = (o: any) =>
    Object.fromEntries(CASES.map(([name, build], at) => [`${at} ${name}`, build(o)]))
  const text = JSON.stringify(await frame.limit(0).agg(outputs).toPlan())
  const called = new Set([...text.matchAll(/"aggregate":"(\w+)"/g)].map(([, name]) => name))
  const known = new Set([...called, ...RANDOM, ...APART])
  expect(AGGREGATE_NAMES.filter((name) => !known.has(name))).toEqual([])
})
