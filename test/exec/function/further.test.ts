import { describe, expect, test } from 'vitest'
import { connect, fn, lit, t } from '../../../src/index.ts'

const lake = await connect('memory:')
const one = lake.from([{ n: 1 }], { n: t.int32() })
const computed = async (build: (o: any) => any): Promise<unknown> =>
  (await one.select((o) => ({ v: build(o) })).toArray({ temporal: 'iso' }))[0]?.v
const day = (text: string) => lit(text, t.date())
const text = (value: string) => lit(value) as any

test.each([
  ['Robert', 'R163'],
  ['Rupert', 'R163'],
  ['Ashcraft', 'A261'],
  ['Tymczak', 'T522'],
  ['Pfister', 'P236'],
  ['Honeyman', 'H555'],
  ['', ''],
  ['123', ''],
])('%s sounds as %s', async (word, code) => {
  expect(await computed(() => text(word).str.soundex())).toBe(code)
})

test('months between are whole on the same day and on both last days, else parts of 31', async () => {
  const months = (later: string, earlier: string) =>
    computed(() => day(later).dt.monthsBetween(day(earlier)))
  expect(await months('2026-03-15', '2026-01-15')).toBe(2)
  expect(await months('2026-02-28', '2025-12-31')).toBe(2)
  expect(await months('2026-03-31', '2026-03-01')).toBeCloseTo(30 / 31, 12)
  expect(await months('2025-12-15', '2026-01-15')).toBe(-1)
})

test('a month has elapsed on the last day of one that is too short', async () => {
  const elapsed = (later: string, earlier: string, unit: 'month' | 'year') =>
    computed(() => day(later).dt.elapsed(day(earlier), unit))
  expect(await elapsed('2026-02-28', '2026-01-31', 'month')).toBe(1n)
  expect(await elapsed('2026-02-27', '2026-01-31', 'month')).toBe(0n)
  expect(await elapsed('2025-02-28', '2024-02-29', 'year')).toBe(1n)
  expect(await elapsed('2024-02-29', '2025-02-28', 'year')).toBe(-1n)
})

test('digests and checksums are those of the standards', async () => {
  expect(await computed(() => text('abc').str.sha1())).toBe(
    'a9993e364706816aba3e25717850c26c9cd0d89d',
  )
  expect(await computed(() => text('abc').str.sha512())).toMatch(
    /^ddaf35a193617abacc417349ae204131/,
  )
  expect(await computed(() => text('123456789').str.crc32())).toBe(0xcbf43926n)
})

test('numbers are written with all their digits, half away from zero', async () => {
  const written = (value: string, options: object) =>
    computed(() => lit(value, t.decimal(38, 5)).toText(options))
  expect(await written('12345678901234567890123.45678', { digits: 2, group: ' ' })).toBe(
    '12 345 678 901 234 567 890 123.46',
  )
  expect(await written('-0.00500', { digits: 2 })).toBe('-0.01')
  expect(await written('-0.00499', { digits: 2 })).toBe('0.00')
  expect(await computed(() => lit(-0.001).toText({ digits: 2 }))).toBe('0.00')
  expect(await computed(() => lit(1e22).toText({ group: ',' }))).toBe(
    '10,000,000,000,000,000,000,000',
  )
})

test('a whole number beyond int64 and digits of another base are refused', async () => {
  const read = (value: string, base: number) => computed(() => text(value).str.toInteger(base))
  expect(await read('-ff', 16)).toBe(-255n)
  expect(await read('9223372036854775807', 10)).toBe(9223372036854775807n)
  await expect(read('9223372036854775808', 10)).rejects.toThrow('does not fit int64')
  for (const [value, base] of [
    ['12', 2],
    ['', 10],
    ['1.5', 10],
    ['1'.repeat(70), 10],
  ] as const) {
    await expect(read(value, base)).rejects.toThrow('is no whole number')
  }
  await expect(read('1', 37)).rejects.toThrow('a base is from 2 to 36')
})

test('names of json are data', async () => {
  const object = fn.jsonObject({ ['__proto__']: 1, constructor: 'x', '': null })
  expect(await computed(() => object.json.text())).toBe('{"__proto__":1,"constructor":"x","":null}')
  expect(await computed(() => object.json.keys().json.text())).toBe(
    '["__proto__","constructor",""]',
  )
  const patch = fn.jsonObject({ ['__proto__']: null, x: fn.jsonObject({ a: 1 }) })
  expect(await computed(() => object.json.merge(patch).json.text())).toBe(
    '{"constructor":"x","":null,"x":{"a":1}}',
  )
})

