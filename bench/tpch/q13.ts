import { desc, fn } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** How many customers have how many orders: a left join, counted twice. */
export const q13: TpchQuery = {
  name: 'q13',
  frame: ({ customer, orders }) =>
    customer
      .join(
        orders.filter((o) => o.o_comment.str.like('%special%requests%').not()),
        { on: [['c_custkey', 'o_custkey']], how: 'left' },
      )
      .groupBy('c_custkey')
      .agg((c) => ({ c_count: c.o_orderkey.count() }))
      .groupBy('c_count')
      .agg(() => ({ custdist: fn.count() }))
      .sort(desc('custdist'), desc('c_count')),
  sql: `
    SELECT c_count, count(*) AS custdist FROM (
      SELECT c_custkey, count(o_orderkey) AS c_count
      FROM customer LEFT OUTER JOIN orders
        ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%'
      GROUP BY c_custkey) AS c_orders
    GROUP BY c_count ORDER BY custdist DESC, c_count DESC`,
}
