import { desc } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** Revenue in Asia from suppliers of the customer's own nation. */
export const q05: TpchQuery = {
  name: 'q5',
  frame: ({ customer, orders, lineitem, supplier, nation, region }) => {
    const asian = nation.join(
      region.filter((r) => r.r_name.eq('ASIA')),
      { on: [['n_regionkey', 'r_regionkey']], how: 'semi' },
    )
    const suppliers = supplier.join(asian, { on: [['s_nationkey', 'n_nationkey']] })
    const ordered = orders
      .filter((o) => o.o_orderdate.gte('1994-01-01').and(o.o_orderdate.lt('1995-01-01')))
      .join(customer, { on: [['o_custkey', 'c_custkey']] })
    return lineitem
      .join(ordered, { on: [['l_orderkey', 'o_orderkey']] })
      .join(suppliers, {
        on: [
          ['l_suppkey', 's_suppkey'],
          ['c_nationkey', 's_nationkey'],
        ],
      })
      .groupBy('n_name')
      .agg((l) => ({ revenue: discounted(l).sum() }))
      .sort(desc('revenue'))
  },
  sql: `
    SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
    FROM customer, orders, lineitem, supplier, nation, region
    WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey
      AND c_nationkey = s_nationkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey
      AND r_name = 'ASIA' AND o_orderdate >= DATE '1994-01-01'
      AND o_orderdate < DATE '1994-01-01' + INTERVAL '1' YEAR
    GROUP BY n_name ORDER BY revenue DESC`,
}
