import { describe, expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'

const COLUMNS = {
  id: t.int64(),
  customer_id: t.int64(),
  Order_ID: t.int64(),
  note: t.utf8(),
  'a%b': t.utf8(),
  ümlaut_id: t.utf8(),
}

describe('selectLike', () => {
  test.each([
    ['%_id', 'exact', ['customer_id', 'ümlaut_id']],
    ['%\\_id', 'ignored', ['customer_id', 'Order_ID', 'ümlaut_id']],
    ['%id', 'exact', ['id', 'customer_id', 'ümlaut_id']],
    ['_d', 'exact', ['id']],
    ['____', 'exact', ['note']],
    ['a\\%b', 'exact', ['a%b']],
    ['_mlaut%', 'exact', ['ümlaut_id']],
    ['%', 'exact', Object.keys(COLUMNS)],
    ['NOTE', 'ignored', ['note']],
  ] as const)('%s, case %s', async (pattern, letters, names) => {
    await using lake = await connect('memory:')
    const frame = lake.from([], COLUMNS)
    const found = frame.selectLike(pattern as '%', { case: letters })
    expect(found.schema.fields.map(({ name }) => name)).toEqual(names)
  })

  test('of no column is NOT_FOUND, and of no pattern INVALID', async () => {
    await using lake = await connect('memory:')
    const frame = lake.from([], COLUMNS) as any
    expect(() => frame.selectLike('%nothing')).toThrow(/no column is like "%nothing"; columns: id/)
    expect(() => frame.selectLike(3)).toThrow(/expected a pattern/)
    expect(() => frame.selectLike('%', { case: 'both' })).toThrow(/"exact" or "ignored"/)
    expect(() => frame.selectLike('%', { casing: 'both' })).toThrow(/unknown option "casing"/)
  })
})

describe('crosstab', () => {
  const rows = [
    { customer: 'Ada', kind: 'view', day: new Date('2026-01-02') },
    { customer: 'Ada', kind: 'view', day: new Date('2026-01-01') },
    { customer: null, kind: 'cart', day: null },
    { customer: 'Ada', kind: null, day: new Date('2026-01-02') },
  ]
  const columns = {
    customer: t.utf8().nullable(),
    kind: t.utf8().nullable(),
    day: t.date().nullable(),
  }

  test('counts the rows of each pair, with the values that are told', async () => {
    await using lake = await connect('memory:')
    const table = lake
      .from(rows, columns)
      .crosstab({ index: 'customer', on: 'kind', values: ['view', 'cart', 'none'] })
    expect(await table.toArray()).toEqual([
      { customer: 'Ada', view: 2n, cart: 0n, none: 0n },
      { customer: null, view: 0n, cart: 1n, none: 0n },
    ])
  })

  test('finds the values where none is told, in their order', async () => {
    await using lake = await connect('memory:')
    const frame = lake.from(rows, columns)
    const table = await frame.crosstab({ index: 'customer', on: 'day' })
    expect(await table.toArray()).toEqual([
      { customer: 'Ada', '2026-01-01': 1n, '2026-01-02': 2n },
      { customer: null, '2026-01-01': 0n, '2026-01-02': 0n },
    ])
    const none = await frame.limit(0).crosstab({ index: ['customer'], on: 'kind' })
    expect(none.schema.fields.map(({ name }) => name)).toEqual(['customer'])
    const numbers = lake.from({ g: [1, 1, 1], n: [10, 9, 100] })
    const ordered = await numbers.crosstab({ index: 'g', on: 'n' })
    expect(ordered.schema.fields.map(({ name }) => name)).toEqual(['g', '9', '10', '100'])
  })

  test('makes at most 1,000 columns, and knows its options', async () => {
    await using lake = await connect('memory:')
    const frame = lake.from({ a: Array.from({ length: 1001 }, (_, n) => n) })
    await expect(frame.crosstab({ index: 'a', on: 'a' })).rejects.toMatchObject({ code: 'LIMIT' })
    await expect(frame.crosstab({ index: 'b' as 'a', on: 'a' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(() => frame.crosstab({ index: 'a', on: 'a', values: [], agg: 'sum' } as never)).toThrow(
      /unknown option "agg"/,
    )
  })
})
