import { fn } from 'graupel'
import { events } from '../datasets/events.ts'
import type { BenchRow } from './bench-row.ts'

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
          values: ['view', 'click', 'search', 'cart', 'purchase'],
          value: 'amount',
          agg: 'sum',
        })
        .sort('user_id'),
    sql: `SELECT user_id, ${['view', 'click', 'search', 'cart', 'purchase']
      .map((kind) => `sum(amount) FILTER (kind = '${kind}') AS ${kind}`)
      .join(', ')} FROM events GROUP BY user_id ORDER BY user_id`,
  },
]
