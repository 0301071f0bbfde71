import { expect, test } from 'vitest'
import { compile, hoverOf } from './compile.ts'

const HEAD = `
import { type Database, desc, fn, t } from '../../src/index.ts'
declare const db: Database
const orders = await db.createTable('orders', {
  id: t.int64(), customer: t.utf8(), amount: t.decimal(12, 2).nullable(), placed_at: t.timestamp(),
})
const customers = await db.createTable('customers', { customer: t.utf8(), country: t.utf8() })
`

const compiled = compile(`${HEAD}
const filtered = orders.filter(o => o.amount.gt(100))
const days = orders.withColumns(o => ({ day: o.placed_at.dt.date() }))
const grouped = days.groupBy('day').agg(o => ({ n: fn.count(), revenue: o.amount.sum() }))
const joined = orders.join(customers, { on: 'customer', how: 'left' }).drop('placed_at')
const sorted = grouped.sort(desc('revenue')).limit(10)
const rows = await joined.toArray()
const filled = joined.fillNull({ amount: 0 })
const renamed = customers.rename({ country: 'land' })
const tenSteps = orders
  .filter(o => o.amount.gt(1))
  .withColumns(o => ({ net: o.amount.mul('0.8'), day: o.placed_at.dt.date() }))
  .join(customers, { on: 'customer', how: 'left' })
  .dropNulls('net')
  .withColumns(o => ({ rank: fn.rank().over({ partitionBy: o.customer, orderBy: desc(o.net) }) }))
  .rolling('placed_at', { period: '7d', by: ['customer', 'country'] })
  .agg(o => ({ net: o.net.sum(), best: o.rank.min(), n: fn.count() }))
  .pivot({ index: 'customer', on: 'country', values: ['DE', 'AT'], value: 'net', agg: 'max' })
  .fillNull({ DE: 0 })
  .rename({ AT: 'austria' })
  .sort(desc('DE'))
const alike = orders.selectLike('%_at')
const counts = orders.crosstab({ index: 'customer', on: 'id', values: [1, 2] })
const mapped = await customers.mapRows({ mood: t.utf8().nullable() }, async () => ({}))
const expression = orders.select(o => ({ x: o.amount.mul(2) }))
`)

test('the text compiles', () => {
  expect(compiled.errors).toEqual([])
})

test.each([
  [
    'orders',
    'Table<{ id: Int64; customer: Utf8; amount: Null<Decimal>; placed_at: Timestamp; }, never>',
  ],
  [
    'filtered',
    'DataFrame<{ id: Int64; customer: Utf8; amount: Null<Decimal>; placed_at: Timestamp; }>',
  ],
  [
    'days',
    'DataFrame<{ id: Int64; customer: Utf8; amount: Null<Decimal>; placed_at: Timestamp; day: DateType; }>',
  ],
  ['grouped', 'DataFrame<{ day: DateType; n: Int64; revenue: Null<Decimal>; }>'],
  [
    'joined',
    'DataFrame<{ id: Int64; customer: Utf8; amount: Null<Decimal>; country: Null<Utf8>; }>',
  ],
  ['sorted', 'DataFrame<{ day: DateType; n: Int64; revenue: Null<Decimal>; }>'],
  ['rows', '{ id: bigint; customer: string; amount: string | null; country: string | null; }[]'],
  ['filled', 'DataFrame<{ id: Int64; customer: Utf8; amount: Decimal; country: Null<Utf8>; }>'],
  ['renamed', 'DataFrame<{ customer: Utf8; land: Utf8; }>'],
  ['expression', 'DataFrame<{ x: Null<Decimal>; }>'],
  ['tenSteps', 'DataFrame<{ customer: Utf8; DE: Decimal; austria: Null<Decimal>; }>'],
  ['alike', 'DataFrame<{ placed_at: Timestamp; }>'],
  ['counts', 'DataFrame<{ customer: Utf8; 1: Int64; 2: Int64; }>'],
  ['mapped', 'DataFrame<{ customer: Utf8; country: Utf8; mood: Null<Utf8>; }>'],
])('hovering over %s shows its columns, not how they came about', (name, text) => {
  expect(hoverOf(compiled, name)).toBe(text)
})

test('a misspelt column is reported with the name that was meant', () => {
  const { errors } = compile(`${HEAD}\norders.filter(o => o.ammount.gt(1))`)
  expect(errors).toEqual([expect.stringMatching(/'ammount' does not exist.*'amount'/)])
})
