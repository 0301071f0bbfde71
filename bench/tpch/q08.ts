import { when } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** Brazil's share of a part type's market in America, by year: a CASE inside a sum. */
export const q08: TpchQuery = {
  name: 'q8',
  frame: ({ part, supplier, lineitem, orders, customer, nation, region }) => {
    const steel = part.filter((p) => p.p_type.eq('ECONOMY ANODIZED STEEL'))
    const american = customer.join(nation, { on: [['c_nationkey', 'n_nationkey']] }).join(
      region.filter((r) => r.r_name.eq('AMERICA')),
      { on: [['n_regionkey', 'r_regionkey']], how: 'semi' },
    )
    const ordered = orders
      .filter((o) => o.o_orderdate.between('1995-01-01', '1996-12-31'))
      .join(american, { on: [['o_custkey', 'c_custkey']], how: 'semi' })
    const sellers = supplier.join(nation.select('n_nationkey', 'n_name'), {
      on: [['s_nationkey', 'n_nationkey']],
    })
    return lineitem
      .join(steel, { on: [['l_partkey', 'p_partkey']], how: 'semi' })
      .join(ordered, { on: [['l_orderkey', 'o_orderkey']] })
      .join(sellers, { on: [['l_suppkey', 's_suppkey']] })
      .withColumns((l) => ({ o_year: l.o_orderdate.dt.year(), volume: discounted(l) }))
      .groupBy('o_year')
      .agg((l) => ({
        mkt_share: when(l.n_name.eq('BRAZIL'))
          .then(l.volume)
          .otherwise(0)
          .sum()
          .div(l.volume.sum()),
      }))
      .sort('o_year')
  },
  sql: `
    SELECT o_year, sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS mkt_share
    FROM (
      SELECT extract(year FROM o_orderdate)::INTEGER AS o_year, l_extendedprice * (1 - l_discount) AS volume,
        n2.n_name AS nation
      FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
      WHERE p_partkey = l_partkey AND s_suppkey = l_suppkey AND l_orderkey = o_orderkey
        AND o_custkey = c_custkey AND c_nationkey = n1.n_nationkey
        AND n1.n_regionkey = r_regionkey AND r_name = 'AMERICA' AND s_nationkey = n2.n_nationkey
        AND o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
        AND p_type = 'ECONOMY ANODIZED STEEL') AS all_nations
    GROUP BY o_year ORDER BY o_year`,
}
