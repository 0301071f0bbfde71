import { desc, fn } from 'graupel'
import type { TpchQuery } from './tables.ts'

/**
 * Suppliers who alone kept an order waiting. "Another supplier has a line" and "no other one was
 * late" are extremes of the suppliers of each order: of all lines, and of the late ones.
 */
export const q21: TpchQuery = {
  name: 'q21',
  frame: ({ supplier, lineitem, orders, nation }) => {
    const late = lineitem.filter((l) => l.l_receiptdate.gt(l.l_commitdate))
    const shared = lineitem
      .groupBy('l_orderkey')
      .agg((l) => ({ least: l.l_suppkey.min(), most: l.l_suppkey.max() }))
      .filter((l) => l.least.ne(l.most))
    const alone = late
      .groupBy('l_orderkey')
      .agg((l) => ({ least: l.l_suppkey.min(), most: l.l_suppkey.max() }))
      .filter((l) => l.least.eq(l.most))
    const saudi = supplier.join(
      nation.filter((n) => n.n_name.eq('SAUDI ARABIA')),
      { on: [['s_nationkey', 'n_nationkey']], how: 'semi' },
    )
    return late
      .join(saudi, { on: [['l_suppkey', 's_suppkey']] })
      .join(
        orders.filter((o) => o.o_orderstatus.eq('F')),
        { on: [['l_orderkey', 'o_orderkey']], how: 'semi' },
      )
      .join(alone, { on: 'l_orderkey', how: 'semi' })
      .join(shared, { on: 'l_orderkey', how: 'semi' })
      .groupBy('s_name')
      .agg(() => ({ numwait: fn.count() }))
      .sort(desc('numwait'), 's_name')
      .limit(100)
  },
  sql: `
    SELECT s_name, count(*) AS numwait FROM supplier, lineitem l1, orders, nation
    WHERE s_suppkey = l1.l_suppkey AND o_orderkey = l1.l_orderkey AND o_orderstatus = 'F'
      AND l1.l_receiptdate > l1.l_commitdate
      AND EXISTS (SELECT * FROM lineitem l2
        WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey)
      AND NOT EXISTS (SELECT * FROM lineitem l3
        WHERE l3.l_orderkey = l1.l_orderkey AND l3.l_suppkey <> l1.l_suppkey
          AND l3.l_receiptdate > l3.l_commitdate)
      AND s_nationkey = n_nationkey AND n_name = 'SAUDI ARABIA'
    GROUP BY s_name ORDER BY numwait DESC, s_name LIMIT 100`,
}
