import { desc, fn } from 'graupel'
import { events } from '../datasets/events.ts'
import type { BenchRow } from './bench-row.ts'

const goal = { goal: 0.3, stretch: 0.1 }

/** Questions that a clustering key answers from few partitions. Every contender has the rows in its order. */
export const CLUSTERED_ROWS: readonly BenchRow[] = [
  {
    name: 'selective-clustered',
    title: 'selective filter on the clustering key',
    dataset: events,
    goal,
    frame: ({ events }) =>
      events!
        .filter((e) =>
          e.event_time
            .gte('2025-07-01')
            .and(e.event_time.lt('2025-07-02'))
            .and(e.kind.eq('purchase')),
        )
        .agg((e) => ({ n: fn.count(), amount: e.amount.sum() })),
    sql: `SELECT count(*) AS n, sum(amount) AS amount FROM events
      WHERE event_time >= TIMESTAMP '2025-07-01' AND event_time < TIMESTAMP '2025-07-02'
        AND kind = 'purchase'`,
  },
  {
    name: 'top-k-clustered',
    title: 'latest 10 by the clustering key',
    dataset: events,
    goal,
    frame: ({ events }) =>
      events!
        .filter((e) => e.kind.eq('purchase'))
        .select('event_time', 'user_id', 'amount')
        .sort(desc('event_time'))
        .limit(10),
    sql: `SELECT event_time, user_id, amount FROM events WHERE kind = 'purchase'
      ORDER BY event_time DESC LIMIT 10`,
  },
]
