import { fn } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** Rich customers of seven countries who have not ordered: a scalar subquery and an anti join. */
export const q22: TpchQuery = {
  name: 'q22',
  frame: ({ customer, orders }) => {
    const seven = customer
      .withColumns((c) => ({ cntrycode: c.c_phone.str.slice(0, 2) }))
      .filter((c) => c.cntrycode.in(['13', '31', '23', '29', '30', '18', '17']))
    const usual = seven
      .filter((c) => c.c_acctbal.gt('0.00'))
      .agg((c) => ({ usual: c.c_acctbal.mean() }))
    return seven
      .join(usual, { how: 'cross' })
      .filter((c) => c.c_acctbal.gt(c.usual))
      .join(orders, { on: [['c_custkey', 'o_custkey']], how: 'anti' })
      .groupBy('cntrycode')
      .agg((c) => ({ numcust: fn.count(), totacctbal: c.c_acctbal.sum() }))
      .sort('cntrycode')
  },
  sql: `
    SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal FROM (
      SELECT substring(c_phone FROM 1 FOR 2) AS cntrycode, c_acctbal FROM customer
      WHERE substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17')
        AND c_acctbal > (SELECT avg(c_acctbal) FROM customer
          WHERE c_acctbal > 0.00
            AND substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17'))
        AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)) AS custsale
    GROUP BY cntrycode ORDER BY cntrycode`,
}
