import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shownText } from '../../src/frame/display.ts'
import { stateOf } from '../../src/frame/frame-state.ts'
import type { Untyped } from '../../src/frame/type-tag.ts'
import { asc, col, connect, desc, fn, GraupelError, type Lake, lit, when } from '../../src/index.ts'

import { day, ORDERS, people as peopleOf, sales as salesOf } from './sales.ts'

let lake: Lake

beforeAll(async () => {
  lake = await connect('memory:')
})

afterAll(async () => {
  await lake.close()
})

const sales = () => salesOf(lake)
const people = () => peopleOf(lake)

test('select, filter, withColumns, drop and rename shape columns', async () => {
  const frame = sales()
    .filter((o) => o.amount.gt('5.00').and(o.customer.in(['Ada', 'Edsger'])))
    .withColumns((o) => ({ twice: o.amount.mul(2), id: o.id.add(1) }))
    .drop('placed_at')
    .rename({ customer: 'who' })
  expect(frame.schema.fields).toEqual([
    { name: 'id', type: 'int64', nullable: false },
    { name: 'who', type: 'utf8', nullable: false },
    { name: 'amount', type: 'decimal(12,2)', nullable: true },
    { name: 'twice', type: 'decimal(13,2)', nullable: true },
  ])
  expect(await frame.toArray()).toEqual([
    { id: 2n, who: 'Ada', amount: '19.90', twice: '39.80' },
    { id: 5n, who: 'Edsger', amount: '100.00', twice: '200.00' },
  ])
  expect(await sales().select('customer', 'id').limit(1, 1).toArray()).toEqual([
    { customer: 'Grace', id: 2n },
  ])
})

test('groupBy and agg, with aggregates inside expressions', async () => {
  const frame = sales()
    .groupBy('customer')
    .agg((o) => ({
      n: fn.count(),
      revenue: o.amount.sum(),
      each: o.amount.sum().div(o.amount.count()),
    }))
    .filter((o) => o.n.gt(1))
  expect(await frame.toArray()).toEqual([{ customer: 'Ada', n: 2n, revenue: '24.90', each: 12.45 }])
  const none = sales().filter(() => lit(false))
  expect(await none.agg((o) => ({ n: fn.count(), s: o.id.sum() })).toArray()).toEqual([
    { n: 0n, s: null },
  ])
  expect(await none.toArray()).toEqual([])
  expect(await none.first()).toBeUndefined()
})

test('a key called the same on both sides appears once, and full joins coalesce it', async () => {
  const left = sales().select('id', 'customer')
  const inner = await left.join(people(), { on: 'customer' }).sort('id').toArray()
  expect(inner).toEqual([
    { id: 1n, customer: 'Ada', country: 'UK', id_right: 10 },
    { id: 3n, customer: 'Ada', country: 'UK', id_right: 10 },
    { id: 4n, customer: 'Edsger', country: 'NL', id_right: 11 },
  ])
  const full = left
    .join(people(), { on: ['customer'], how: 'full', suffix: '_p' })
    .select('customer', 'id', 'id_p')
    .sort('customer', 'id')
  expect(await full.toArray()).toEqual([
    { customer: 'Ada', id: 1n, id_p: 10 },
    { customer: 'Ada', id: 3n, id_p: 10 },
    { customer: 'Alan', id: null, id_p: 12 },
    { customer: 'Edsger', id: 4n, id_p: 11 },
    { customer: 'Grace', id: 2n, id_p: null },
  ])
  const right = left.join(people(), { on: 'customer', how: 'right' }).select('customer')
  expect((await right.distinct().toArray()).map((row) => row.customer).sort()).toEqual([
    'Ada',
    'Alan',
    'Edsger',
  ])
})

test('semi, anti and cross joins; keys with different names both stay', async () => {
  const ids = async (how: 'semi' | 'anti') =>
    (await sales().join(people(), { on: 'customer', how }).toArray()).map(({ id }) => id)
  expect(await ids('semi')).toEqual([1n, 3n, 4n])
  expect(await ids('anti')).toEqual([2n])
  expect(await sales().join(people(), { how: 'cross' }).count()).toBe(12)
  const named = people().rename({ customer: 'name' }).select('name', 'country')
  const joined = sales().join(named, { on: [['customer', 'name']], how: 'left' })
  expect(joined.schema.fields.map(({ name }) => name)).toEqual([
    ...['id', 'customer', 'amount', 'placed_at', 'name', 'country'],
  ])
})

