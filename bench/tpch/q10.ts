import { desc } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** The twenty customers whose returned goods cost most in a quarter. */
export const q10: TpchQuery = {
  name: 'q10',
  frame: ({ customer, orders, lineitem, nation }) => {
    const ordered = orders.filter((o) =>
      o.o_orderdate.gte('1993-10-01').and(o.o_orderdate.lt('1994-01-01')),
    )
    const returned = lineitem
      .filter((l) => l.l_returnflag.eq('R'))
      .join(ordered, { on: [['l_orderkey', 'o_orderkey']] })
      .groupBy('o_custkey')
      .agg((l) => ({ revenue: discounted(l).sum() }))
    return returned
      .join(customer, { on: [['o_custkey', 'c_custkey']] })
      .join(nation, { on: [['c_nationkey', 'n_nationkey']] })
      .sort(desc('revenue'), 'c_custkey')
      .limit(20)
      .select(
        ...(['c_custkey', 'c_name', 'revenue', 'c_acctbal'] as const),
        ...(['n_name', 'c_address', 'c_phone', 'c_comment'] as const),
      )
  },
  sql: `
    SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name,
      c_address, c_phone, c_comment
    FROM customer, orders, lineitem, nation
    WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate >= DATE '1993-10-01'
      AND o_orderdate < DATE '1993-10-01' + INTERVAL '3' MONTH AND l_returnflag = 'R'
      AND c_nationkey = n_nationkey
    GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
    ORDER BY revenue DESC, c_custkey LIMIT 20`,
}
