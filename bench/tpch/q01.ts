import { fn } from 'graupel'
import { discounted } from './discounted.ts'
import type { TpchQuery } from './tables.ts'

/** Pricing summary: eight aggregates over nearly all line items, four groups. */
export const q01: TpchQuery = {
  name: 'q1',
  frame: ({ lineitem }) =>
    lineitem
      .filter((l) => l.l_shipdate.lte('1998-09-02'))
      .withColumns((l) => ({
        price: discounted(l),
      }))
      .groupBy('l_returnflag', 'l_linestatus')
      .agg((l) => ({
        sum_qty: l.l_quantity.sum(),
        sum_base_price: l.l_extendedprice.sum(),
        sum_disc_price: l.price.sum(),
        sum_charge: l.price.mul(l.l_tax.add(1)).sum(),
        avg_qty: l.l_quantity.mean(),
        avg_price: l.l_extendedprice.mean(),
        avg_disc: l.l_discount.mean(),
        count_order: fn.count(),
      }))
      .sort('l_returnflag', 'l_linestatus'),
  sql: `
    SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty,
      sum(l_extendedprice) AS sum_base_price,
      sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
      sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
      avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc,
      count(*) AS count_order
    FROM lineitem WHERE l_shipdate <= DATE '1998-12-01' - INTERVAL '90' DAY
    GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus`,
}
