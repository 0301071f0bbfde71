import { tpchSmall } from '../datasets/tpch.ts'
import { q06 } from '../tpch/q06.ts'
import type { Tpch } from '../tpch/tables.ts'
import type { BenchRow } from './bench-row.ts'

const SIZE = '120,000 rows at scale 1'

/** Questions that pipelines in plain JavaScript are asked too, on fewer rows. */
export const SMALL_ROWS: readonly BenchRow[] = [
  {
    name: 'q6-small',
    title: `Q6 on ${SIZE}`,
    dataset: tpchSmall,
    goal: null,
    frame: (tables) => q06.frame(tables as unknown as Tpch),
    sql: q06.sql,
  },
  {
    name: 'group-small',
    title: `group by text key on ${SIZE}`,
    dataset: tpchSmall,
    goal: null,
    frame: ({ lineitem }) =>
      lineitem!
        .groupBy('l_shipmode')
        .agg((l) => ({ quantity: l.l_quantity.sum() }))
        .sort('l_shipmode'),
    sql: `SELECT l_shipmode, sum(l_quantity) AS quantity FROM lineitem
      GROUP BY l_shipmode ORDER BY l_shipmode`,
  },
]
