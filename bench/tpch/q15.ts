import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** The supplier with the greatest revenue of a quarter: the view is a frame used twice. */
export const q15: TpchQuery = {
  name: 'q15',
  frame: ({ lineitem, supplier }) => {
    const revenue = lineitem
      .filter((l) => l.l_shipdate.gte('1996-01-01').and(l.l_shipdate.lt('1996-04-01')))
      .groupBy('l_suppkey')
      .agg((l) => ({ total_revenue: discounted(l).sum() }))
    const greatest = revenue.agg((r) => ({ total_revenue: r.total_revenue.max() }))
    return supplier
      .join(revenue.join(greatest, { on: 'total_revenue', how: 'semi' }), {
        on: [['s_suppkey', 'l_suppkey']],
      })
      .select('s_suppkey', 's_name', 's_address', 's_phone', 'total_revenue')
      .sort('s_suppkey')
  },
  sql: `
    WITH revenue AS (
      SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total_revenue
      FROM lineitem
      WHERE l_shipdate >= DATE '1996-01-01' AND l_shipdate < DATE '1996-01-01' + INTERVAL '3' MONTH
      GROUP BY l_suppkey)
    SELECT s_suppkey, s_name, s_address, s_phone, total_revenue FROM supplier, revenue
    WHERE s_suppkey = supplier_no AND total_revenue = (SELECT max(total_revenue) FROM revenue)
    ORDER BY s_suppkey`,
}
