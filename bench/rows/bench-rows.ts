import type { BenchRow } from './bench-row.ts'
import { CLUSTERED_ROWS } from './clustered-rows.ts'
import { SCAN_ROWS } from './scan-rows.ts'
import { SHAPE_ROWS } from './shape-rows.ts'
import { SMALL_ROWS } from './small-rows.ts'
import { TPCH_ROWS } from './tpch-rows.ts'

const COLD_ROWS: readonly BenchRow[] = [...TPCH_ROWS, ...SCAN_ROWS, ...CLUSTERED_ROWS]

const CACHED = new Set(['q6', 'q1', 'q3', 'group-few', 'group-many', 'like'])

/** The same question once more, with whatever our caches hold. */
function cached(row: BenchRow): BenchRow {
  const name = `${row.name}-cached`
  return { ...row, name, title: `${row.title}, caches on`, goal: null, isCached: true }
}

/** All rows that compare queries in one process, by name. */
export const BENCH_ROWS: ReadonlyMap<string, BenchRow> = new Map(
  [
    ...COLD_ROWS,
    ...SMALL_ROWS,
    ...SHAPE_ROWS,
    ...COLD_ROWS.filter(({ name }) => CACHED.has(name)).map(cached),
  ].map((row) => [row.name, row]),
)
