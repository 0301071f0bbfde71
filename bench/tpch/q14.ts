import { when } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** The share of revenue from promoted parts, in percent. */
export const q14: TpchQuery = {
  name: 'q14',
  frame: ({ lineitem, part }) =>
    lineitem
      .filter((l) => l.l_shipdate.gte('1995-09-01').and(l.l_shipdate.lt('1995-10-01')))
      .join(part, { on: [['l_partkey', 'p_partkey']] })
      .withColumns((l) => ({ price: discounted(l) }))
      .agg((l) => ({
        promo_revenue: when(l.p_type.str.startsWith('PROMO'))
          .then(l.price)
          .otherwise(0)
          .sum()
          .div(l.price.sum())
          .mul(100),
      })),
  sql: `
    SELECT 100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount)
      ELSE 0 END) / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
    FROM lineitem, part
    WHERE l_partkey = p_partkey AND l_shipdate >= DATE '1995-09-01'
      AND l_shipdate < DATE '1995-09-01' + INTERVAL '1' MONTH`,
}
