import { tpch } from '../datasets/tpch.ts'
import { TPCH_QUERIES } from '../tpch/queries.ts'
import type { Tpch, TpchQuery } from '../tpch/tables.ts'
import type { BenchRow, Goal } from './bench-row.ts'
import { polarsQ1, polarsQ3, polarsQ6 } from './polars-tpch.ts'

const GOALS = new Map<string, Goal & Pick<BenchRow, 'title' | 'polars'>>([
  ['q6', { title: 'Q6: scan, three ranges', goal: 0.8, stretch: 0.5, polars: polarsQ6 }],
  ['q1', { title: 'Q1: aggregation', goal: 0.7, stretch: 0.45, polars: polarsQ1 }],
  ['q3', { title: 'Q3: join of three tables', goal: 1, stretch: 0.5, polars: polarsQ3 }],
])

function rowOf({ name, frame, sql }: TpchQuery): BenchRow {
  const known = GOALS.get(name)
  const asked = { dataset: tpch, frame: (tables: unknown) => frame(tables as Tpch), sql }
  if (known === undefined) {
    return { ...asked, name, title: `TPC-H ${name.toUpperCase()}`, goal: null, isExtra: true }
  }
  const { goal, stretch, ...rest } = known
  return { ...asked, name, ...rest, goal: { goal, stretch } }
}

/** All 22 queries; those without a goal of their own only when they are named. */
export const TPCH_ROWS: readonly BenchRow[] = TPCH_QUERIES.map(rowOf)
