import { desc } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** The ten open orders of the building segment that are worth most. */
export const q03: TpchQuery = {
  name: 'q3',
  frame: ({ customer, orders, lineitem }) => {
    const building = customer.filter((c) => c.c_mktsegment.eq('BUILDING'))
    const open = orders
      .filter((o) => o.o_orderdate.lt('1995-03-15'))
      .join(building, { on: [['o_custkey', 'c_custkey']], how: 'semi' })
    return lineitem
      .filter((l) => l.l_shipdate.gt('1995-03-15'))
      .join(open, { on: [['l_orderkey', 'o_orderkey']] })
      .groupBy('l_orderkey', 'o_orderdate', 'o_shippriority')
      .agg((l) => ({ revenue: discounted(l).sum() }))
      .sort(desc('revenue'), 'o_orderdate', 'l_orderkey')
      .limit(10)
      .select('l_orderkey', 'revenue', 'o_orderdate', 'o_shippriority')
  },
  sql: `
    SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate,
      o_shippriority
    FROM customer, orders, lineitem
    WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
      AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
    GROUP BY l_orderkey, o_orderdate, o_shippriority
    ORDER BY revenue DESC, o_orderdate, l_orderkey LIMIT 10`,
}
