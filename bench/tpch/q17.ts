import type { TpchQuery } from './tables.ts'

/** Revenue lost without small orders: a correlated average is an aggregate joined back. */
export const q17: TpchQuery = {
  name: 'q17',
  frame: ({ lineitem, part }) => {
    const boxes = part.filter((p) => p.p_brand.eq('Brand#23').and(p.p_container.eq('MED BOX')))
    const lines = lineitem.join(boxes, { on: [['l_partkey', 'p_partkey']], how: 'semi' })
    const usual = lines.groupBy('l_partkey').agg((l) => ({ usual: l.l_quantity.mean() }))
    return lines
      .join(usual, { on: 'l_partkey' })
      .filter((l) => l.l_quantity.lt(l.usual.mul(0.2)))
      .agg((l) => ({ avg_yearly: l.l_extendedprice.sum().div(7) }))
  },
  sql: `
    SELECT sum(l_extendedprice) / 7.0 AS avg_yearly FROM lineitem, part
    WHERE p_partkey = l_partkey AND p_brand = 'Brand#23' AND p_container = 'MED BOX'
      AND l_quantity < (SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey)`,
}