test('keys of different integer types are compared as the wider one', async () => {
  const ids = people().select('id')
  const joined = sales()
    .select((o) => ({ id: o.id.add(9) }))
    .join(ids, { on: 'id', how: 'right' })
  expect(joined.schema.fields).toEqual([{ name: 'id', type: 'int64', nullable: false }])
  expect(await joined.sort('id').toArray()).toEqual([{ id: 10n }, { id: 11n }, { id: 12n }])
})

test('sort puts nulls where it is told, and limit takes from there', async () => {
  const ids = async (...keys: Parameters<ReturnType<typeof sales>['sort']>) =>
    (
      await sales()
        .sort(...keys)
        .toArray()
    ).map(({ id }) => Number(id))
  expect(await ids('amount')).toEqual([3, 1, 4, 2])
  expect(await ids(desc('amount'))).toEqual([2, 4, 1, 3])
  expect(await ids(desc('amount', { nulls: 'last' }))).toEqual([4, 1, 3, 2])
  expect(await ids('customer', asc(col('id').neg()))).toEqual([3, 1, 4, 2])
})

test('distinct by a subset keeps the first row of each, union appends, nulls are filled', async () => {
  expect(await sales().distinct('customer').select('id', 'customer').toArray()).toEqual([
    { id: 1n, customer: 'Ada' },
    { id: 2n, customer: 'Grace' },
    { id: 4n, customer: 'Edsger' },
  ])
  const both = sales().select('customer').union(people().select('customer'))
  expect(await both.count()).toBe(7)
  const filled = sales().fillNull(0)
  expect(filled.schema.fields.map(({ nullable }) => nullable)).toEqual([false, false, false, false])
  expect((await filled.toArray())[1]?.amount).toBe('0.00')
  expect(await sales().dropNulls('amount').count()).toBe(3)
  expect(
    await sales()
      .pipe((frame) => frame.limit(2))
      .count(),
  ).toBe(2)
})

test('when, text and date methods', async () => {
  const rows = await sales()
    .select((o) => ({
      size: when(o.amount.gte(100))
        .then('big')
        .when(o.amount.isNull())
        .then('none')
        .otherwise('small'),
      start: o.customer.str.slice(0, 2).str.upper(),
      month: o.placed_at.dt.month(),
      since: o.placed_at.dt.truncate('month'),
    }))
    .toArray()
  expect(rows).toEqual([
    { size: 'small', start: 'AD', month: 1, since: day('2026-01-01') },
    { size: 'none', start: 'GR', month: 1, since: day('2026-01-01') },
    { size: 'small', start: 'AD', month: 2, since: day('2026-02-01') },
    { size: 'big', start: 'ED', month: 2, since: day('2026-02-01') },
  ])
})

test('rows take the form that is asked for, and a value that would lose digits throws', async () => {
  const form = { int64: 'number', decimal: 'number', temporal: 'iso' } as const
  expect(await sales().first(form)).toEqual({
    id: 1,
    customer: 'Ada',
    amount: 19.9,
    placed_at: '2026-01-03T00:00:00.000',
  })
  const wide = lake.from([{ id: 2n ** 60n + 1n }])
  await expect(wide.toArray({ int64: 'number' })).rejects.toMatchObject({
    code: 'INVALID',
    facts: { column: 'id' },
  })
})

test('names that mean something to JavaScript are columns like any other', async () => {
  const rows = [
    Object.fromEntries([
      ['then', 1n],
      ['constructor', 2n],
      ['', 3n],
    ]),
  ]
  const frame = lake
    .from(rows as Record<string, bigint>[])
    .withColumns((o) => ({ ['__proto__']: o.then!.add(o['']!) }))
  const [row] = await frame.toArray()
  expect(Object.keys(row!)).toEqual(['then', 'constructor', '', '__proto__'])
  expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe(4n)
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
  expect(await frame.filter(() => col('__proto__').eq(4)).count()).toBe(1)
})

