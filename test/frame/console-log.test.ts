import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { asc, col, connect, desc, fn, lit, t, when } from '../../src/index.ts'
import { memoryStore } from '../../src/testing/index.ts'
import { loggedStore } from '../support/logged-store.ts'

test('console.log of every public object says what it is in a line, and runs nothing', async () => {
  const { store, log } = loggedStore(memoryStore())
  await using lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  const orders = await db.createTable('orders', { id: t.int64(), city: t.utf8().nullable() })
  await orders.insert([{ id: 1n, city: 'Ulm' }])
  const frame = orders.filter((o) => o.id.intDiv(0).eq(1))
  const shown: [unknown, string | RegExp][] = [
    [db, 'Database { "acme/sales" } · await .tables()'],
    [lake, /^Lake \{ "memory:.*" \} · await \.databases\(\)$/],
    [orders, /^Table \{ id: int64, city: utf8\? \} · acme\/sales\.orders · await \.show\(\)$/],
    [frame, /^DataFrame \{ id: int64, city: utf8\? \} · acme\/sales\.orders → filter · await/],
    [orders.groupBy('city'), /^GroupedFrame \{ by "city" \} of DataFrame \{ id: int64/],
    [orders.at({ version: 0 }), /^DataFrame \{.* at version 0 · await/],
    [orders.changes({ from: { version: 0 } }), /^DataFrame \{.* changes from version 0 to/],
    [col('id').add(1), 'Expr { add(id, 1) }'],
    [fn.count(), 'Expr { count() }'],
    [lit('a'), 'Expr { "a" }'],
    [when(col('a').gt(1)), 'When { when gt(a, 1) } · .then(outcome)'],
    [when(col('a').gt(1)).then('big'), 'Then { when gt(a, 1) then "big" } · .otherwise(outcome)'],
    [when(col('a')).then(1).when(col('b')), 'When { when a then 1 when b } · .then(outcome)'],
    [when(col('a')).then(1).otherwise(2), 'Expr { when a then 1 otherwise 2 }'],
    [desc('id'), 'SortKey { "id" desc, nulls first }'],
    [asc(col('id').neg(), { nulls: 'first' }), 'SortKey { neg(id) asc, nulls first }'],
    [t.decimal(12, 2).nullable(), 'ColumnType { decimal(12,2)? }'],
  ]
  await lake.transaction(async (tx) => {
    shown.push([tx, /^Transaction /])
    const table = await tx.table('acme/sales', 'orders')
    shown.push([table, /^TransactionTable \{ id: int64/])
    const before = log.length
    expect(before).toBeGreaterThan(0)
    for (const [object, text] of shown) {
      const line = inspect(object)
      if (typeof text === 'string') expect(line).toBe(text)
      else expect(line).toMatch(text)
      expect(line).not.toContain('\n')
    }
    expect(log).toHaveLength(before)
  })
  await lake.close()
  expect(inspect(lake)).toContain('closed')
})
