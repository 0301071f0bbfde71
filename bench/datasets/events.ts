import { t } from 'graupel'
import type { Dataset } from './dataset.ts'

const YEAR_SECONDS = 365 * 86_400

const pick = (salt: number, n: number): string => `(hash(i * 64 + ${salt}) % ${n})::BIGINT`

/** A year of events in the order of their time, 5 million at scale 1. */
function rowsOf(scale: number): string {
  const rows = Math.round(5_000_000 * scale)
  // Whole milliseconds, as the column has them.
  const micros = Math.floor((YEAR_SECONDS * 1e3) / rows) * 1000
  return `
  SELECT make_timestamp(${Date.UTC(2025, 0, 1) * 1000} + i * ${micros}
      + ${pick(1, micros)} // 1000 * 1000) AS event_time,
    (${pick(2, 100_000)} + 1)::INTEGER AS user_id,
    ['view', 'click', 'search', 'cart', 'purchase'][${pick(3, 5)} + 1] AS kind,
    (${pick(4, 1_000_000)} / 100)::DECIMAL(12,2) AS amount,
    'https://shop.example/item/' || ${pick(5, 50_000)} AS page
  FROM range(${rows}) AS r(i) ORDER BY event_time`
}

export const events: Dataset = {
  name: 'events',
  tables: {
    events: {
      columns: {
        event_time: t.timestamp(),
        user_id: t.int32(),
        kind: t.utf8(),
        amount: t.decimal(12, 2),
        page: t.utf8(),
      },
      clusterBy: ['event_time'],
      partitionRows: 100_000,
    },
  },
  statements: (scale) => [`CREATE TABLE events AS ${rowsOf(scale)}`],
}
