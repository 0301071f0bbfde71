import { desc } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** Customers with very large orders: HAVING is a filter after agg, IN a semi join. */
export const q18: TpchQuery = {
  name: 'q18',
  frame: ({ customer, orders, lineitem }) => {
    const large = lineitem
      .groupBy('l_orderkey')
      .agg((l) => ({ quantity: l.l_quantity.sum() }))
      .filter((l) => l.quantity.gt(300))
    return orders
      .join(large, { on: [['o_orderkey', 'l_orderkey']] })
      .join(customer, { on: [['o_custkey', 'c_custkey']] })
      .sort(desc('o_totalprice'), 'o_orderdate', 'o_orderkey')
      .limit(100)
      .select(
        ...(['c_name', 'c_custkey', 'o_orderkey'] as const),
        ...(['o_orderdate', 'o_totalprice', 'quantity'] as const),
      )
  },
  sql: `
    SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) AS quantity
    FROM customer, orders, lineitem
    WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey
        HAVING sum(l_quantity) > 300)
      AND c_custkey = o_custkey AND o_orderkey = l_orderkey
    GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
    ORDER BY o_totalprice DESC, o_orderdate, o_orderkey LIMIT 100`,
}
