import type { DataFrame } from 'graupel'
import type Polars from 'nodejs-polars'
import type { Dataset } from '../datasets/dataset.ts'

export type Frames = Readonly<Record<string, DataFrame<any>>>

/** Polars' lazy frame over a table, from whichever format is measured. */
export type PolarsScan = (table: string) => Polars.LazyDataFrame

/** A goal: our time divided by DuckDB's on Parquet, in one interleaved run. */
export interface Goal {
  readonly goal: number
  readonly stretch: number
}

/** One question, and how each contender is asked it. */
export interface BenchRow {
  readonly name: string
  readonly title: string
  readonly dataset: Dataset
  /** Null for a row that has no goal of its own. */
  readonly goal: Goal | null
  readonly frame: (tables: Frames) => DataFrame<any>
  readonly sql: string
  readonly polars?: (pl: typeof Polars, scan: PolarsScan) => Polars.LazyDataFrame
  /** True: our caches are on, and the peer is DuckDB's native table, which is not decoded either. */
  readonly isCached?: boolean
  /** True: only when named by `--only`. */
  readonly isExtra?: boolean
}
