import type { DataFrame } from 'graupel'

/** TPC-H query 6 over any frame with its four columns: one exact sum. */
export function q6(lineitem: DataFrame<any>): DataFrame<any> {
  return lineitem
    .filter((l: any) =>
      l.l_shipdate
        .gte('1994-01-01')
        .and(l.l_shipdate.lt('1995-01-01'))
        .and(l.l_discount.between('0.05', '0.07'))
        .and(l.l_quantity.lt(24)),
    )
    .agg((l: any) => ({ revenue: l.l_extendedprice.mul(l.l_discount).sum() }))
}

export const q6Sql = (from: string): string => `
  SELECT sum(l_extendedprice * l_discount) AS revenue FROM ${from}
  WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01'
    AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`
