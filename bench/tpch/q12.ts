import { when } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** Whether cheap shipping delays urgent orders: two conditional counts. */
export const q12: TpchQuery = {
  name: 'q12',
  frame: ({ orders, lineitem }) =>
    lineitem
      .filter((l) =>
        l.l_shipmode
          .in(['MAIL', 'SHIP'])
          .and(l.l_commitdate.lt(l.l_receiptdate))
          .and(l.l_shipdate.lt(l.l_commitdate))
          .and(l.l_receiptdate.gte('1994-01-01'))
          .and(l.l_receiptdate.lt('1995-01-01')),
      )
      .join(orders, { on: [['l_orderkey', 'o_orderkey']] })
      .withColumns((l) => ({ urgent: l.o_orderpriority.in(['1-URGENT', '2-HIGH']) }))
      .groupBy('l_shipmode')
      .agg((l) => ({
        high_line_count: when(l.urgent).then(1).otherwise(0).sum(),
        low_line_count: when(l.urgent).then(0).otherwise(1).sum(),
      }))
      .sort('l_shipmode'),
  sql: `
    SELECT l_shipmode,
      sum(CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END) AS high_line_count,
      sum(CASE WHEN o_orderpriority NOT IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END) AS low_line_count
    FROM orders, lineitem
    WHERE o_orderkey = l_orderkey AND l_shipmode IN ('MAIL', 'SHIP')
      AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate
      AND l_receiptdate >= DATE '1994-01-01'
      AND l_receiptdate < DATE '1994-01-01' + INTERVAL '1' YEAR
    GROUP BY l_shipmode ORDER BY l_shipmode`,
}
