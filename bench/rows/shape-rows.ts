import { fn } from 'graupel'
import { events } from '../datasets/events.ts'
import type { BenchRow } from './bench-row.ts'

const KINDS = ['view', 'click', 'search', 'cart', 'purchase'] as const

/** Questions that put rows beside others: no goal is set for them. */
export const SHAPE_ROWS: readonly BenchRow[] = [
  {
    name: 'window',
    title: 'running sum by user',
    dataset: events,
    goal: null,
    isExtra: true,
    frame: ({ events }) =>
      events!
        .withColumns((e) => ({
          nth: fn.rowNumber().over({ partitionBy: e.user_id, orderBy: e.event_time }),
          spent: e.amount.sum().over({ partitionBy: e.user_id, orderBy: e.event_time }),
        }))
        .groupBy('nth')
        .agg((e) => ({ spent: e.spent.sum() }))
        .sort('nth'),
    sql: `SELECT nth, sum(spent) AS spent FROM (
        SELECT row_number() OVER (PARTITION BY user_id ORDER BY event_time) AS nth,
          sum(amount) OVER (PARTITION BY user_id ORDER BY event_time) AS spent FROM events)
      GROUP BY nth ORDER BY nth`,
    polars: (pl, scan) =>
      scan('events')
        .sort(['event_time'])
        .withColumns(
          pl.col('user_id').cumCount().over('user_id').alias('nth'),
          pl.col('amount').cast(pl.Float64).cumSum().over('user_id').alias('spent'),
        )
        .groupBy('nth')
        .agg(pl.col('spent').sum().alias('spent'))
        .sort(['nth']),
  },
  {
    name: 'pivot',
    title: 'amounts by user, a column for each kind',
    dataset: events,
    goal: null,
    isExtra: true,
    frame: ({ events }) =>
      events!
        .pivot({
          index: 'user_id',
          on: 'kind',
          values: KINDS,
          value: 'amount',
          agg: 'sum',
        })
        .sort('user_id'),
    sql: `SELECT user_id, ${KINDS.map((kind) => `sum(amount) FILTER (kind = '${kind}') AS ${kind}`).join(', ')}
      FROM events GROUP BY user_id ORDER BY user_id`,
    polars: (pl, scan) => {
      const amount = pl.col('amount').cast(pl.Float64)
      const cells = KINDS.map((kind) => {
        const is = pl.col('kind').eq(pl.lit(kind))
        const sum = pl.when(is.sum().gt(0)).then(amount.filter(is).sum())
        return sum.otherwise(pl.lit(null)).alias(kind)
      })
      return scan('events')
        .groupBy('user_id')
        .agg(...cells)
        .sort(['user_id'])
    },
  },
  {
    name: 'rolling',
    title: 'amounts of the hour before each event',
    dataset: events,
    goal: null,
    isExtra: true,
    frame: ({ events }) =>
      events!
        .rolling('event_time', { period: '1h', closed: 'both' })
        .agg((e) => ({ n: fn.count(), spent: e.amount.sum() }))
        .agg((e) => ({ most: e.n.max(), spent: e.spent.max() })),
    sql: `SELECT max(n) AS most, max(spent) AS spent FROM (
        SELECT count(*) OVER w AS n, sum(amount) OVER w AS spent FROM events
        WINDOW w AS (ORDER BY event_time RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW))`,
  },
]
