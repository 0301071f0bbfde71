import { desc } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** How many suppliers each kind of part has, without those with complaints: an anti join. */
export const q16: TpchQuery = {
  name: 'q16',
  frame: ({ partsupp, part, supplier }) => {
    const wanted = part.filter((p) =>
      p.p_brand
        .ne('Brand#45')
        .and(p.p_type.str.startsWith('MEDIUM POLISHED').not())
        .and(p.p_size.in([49, 14, 23, 45, 19, 3, 36, 9])),
    )
    const complained = supplier.filter((s) => s.s_comment.str.like('%Customer%Complaints%'))
    return partsupp
      .join(wanted, { on: [['ps_partkey', 'p_partkey']] })
      .join(complained, { on: [['ps_suppkey', 's_suppkey']], how: 'anti' })
      .groupBy('p_brand', 'p_type', 'p_size')
      .agg((p) => ({ supplier_cnt: p.ps_suppkey.countDistinct() }))
      .sort(desc('supplier_cnt'), 'p_brand', 'p_type', 'p_size')
  },
  sql: `
    SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS supplier_cnt
    FROM partsupp, part
    WHERE p_partkey = ps_partkey AND p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%'
      AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9) AND ps_suppkey NOT IN (
        SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
    GROUP BY p_brand, p_type, p_size ORDER BY supplier_cnt DESC, p_brand, p_type, p_size`,
}
