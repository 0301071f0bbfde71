import { fn } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** Orders of a quarter with a line that came late, by priority: EXISTS is a semi join. */
export const q04: TpchQuery = {
  name: 'q4',
  frame: ({ orders, lineitem }) =>
    orders
      .filter((o) => o.o_orderdate.gte('1993-07-01').and(o.o_orderdate.lt('1993-10-01')))
      .join(
        lineitem.filter((l) => l.l_commitdate.lt(l.l_receiptdate)),
        { on: [['o_orderkey', 'l_orderkey']], how: 'semi' },
      )
      .groupBy('o_orderpriority')
      .agg(() => ({ order_count: fn.count() }))
      .sort('o_orderpriority'),
  sql: `
    SELECT o_orderpriority, count(*) AS order_count FROM orders
    WHERE o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-07-01' + INTERVAL '3' MONTH
      AND EXISTS (SELECT * FROM lineitem
        WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
    GROUP BY o_orderpriority ORDER BY o_orderpriority`,
}
