import { keyRanges } from './key-ranges.ts'
import type { PartitionSet } from './model/partition-set.ts'
import type { Column } from './model/table.ts'
import { rangeOverlaps } from './range-overlaps.ts'

/** How well the partitions of a table are told apart by the values of columns. */
export interface ClusteringInformation {
  /** The columns that it was asked for, the first deciding most. */
  readonly clusterByKeys: readonly string[]
  readonly totalPartitionCount: number
  /** Partitions in which all rows have equal values there: they cannot get better. */
  readonly totalConstantPartitionCount: number
  /** Other partitions that may hold values of a partition's range, on average. */
  readonly averageOverlaps: number
  /** Partitions over the deepest point of a partition's range, on average: 1 is perfect, 0 an empty table. */
  readonly averageDepth: number
  /** Partitions by depth: from 0 to 16 one by one, then up to 32, 64, ...; each up to `depth`. */
  readonly partitionDepthHistogram: readonly DepthCount[]
}

export interface DepthCount {
  readonly depth: number
  readonly partitions: number
}

const EACH_DEPTH_MAX = 16

/** What the statistics of `columns` say of how the partitions of `set` overlap. */
export function clusteringInformation(
  set: PartitionSet,
  columns: readonly Column[],
): ClusteringInformation {
  const { lower, upper, constant, ranks } = keyRanges(set, columns)
  const { overlaps, depths } = rangeOverlaps(lower, upper, ranks)
  return {
    clusterByKeys: columns.map(({ name }) => name),
    totalPartitionCount: set.partitions.length,
    totalConstantPartitionCount: constant.reduce((sum, one) => sum + one, 0),
    averageOverlaps: average(overlaps),
    averageDepth: average(depths),
    partitionDepthHistogram: histogram(depths),
  }
}

export function average(of: Int32Array): number {
  return of.length === 0 ? 0 : of.reduce((sum, one) => sum + one, 0) / of.length
}

function histogram(depths: Int32Array): DepthCount[] {
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), EACH_DEPTH_MAX)
  const counts: { depth: number; partitions: number }[] = []
  for (let depth = 0; depth <= EACH_DEPTH_MAX; depth++) counts.push({ depth, partitions: 0 })
  for (let depth = EACH_DEPTH_MAX; depth < deepest; ) {
    depth *= 2
    counts.push({ depth, partitions: 0 })
  }
  for (const depth of depths) counts.find((bucket) => depth <= bucket.depth)!.partitions++
  return counts
}
