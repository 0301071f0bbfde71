/** What clustering by some columns would make of queries, estimated from metadata. */
export interface ClusteringAdvice<K extends string> {
  readonly partitions: number
  readonly queries: number
  /** The part of the partitions that a query has to read now, on average: 0 to 1. */
  readonly now: number
  /** Columns for `clusterBy`, in order, the best first; 10 at most, none that would not help. */
  readonly advice: readonly ColumnsAdvice<K>[]
}

export interface ColumnsAdvice<K extends string> {
  readonly columns: readonly K[]
  /** The part of the partitions that a query would have to read, on average. */
  readonly share: number
}
