import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** Trade between France and Germany by year: the nation table twice, under other names. */
export const q07: TpchQuery = {
  name: 'q7',
  frame: ({ supplier, lineitem, orders, customer, nation }) => {
    const two = nation
      .filter((n) => n.n_name.in(['FRANCE', 'GERMANY']))
      .select('n_nationkey', 'n_name')
    const sellers = supplier.join(two.rename({ n_name: 'supp_nation' }), {
      on: [['s_nationkey', 'n_nationkey']],
    })
    const buyers = customer.join(two.rename({ n_name: 'cust_nation' }), {
      on: [['c_nationkey', 'n_nationkey']],
    })
    return lineitem
      .filter((l) => l.l_shipdate.between('1995-01-01', '1996-12-31'))
      .join(sellers, { on: [['l_suppkey', 's_suppkey']] })
      .join(orders.join(buyers, { on: [['o_custkey', 'c_custkey']] }), {
        on: [['l_orderkey', 'o_orderkey']],
      })
      .filter((l) => l.supp_nation.ne(l.cust_nation))
      .withColumns((l) => ({ l_year: l.l_shipdate.dt.year(), volume: discounted(l) }))
      .groupBy('supp_nation', 'cust_nation', 'l_year')
      .agg((l) => ({ revenue: l.volume.sum() }))
      .sort('supp_nation', 'cust_nation', 'l_year')
  },
  sql: `
    SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue FROM (
      SELECT n1.n_name AS supp_nation, n2.n_name AS cust_nation,
        extract(year FROM l_shipdate)::INTEGER AS l_year, l_extendedprice * (1 - l_discount) AS volume
      FROM supplier, lineitem, orders, customer, nation n1, nation n2
      WHERE s_suppkey = l_suppkey AND o_orderkey = l_orderkey AND c_custkey = o_custkey
        AND s_nationkey = n1.n_nationkey AND c_nationkey = n2.n_nationkey
        AND ((n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY')
          OR (n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE'))
        AND l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31') AS shipping
    GROUP BY supp_nation, cust_nation, l_year ORDER BY supp_nation, cust_nation, l_year`,
}
