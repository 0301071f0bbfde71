import { type Lake, t } from '../../src/index.ts'

/** Midnight UTC of a day. */
export const day = (text: string) => new Date(`${text}T00:00:00Z`)

export const ORDERS = {
  id: t.int64(),
  customer: t.utf8(),
  amount: t.decimal(12, 2).nullable(),
  placed_at: t.timestamp(),
}

/** Four orders in memory. */
export const sales = (lake: Lake) =>
  lake.from(
    [
      { id: 1, customer: 'Ada', amount: '19.90', placed_at: day('2026-01-03') },
      { id: 2, customer: 'Grace', amount: null, placed_at: day('2026-01-01') },
      { id: 3, customer: 'Ada', amount: 5, placed_at: '2026-02-01' },
      { id: 4, customer: 'Edsger', amount: '100', placed_at: day('2026-02-02') },
    ],
    ORDERS,
  )

/** Three people in memory, one of them without an order. */
export const people = (lake: Lake) =>
  lake.from(
    [
      { customer: 'Ada', country: 'UK', id: 10 },
      { customer: 'Edsger', country: 'NL', id: 11 },
      { customer: 'Alan', country: 'UK', id: 12 },
    ],
    { customer: t.utf8(), country: t.utf8(), id: t.int32() },
  )
