import { connect, type Database, type DataFrame, type Lake, lit, t } from 'graupel'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { compareRows, frameRows } from '../support/compare-rows.ts'
import { Prng } from '../support/prng.ts'
import { seed } from '../support/random.ts'
import { type RemotePlace, startRemotePlace } from './remote-place.ts'

let place: RemotePlace
let lake: Lake
let db: Database

beforeAll(async () => {
  place = await startRemotePlace()
  lake = await connect(`s3://${place.bucket.name}/shuffle`, place.bucket.options)
  db = await lake.database('a/b', { create: true })
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
} as const

const SCHEMA = {
  int: t.int64().nullable(),
  float: t.float64().nullable(),
  decimal: t.decimal(38, 10).nullable(),
  text: t.utf8().nullable(),
  yes: t.bool().nullable(),
  day: t.date().nullable(),
  at: t.timestamp({ unit: 'us' }).nullable(),
} as const

/** A table whose columns begin with `prefix`, with rows of the pools in partitions of a few. */
async function keyed(prefix: string, rows: number, prng: Prng): Promise<DataFrame<any>> {
  const names = Object.keys(SCHEMA) as (keyof typeof SCHEMA)[]
  const schema = Object.fromEntries(names.map((name) => [`${prefix}${name}`, SCHEMA[name]]))
  const table = await db.createTable(`keyed_${prefix}`, { [`${prefix}id`]: t.int32(), ...schema })
  const made = Array.from({ length: rows }, (_, at) => ({
    [`${prefix}id`]: at,
    ...Object.fromEntries(names.map((name) => [`${prefix}${name}`, prng.pick(POOLS[name])])),
  }))
  for (let from = 0; from < rows; from += 12) await table.insert(made.slice(from, from + 12))
  return table as never
}

test('every kind of join by keys of every kind has the rows that it has here', async () => {
  const prng = new Prng(seed)
  const [left, right] = [await keyed('l', 40, prng), await keyed('r', 30, prng)]
  const keys = [...Object.keys(SCHEMA).map((name) => [name]), ['int', 'text'], ['float', 'day']]
  for (const how of HOWS) {
    for (const names of keys) {
      const on = names.map((name) => [`l${name}`, `r${name}`])
      const frame = left.join(right as never, { on, how } as never) as DataFrame<any>
      const sent = await frame.explain({ engine: place.shuffling })
      expect(sent).toContain(`side of ${how === 'inner' || how === 'anti' ? 'an' : 'a'} ${how}`)
      const there = await frameRows(frame, { engine: place.shuffling })
      const difference = compareRows(there, await frameRows(frame), { ordered: false })
      expect(difference, `${how} by ${names} (GRAUPEL_TEST_SEED=${seed})`).toBeNull()
    }
  }
})