test('what a path holds of another type is null', async () => {
  const doc = fn.jsonObject({ a: 1.5, b: '1', c: true, d: 2 ** 53 })
  const values = [
    doc.json.integer('$.a'),
    doc.json.integer('$.b'),
    doc.json.number('$.b'),
    doc.json.boolean('$.a'),
    doc.json.integer('$.d'),
  ]
  for (const value of values) expect(await computed(() => value)).toBeNull()
  expect(await computed(() => doc.json.number('$.a'))).toBe(1.5)
})

describe('runs', () => {
  test('are numbered from 0 by the changes of a value, where null equals null', async () => {
    const values = ['a', 'a', null, null, 'b', 'a']
    const rows = lake.from(
      values.map((v, id) => ({ id, g: id < 3 ? 0 : 1, v })),
      { id: t.int32(), g: t.int32(), v: t.utf8().nullable() },
    )
    const ids = (partitionBy: (o: any) => any) =>
      rows
        .select((o) => ({ r: o.v.runId().over({ partitionBy: partitionBy(o), orderBy: o.id }) }))
        .toArray()
    expect((await ids(() => [])).map(({ r }) => Number(r))).toEqual([0, 0, 1, 1, 2, 3])
    expect((await ids((o) => o.g)).map(({ r }) => Number(r))).toEqual([0, 0, 1, 0, 1, 2])
  })
})

describe('a wrong argument is refused where the verb is called', () => {
  const wide = lake.from([{ a: 1, b: 'x', p: true }], {
    a: t.int32(),
    b: t.utf8(),
    p: t.bool(),
  })
  test.each<[string, (o: any) => any, string]>([
    ['a quantile beyond 1', (o) => o.a.quantile(1.1), 'a number from 0 to 1'],
    ['a quantile that is text', (o) => o.a.approxQuantile('half'), 'a number from 0 to 1'],
    ['no values', (o) => o.a.approxTopK(0), 'from 1 to 1000'],
    ['an unknown option', (o) => o.b.listAgg(',', { order: o.a }), 'unknown option "order"'],
    ['a separator that is none', (o) => o.b.listAgg(3), 'separator'],
    ['no other column', (o) => o.a.corr(), 'expected an expression'],
    ['correlation with text', (o) => o.a.corr(o.b), 'corr needs a number'],
    ['bits of text', (o) => o.b.bitwiseOr(), 'a whole number'],
    ['truth of a number', (o) => o.a.boolAnd(), 'a bool'],
    ['a product of text', (o) => o.b.product(), 'a number'],
    ['a list of numbers', (o) => o.a.listAgg(), 'needs text'],
  ])('%s', (_name, build, message) => {
    expect(() => wide.agg((o) => ({ v: build(o) }))).toThrow(message)
  })

  test.each<[string, (o: any) => any, string]>([
    ['a normal form', (o) => o.b.str.normalize('NFX'), 'one of NFC'],
    ['a width of 0', (o) => o.a.bucket(0), 'a width above 0'],
    ['a template with too few places', (o) => fn.format('{}', o.a, o.b), 'for 2 values'],
    ['no pairs', (o) => o.a.decode([]), 'expected pairs'],
    ['a unit of unequal days', (o) => fn.fromEpoch(o.a, 'month' as never), 'one of day, hour'],
    ['an entropy that moves', (o) => o.a.entropy().over({ orderBy: o.a }), 'the whole partition'],
  ])('%s', (_name, build, message) => {
    expect(() => wide.select((o) => ({ v: build(o) }))).toThrow(message)
  })
})

test('the least of equally frequent values is the mode, whatever the order of the rows', async () => {
  for (const values of [
    ['b', 'a', 'a', 'b', 'c'],
    ['c', 'b', 'b', 'a', 'a'],
  ]) {
    const rows = lake.from(values.map((v) => ({ v })))
    expect(await rows.agg((o: any) => ({ m: o.v.mode() })).toArray()).toEqual([{ m: 'a' }])
  }
})

test('aggregates over no rows are null, and counts 0', async () => {
  const rows = lake.from([{ x: 1.5, b: 'x', p: true }]).filter((o: any) => o.x.gt(2)) as any
  const [row] = await rows
    .agg((o: any) => ({
      quantile: o.x.quantile(0.5),
      disc: o.b.quantileDisc(0.5),
      mode: o.b.mode(),
      entropy: o.b.entropy(),
      list: o.b.listAgg(),
      top: o.b.approxTopK(3),
      histogram: o.b.histogram(),
      corr: o.x.corr(o.x),
      product: o.x.product(),
      all: o.p.boolAnd(),
      by: o.b.maxBy(o.x),
      sketch: o.x.approxQuantile(0.5),
      pairs: o.x.regrCount(o.x),
      distinct: o.b.approxCountDistinct(),
      yes: o.p.countIf(),
    }))
    .toArray()
  const { pairs, distinct, yes, ...others } = row
  expect([pairs, distinct, yes]).toEqual([0n, 0n, 0n])
  expect(new Set(Object.values(others))).toEqual(new Set([null]))
})
