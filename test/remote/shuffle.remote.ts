import { connect, type Database, type DataFrame, type Lake, t } from 'graupel'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { clickhouse, type QueryEngine } from '../../src/remote/index.ts'
import { Prng } from '../support/prng.ts'
import { seed } from '../support/random.ts'
import { type RemotePlace, startRemotePlace } from './remote-place.ts'

let place: RemotePlace
let lake: Lake
let db: Database
let tables: Record<'l' | 'r', DataFrame<any>>

beforeAll(async () => {
  place = await startRemotePlace()
  lake = await connect(`s3://${place.bucket.name}/shuffle`, place.bucket.options)
  db = await lake.database('a/b', { create: true })
  const prng = new Prng(seed)
  tables = { l: await keyed('l', 40, prng), r: await keyed('r', 30, prng) }
})

afterAll(async () => {
  await lake?.close()
  await place?.stop()
})

afterEach(async () => {
  expect(await place.leftovers()).toEqual([])
})

const HOWS = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const

const POOLS = {
  int: [null, 2n ** 63n - 1n, -(2n ** 63n), 0n, 1n, 1n, 2n ** 53n + 1n],
  float: [null, Number.NaN, 0, -0, 5e-324, Number.POSITIVE_INFINITY, 0.1],
  decimal: [null, '9'.repeat(28), '-0.0000000001', '0', '1.5'],
  text: [null, '', '\\N', "it's", '"q", \n\r\n é 😀', 'a', ' a', 'x'.repeat(300)],
  yes: [null, true, false],
  day: [null, '1900-01-01', '2299-12-31', '2024-02-29'],
  at: [null, '1900-01-01T00:00:00.000001', '2299-12-31T23:59:59.999999'],
  zoned: [null, '1900-01-01T00:00:00.001Z', '2024-02-29T12:34:56.789Z'],
  small: [null, -128, 127, 0],
  unsigned: [null, 4294967295, 0],
  single: [null, Number.NaN, -0, 0, 0.1],
} as const

const SCHEMA = {
  int: t.int64().nullable(),
  float: t.float64().nullable(),
  decimal: t.decimal(38, 10).nullable(),
  text: t.utf8().nullable(),
  yes: t.bool().nullable(),
  day: t.date().nullable(),
  at: t.timestamp({ unit: 'us' }).nullable(),
  zoned: t.timestamp({ zone: 'UTC' }).nullable(),
  small: t.int8().nullable(),
  unsigned: t.uint32().nullable(),
  single: t.float32().nullable(),
} as const

/** A table whose columns begin with `prefix`, with rows of the pools in partitions of a few. */
async function keyed(prefix: string, rows: number, prng: Prng): Promise<DataFrame<any>> {
  const names = Object.keys(SCHEMA) as (keyof typeof SCHEMA)[]
  const schema = Object.fromEntries(names.map((name) => [`${prefix}${name}`, SCHEMA[name]]))
  const table = await db.createTable(`keyed_${prefix}`, { [`${prefix}id`]: t.int32(), ...schema })
  const made = Array.from({ length: rows }, (_, at) => ({
    [`${prefix}id`]: at,
    ...Object.fromEntries(
      names.map((name) => [`${prefix}${name}`, prng.pick<unknown>(POOLS[name])]),
    ),
  }))
  for (let from = 0; from < rows; from += 12)
    await table.insert(made.slice(from, from + 12) as never)
  return table as never
}

/** Rows in one order, each as text that tells every bit of a value. */
async function exactRows(frame: DataFrame<any>, engine?: QueryEngine): Promise<string[]> {
  const options = engine === undefined ? {} : { engine }
  const rows: object[] = await frame.toArray({ ...options, temporal: 'iso' } as never)
  const told = (_: string, value: unknown) =>
    typeof value === 'bigint' || typeof value === 'number'
      ? Object.is(value, -0)
        ? '-0'
        : `${value}`
      : value
  return rows.map((row) => JSON.stringify(row, told)).sort()
}

function joined(left: unknown, right: unknown, on: string[][], how: string): DataFrame<any> {
  return (left as any).join(right, { on, how })
}

const KEYS = [...Object.keys(SCHEMA), 'int and text', 'float and day']

