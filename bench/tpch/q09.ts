import { desc } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** Profit on green parts by nation and year: a join by two keys. */
export const q09: TpchQuery = {
  name: 'q9',
  frame: ({ part, supplier, lineitem, partsupp, orders, nation }) => {
    const green = part.filter((p) => p.p_name.str.contains('green'))
    const sellers = supplier.join(nation, { on: [['s_nationkey', 'n_nationkey']] })
    return lineitem
      .join(green, { on: [['l_partkey', 'p_partkey']], how: 'semi' })
      .join(partsupp, {
        on: [
          ['l_partkey', 'ps_partkey'],
          ['l_suppkey', 'ps_suppkey'],
        ],
      })
      .join(sellers, { on: [['l_suppkey', 's_suppkey']] })
      .join(orders, { on: [['l_orderkey', 'o_orderkey']] })
      .select((l) => ({
        nation: l.n_name,
        o_year: l.o_orderdate.dt.year(),
        amount: discounted(l).sub(l.ps_supplycost.mul(l.l_quantity)),
      }))
      .groupBy('nation', 'o_year')
      .agg((l) => ({ sum_profit: l.amount.sum() }))
      .sort('nation', desc('o_year'))
  },
  sql: `
    SELECT nation, o_year, sum(amount) AS sum_profit FROM (
      SELECT n_name AS nation, extract(year FROM o_orderdate)::INTEGER AS o_year,
        l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
      FROM part, supplier, lineitem, partsupp, orders, nation
      WHERE s_suppkey = l_suppkey AND ps_suppkey = l_suppkey AND ps_partkey = l_partkey
        AND p_partkey = l_partkey AND o_orderkey = l_orderkey AND s_nationkey = n_nationkey
        AND p_name LIKE '%green%') AS profit
    GROUP BY nation, o_year ORDER BY nation, o_year DESC`,
}
