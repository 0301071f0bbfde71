import { t } from 'graupel'
import type { Dataset } from './dataset.ts'

const K = 100

const pick = (salt: number, n: number): string => `(hash(i * 64 + ${salt}) % ${n})::BIGINT`

/** The G1 table of db-benchmark, 10 million rows at scale 1: K = 100 groups, or N / K of them. */
function rowsOf(scale: number): string {
  const rows = Math.round(10_000_000 * scale)
  const many = Math.max(1, Math.round(rows / K))
  return `
  SELECT 'id' || lpad((${pick(1, K)} + 1)::VARCHAR, 3, '0') AS id1,
    'id' || lpad((${pick(2, K)} + 1)::VARCHAR, 3, '0') AS id2,
    'id' || lpad((${pick(3, many)} + 1)::VARCHAR, 10, '0') AS id3,
    (${pick(4, K)} + 1)::INTEGER AS id4, (${pick(5, K)} + 1)::INTEGER AS id5,
    (${pick(6, many)} + 1)::INTEGER AS id6, (${pick(7, 5)} + 1)::INTEGER AS v1,
    (${pick(8, 15)} + 1)::INTEGER AS v2, (${pick(9, 100_000_000)} / 1000000)::DOUBLE AS v3
  FROM range(${rows}) AS r(i)`
}

export const groupTable: Dataset = {
  name: 'g1',
  tables: {
    g1: {
      columns: {
        id1: t.utf8(),
        id2: t.utf8(),
        id3: t.utf8(),
        id4: t.int32(),
        id5: t.int32(),
        id6: t.int32(),
        v1: t.int32(),
        v2: t.int32(),
        v3: t.float64(),
      },
    },
  },
  statements: (scale) => [`CREATE TABLE g1 AS ${rowsOf(scale)}`],
}
