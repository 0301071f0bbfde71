import { desc, fn } from 'graupel'
import { groupTable } from '../datasets/group-table.ts'
import { tpch } from '../datasets/tpch.ts'
import { wide } from '../datasets/wide.ts'
import type { BenchRow } from './bench-row.ts'

/** Scans and groups in which nothing can be pruned. */
export const SCAN_ROWS: readonly BenchRow[] = [
  {
    name: 'like',
    title: 'LIKE on comments',
    dataset: tpch,
    goal: { goal: 0.25, stretch: 0.1 },
    frame: ({ lineitem }) =>
      lineitem!.filter((l) => l.l_comment.str.like('%special%')).agg(() => ({ n: fn.count() })),
    sql: "SELECT count(*) AS n FROM lineitem WHERE l_comment LIKE '%special%'",
    polars: (pl, scan) =>
      scan('lineitem')
        .filter(pl.col('l_comment').str.contains('special'))
        .select(pl.col('l_comment').count().alias('n')),
  },
  {
    name: 'group-few',
    title: 'group by text key, 100 groups',
    dataset: groupTable,
    goal: { goal: 1.2, stretch: 0.7 },
    frame: ({ g1 }) =>
      g1!
        .groupBy('id1')
        .agg((g) => ({ v1: g.v1.sum() }))
        .sort('id1'),
    sql: 'SELECT id1, sum(v1) AS v1 FROM g1 GROUP BY id1 ORDER BY id1',
    polars: (pl, scan) =>
      scan('g1').groupBy('id1').agg(pl.col('v1').sum().alias('v1')).sort(['id1']),
  },
  {
    name: 'group-many',
    title: 'group by order, 1.5M groups at scale 1',
    dataset: tpch,
    goal: { goal: 0.9, stretch: 0.55 },
    frame: ({ lineitem }) =>
      lineitem!
        .groupBy('l_orderkey')
        .agg((l) => ({ quantity: l.l_quantity.sum() }))
        .agg((l) => ({ n: fn.count(), least: l.quantity.min(), most: l.quantity.max() })),
    sql: `SELECT count(*) AS n, min(quantity) AS least, max(quantity) AS most
      FROM (SELECT l_orderkey, sum(l_quantity) AS quantity FROM lineitem GROUP BY l_orderkey)`,
    polars: (pl, scan) =>
      scan('lineitem')
        .groupBy('l_orderkey')
        .agg(pl.col('l_quantity').cast(pl.Float64).sum().alias('quantity'))
        .select(
          pl.col('quantity').count().alias('n'),
          pl.col('quantity').min().alias('least'),
          pl.col('quantity').max().alias('most'),
        ),
  },
  {
    name: 'top-k',
    title: 'top 10 by price, nothing to prune',
    dataset: tpch,
    goal: { goal: 1.2, stretch: 0.8 },
    frame: ({ lineitem }) =>
      lineitem!
        .select('l_extendedprice', 'l_orderkey', 'l_linenumber')
        .sort(desc('l_extendedprice'), 'l_orderkey', 'l_linenumber')
        .limit(10),
    sql: `SELECT l_extendedprice, l_orderkey, l_linenumber FROM lineitem
      ORDER BY l_extendedprice DESC, l_orderkey, l_linenumber LIMIT 10`,
    polars: (pl, scan) =>
      scan('lineitem')
        .select(
          pl.col('l_extendedprice').cast(pl.Float64),
          pl.col('l_orderkey'),
          pl.col('l_linenumber'),
        )
        .sort([pl.col('l_extendedprice').mul(-1), pl.col('l_orderkey'), pl.col('l_linenumber')])
        .limit(10),
  },
  {
    name: 'selective',
    title: 'selective filter, nothing to prune',
    dataset: tpch,
    goal: { goal: 1.2, stretch: 0.8 },
    frame: ({ lineitem }) =>
      lineitem!
        .filter((l) => l.l_extendedprice.gt(94_000).and(l.l_shipmode.eq('AIR')))
        .agg((l) => ({ n: fn.count(), quantity: l.l_quantity.sum() })),
    sql: `SELECT count(*) AS n, sum(l_quantity) AS quantity FROM lineitem
      WHERE l_extendedprice > 94000 AND l_shipmode = 'AIR'`,
    polars: (pl, scan) =>
      scan('lineitem')
        .filter(
          pl
            .col('l_extendedprice')
            .cast(pl.Float64)
            .gt(94_000)
            .and(pl.col('l_shipmode').eq(pl.lit('AIR'))),
        )
        .select(
          pl.col('l_quantity').count().alias('n'),
          pl.col('l_quantity').cast(pl.Float64).sum().alias('quantity'),
        ),
  },
  {
    name: 'wide',
    title: '3 of 100 columns',
    dataset: wide,
    goal: null,
    frame: ({ wide }) =>
      wide!
        .filter((w) => w.c010.lt(500_000))
        .agg((w) => ({ a: w.c051.sum(), b: w.c098.max(), n: fn.count() })),
    sql: 'SELECT sum(c051) AS a, max(c098) AS b, count(*) AS n FROM wide WHERE c010 < 500000',
    polars: (pl, scan) =>
      scan('wide')
        .filter(pl.col('c010').lt(500_000))
        .select(
          pl.col('c051').cast(pl.Float64).sum().alias('a'),
          pl.col('c098').max().alias('b'),
          pl.col('c010').count().alias('n'),
        ),
  },
]