test.each(
  HOWS.map((how, at) => ({
    how,
    keys: [0, 1, 2].map((more) => KEYS[(at * 3 + more) % KEYS.length]!),
  })),
)('a shuffled $how join has the rows that it has here', async ({ how, keys }) => {
  const { l, r } = tables
  const none = (of: DataFrame<any>, name: string) => of.filter((o: any) => o[name].eq('none'))
  const cases = [
    ...keys.map((key) => [l, r, key] as const),
    how === 'left' || how === 'anti'
      ? ([l, none(r, 'rtext'), 'int'] as const)
      : ([none(l, 'ltext'), r, 'int'] as const),
  ]
  for (const [left, right, key] of cases) {
    const on = key.split(' and ').map((name) => [`l${name}`, `r${name}`])
    const frame = joined(left, right, on, how)
    const where = `${how} by ${key} (GRAUPEL_TEST_SEED=${seed})`
    expect(await frame.explain({ engine: place.shuffling }), where).toContain(`${how} join into 3`)
    expect(await exactRows(frame, place.shuffling), where).toEqual(await exactRows(frame))
  }
})

test('joins of joins, of aggregates and beside others are shuffled, and answer as here', async () => {
  const { l, r } = tables
  const [left, right] = [l.select('lid', 'lint', 'ltext'), r.select('rid', 'rint', 'rtext')]
  const third = r.select((o: any) => ({ tid: o.rid, ttext: o.rtext }))
  const groups = r.groupBy('rint').agg((o: any) => ({ n: o.rid.count(), most: o.rtext.max() }))
  const both = joined(left, right, [['lint', 'rint']], 'full')
  const frames = [
    joined(both, third, [['rtext', 'ttext']], 'left'),
    joined(third, both, [['ttext', 'rtext']], 'anti'),
    joined(left, groups, [['lint', 'rint']], 'left'),
    joined(groups, left, [['rint', 'lint']], 'right'),
    both.union(both as never) as DataFrame<any>,
    both.groupBy('ltext').agg((o: any) => ({ n: o.rid.sum(), some: o.lid.countDistinct() })),
    both.sort('lid', 'rid').limit(7, 3),
    both.withColumns((o: any) => ({ w: o.rid.sum().over({ partitionBy: o.ltext }) })),
    both
      .filter((o: any) => o.rtext.isNull().or(o.rtext.lt('b')))
      .agg((o: any) => ({ n: o.lid.count() })),
    joined(both, lake.from([{ x: 'a' }, { x: '' }]), [['rtext', 'x']], 'semi'),
    joined(left, left.rename({ lid: 'a', lint: 'b', ltext: 'c' }), [['lint', 'b']], 'full'),
  ] as DataFrame<any>[]
  for (const frame of frames) {
    expect(await frame.explain({ engine: place.shuffling })).toContain('shuffle of the left side')
    expect(await exactRows(frame, place.shuffling)).toEqual(await exactRows(frame))
  }
})

test('what is explained has the sides, the buckets and the statements of both phases, and no secret', async () => {
  const { l, r } = tables
  const frame = joined(l.select('lid', 'lint'), r.select('rint'), [['lint', 'rint']], 'left')
  const told = await frame.explain({ engine: place.shuffling })
  expect(told.match(/shuffle of the \w+ side of a left join into 3 buckets/g)).toHaveLength(2)
  for (const [part, { url }] of place.nodes.entries()) {
    expect(told).toContain(`part ${part} by ${url}: `)
  }
  expect(told.match(/INSERT INTO FUNCTION s3\(/g)).toHaveLength(6)
  expect(told.match(/cityHash64\(assumeNotNull\(k0\)\)\) % 3\) AS b/g)).toHaveLength(6)
  const answers = told.slice(told.lastIndexOf('SELECT CAST(')).split('remote(').slice(1)
  expect(answers).toHaveLength(3)
  for (const [fragment, of] of answers.entries()) {
    const files = of.match(/_tmp\/<query>\/\d\/(?:\d|\{)[^']*/g)!
    expect(files.length).toBeGreaterThan(0)
    expect(new Set(of.match(/\d(?=\.parquet)/g))).toEqual(new Set([String(fragment)]))
  }
  expect(told).not.toContain(place.keys.secretAccessKey)
  const small = clickhouse({ ...place.options, shuffleFromBytes: '1GB' })
  expect(await frame.explain({ engine: small })).not.toContain('INSERT')
})
