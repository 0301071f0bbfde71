import { desc } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** Germany's important stock: a HAVING against a scalar subquery, which is a cross join with one row. */
export const q11: TpchQuery = {
  name: 'q11',
  frame: ({ partsupp, supplier, nation }) => {
    const german = supplier.join(
      nation.filter((n) => n.n_name.eq('GERMANY')),
      { on: [['s_nationkey', 'n_nationkey']], how: 'semi' },
    )
    const stock = partsupp
      .join(german, { on: [['ps_suppkey', 's_suppkey']], how: 'semi' })
      .withColumns((p) => ({ value: p.ps_supplycost.mul(p.ps_availqty) }))
    const total = stock.agg((p) => ({ total: p.value.sum() }))
    return stock
      .groupBy('ps_partkey')
      .agg((p) => ({ value: p.value.sum() }))
      .join(total, { how: 'cross' })
      .filter((p) => p.value.gt(p.total.mul('0.001')))
      .select('ps_partkey', 'value')
      .sort(desc('value'), 'ps_partkey')
  },
  sql: `
    SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
    FROM partsupp, supplier, nation
    WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY'
    GROUP BY ps_partkey HAVING sum(ps_supplycost * ps_availqty) > (
      SELECT sum(ps_supplycost * ps_availqty) * 0.001 FROM partsupp, supplier, nation
      WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY')
    ORDER BY value DESC, ps_partkey`,
}
