import type { ActionOptions } from './action-options.ts'
import type { ClusterKeys } from './cluster-type.ts'
import type { Untyped } from './type-tag.ts'

export interface OptimizeOptions<S = Untyped> extends ActionOptions {
  /**
   * Bytes of column files to be read at most, as a number or as `2GB`: what is worst comes first,
   * and the rest another time. Everything when not given.
   */
  readonly bytesMax?: number | string | undefined
  /** What to sort by: columns, or expressions; the table's `clusterBy` when not given. */
  readonly columns?: ClusterKeys<S> | undefined
}

/** What an `optimize` did. */
export interface OptimizeResult {
  /** The version of the table that holds it; the one before when there was nothing to do. */
  readonly version: number
  /** Partitions that are gone, and those that hold their rows now. */
  readonly partitionsRemoved: number
  readonly partitionsAdded: number
  /** Rows that were written again. */
  readonly rows: number
  /** Bytes of the column files that were written. */
  readonly bytes: number
}
