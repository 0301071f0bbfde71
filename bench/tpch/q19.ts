import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** Revenue of three kinds of parts: a condition on both tables is a filter after the join. */
export const q19: TpchQuery = {
  name: 'q19',
  frame: ({ lineitem, part }) =>
    lineitem
      .filter((l) =>
        l.l_shipmode.in(['AIR', 'REG AIR']).and(l.l_shipinstruct.eq('DELIVER IN PERSON')),
      )
      .join(part, { on: [['l_partkey', 'p_partkey']] })
      .filter((l) => {
        const small = l.p_brand
          .eq('Brand#12')
          .and(l.p_container.in(['SM CASE', 'SM BOX', 'SM PACK', 'SM PKG']))
          .and(l.l_quantity.between(1, 11))
          .and(l.p_size.between(1, 5))
        const medium = l.p_brand
          .eq('Brand#23')
          .and(l.p_container.in(['MED BAG', 'MED BOX', 'MED PKG', 'MED PACK']))
          .and(l.l_quantity.between(10, 20))
          .and(l.p_size.between(1, 10))
        const large = l.p_brand
          .eq('Brand#34')
          .and(l.p_container.in(['LG CASE', 'LG BOX', 'LG PACK', 'LG PKG']))
          .and(l.l_quantity.between(20, 30))
          .and(l.p_size.between(1, 15))
        return small.or(medium).or(large)
      })
      .agg((l) => ({ revenue: discounted(l).sum() })),
  sql: `
    SELECT sum(l_extendedprice * (1 - l_discount)) AS revenue FROM lineitem, part
    WHERE p_partkey = l_partkey AND l_shipmode IN ('AIR', 'REG AIR')
      AND l_shipinstruct = 'DELIVER IN PERSON' AND (
        (p_brand = 'Brand#12' AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
          AND l_quantity BETWEEN 1 AND 11 AND p_size BETWEEN 1 AND 5)
        OR (p_brand = 'Brand#23' AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
          AND l_quantity BETWEEN 10 AND 20 AND p_size BETWEEN 1 AND 10)
        OR (p_brand = 'Brand#34' AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
          AND l_quantity BETWEEN 20 AND 30 AND p_size BETWEEN 1 AND 15))`,
}
