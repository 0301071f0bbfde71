import type { TpchQuery } from './tables.ts'

/** Suppliers in Canada with more forest parts than half a year sells: two nested semi joins. */
export const q20: TpchQuery = {
  name: 'q20',
  frame: ({ supplier, nation, partsupp, part, lineitem }) => {
    const forest = part.filter((p) => p.p_name.str.startsWith('forest'))
    const sold = lineitem
      .filter((l) => l.l_shipdate.gte('1994-01-01').and(l.l_shipdate.lt('1995-01-01')))
      .join(forest, { on: [['l_partkey', 'p_partkey']], how: 'semi' })
      .groupBy('l_partkey', 'l_suppkey')
      .agg((l) => ({ sold: l.l_quantity.sum() }))
    const plenty = partsupp
      .join(sold, {
        on: [
          ['ps_partkey', 'l_partkey'],
          ['ps_suppkey', 'l_suppkey'],
        ],
      })
      .filter((p) => p.ps_availqty.gt(p.sold.mul('0.5')))
    return supplier
      .join(
        nation.filter((n) => n.n_name.eq('CANADA')),
        { on: [['s_nationkey', 'n_nationkey']], how: 'semi' },
      )
      .join(plenty, { on: [['s_suppkey', 'ps_suppkey']], how: 'semi' })
      .select('s_name', 's_address')
      .sort('s_name')
  },
  sql: `
    SELECT s_name, s_address FROM supplier, nation
    WHERE s_suppkey IN (
        SELECT ps_suppkey FROM partsupp
        WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%')
          AND ps_availqty > (SELECT 0.5 * sum(l_quantity) FROM lineitem
            WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey
              AND l_shipdate >= DATE '1994-01-01'
              AND l_shipdate < DATE '1994-01-01' + INTERVAL '1' YEAR))
      AND s_nationkey = n_nationkey AND n_name = 'CANADA'
    ORDER BY s_name`,
}
