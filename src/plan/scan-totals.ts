import { scansOf } from './bind-partitions.ts'
import { columnsOf } from './expr-walk.ts'
import type { LogicalPlan, Scan } from './logical-plan.ts'

/** What the scans of a plan have to read at most. */
export interface ScanTotals {
  readonly totalPartitions: number
  readonly totalBytes: number
}

/**
 * The partitions that the scans of `plan`, which know theirs, have to read, and the bytes of the
 * files that they open. What turns out not to be needed while the query runs is counted too.
 */
export function scanTotals(plan: LogicalPlan): ScanTotals {
  let totalPartitions = 0
  let totalBytes = 0
  for (const scan of scansOf(plan)) {
    if (scan.partitions === null) continue
    totalPartitions += scan.partitions.kept.length
    totalBytes += bytesOf(scan, scan.partitions)
  }
  return { totalPartitions, totalBytes }
}

function bytesOf(scan: Scan, { all, kept }: NonNullable<Scan['partitions']>): number {
  const names = new Set(scan.columns.map(({ name }) => name))
  if (scan.predicate !== null) for (const name of columnsOf(scan.predicate)) names.add(name)
  let bytes = 0
  for (const { id, name } of scan.table.columns) {
    if (!names.has(name)) continue
    for (const partition of kept) bytes += all.statistics.get(id)?.get(partition)?.bytes ?? 0
  }
  return bytes
}