test('Arrow goes out whole and in batches, and in again', async () => {
  const table = await sales().collect()
  expect(table.numRows).toBe(4)
  expect(lake.from(table, ORDERS).schema).toEqual(sales().schema)
  expect(await lake.from(table).toArray()).toEqual(await sales().toArray())
  const sizes: number[] = []
  for await (const batch of sales().batches({ batchSize: 3 })) sizes.push(batch.numRows)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(3)
  const ids: bigint[] = []
  for await (const { id } of sales()) {
    ids.push(id)
    if (ids.length === 2) break
  }
  expect(ids).toEqual([1n, 2n])
})

test('a frame is not thenable, and looking at it runs nothing', async () => {
  const frame = sales().filter((o) => o.id.intDiv(0).eq(1))
  expect('then' in frame).toBe(false)
  expect(await frame).toBe(frame)
  expect(inspect(frame)).toMatch(/^DataFrame \{ id: int64, .* rows in memory → filter/)
  expect(() => `${frame as never}`).toThrow(GraupelError)
  await expect(frame.toArray()).rejects.toMatchObject({ code: 'INVALID' })
})

test('show is a table under a line that names it, and notebooks get escaped HTML', async () => {
  const frame = sales().select('customer', 'amount')
  const text = await shownText(stateOf(frame, 'test'), 2, { width: 80 })
  expect(text).toBe(`first 2 rows × 2 columns
┌──────────┬────────────────┐
│ customer │         amount │
│ utf8     │ decimal(12,2)? │
├──────────┼────────────────┤
│ Ada      │          19.90 │
│ Grace    │           null │
└──────────┴────────────────┘
`)
  const html = lake.from([{ a: '<script>' }]) as unknown as Record<symbol, () => Promise<Untyped>>
  const bundle = await html[Symbol.for('Jupyter.display')]!()
  expect(bundle['text/html']).toContain('&lt;script&gt;')
  expect(bundle['text/html']).not.toContain('<script>')
})

test('mistakes are reported where they are made', async () => {
  const frame = sales()
  const untyped = frame as unknown as Record<string, (...args: Untyped[]) => Untyped>
  const cases: readonly [string, () => unknown, RegExp][] = [
    [
      'a misspelt column',
      () => frame.filter((o: Untyped) => o.amonut.gt(1)),
      /did you mean "amount"/,
    ],
    ['a bare boolean', () => untyped.filter!(() => true), /expected an expression/],
    ['a promise', () => untyped.filter!(async () => lit(true)), /at once/],
    ['a literal output', () => untyped.select!(() => ({ a: 1 })), /lit\(/],
    ['no outputs', () => frame.select(() => ({})), /no columns/],
    ['a text beside a number', () => untyped.filter!((o: Untyped) => o.id.eq('x')), /int64|utf8/],
    ['a date that is none', () => frame.filter((o) => o.placed_at.gt('soon')), /soon/],
    ['a name for a list', () => untyped.select!(['id']), /a list/],
    ['no keys', () => untyped.join!(people(), {}), /on has to be/],
    [
      'keys that are never equal',
      () => untyped.join!(people(), { on: [['id', 'country']] }),
      /never equal/,
    ],
    ['a frame that is none', () => untyped.join!(3, { on: 'id' }), /expected a frame/],
    ['an outer join', () => untyped.join!(people(), { on: 'id', how: 'outer' }), /inner, left/],
    ['two columns of one name', () => frame.rename({ id: 'customer' }), /two columns/],
    [
      'a column outside an aggregate',
      () => frame.groupBy('id').agg((o) => ({ x: o.amount })),
      /amount/,
    ],
    ['an aggregate in a filter', () => frame.filter((o) => o.id.sum().gt(1)), /sum|aggregate/],
    ['a negative limit', () => frame.limit(-1), /at least 0/],
    ['different columns', () => untyped.union!(people()), /different columns/],
  ]
  for (const [what, mistake, message] of cases) {
    expect(mistake, what).toThrow(message)
    expect(mistake, what).toThrow(GraupelError)
  }
  await expect(frame.collect({ limit: 1 } as never)).rejects.toThrow(/unknown option "limit"/)
  await expect(connect('memory:', { casche: true } as never)).rejects.toThrow(/casche/)
  await expect(connect('memory:', { memoryLimit: 'much' })).rejects.toThrow(/256MB/)
  await expect(connect('ftp://x')).rejects.toMatchObject({ code: 'INVALID' })
})
