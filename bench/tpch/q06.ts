import type { TpchQuery } from './tables.ts'

/** Revenue that smaller discounts would have brought: three ranges, one exact sum of products. */
export const q06: TpchQuery = {
  name: 'q6',
  frame: ({ lineitem }) =>
    lineitem
      .filter((l) =>
        l.l_shipdate
          .gte('1994-01-01')
          .and(l.l_shipdate.lt('1995-01-01'))
          .and(l.l_discount.between('0.05', '0.07'))
          .and(l.l_quantity.lt(24)),
      )
      .agg((l) => ({ revenue: l.l_extendedprice.mul(l.l_discount).sum() })),
  sql: `
    SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem
    WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1994-01-01' + INTERVAL '1' YEAR
      AND l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01 AND l_quantity < 24`,
}
