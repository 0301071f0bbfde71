import type { Column } from '../catalog/model/table.ts'
import { columnsOf } from './expr-children.ts'
import type { Scan } from './logical-plan.ts'

/** What a scan reads of what there is; the counts that need partitions are null before binding. */
export interface ScanFigures {
  readonly columnsRead: readonly string[]
  readonly columns: number
  readonly partitionsRead: number | null
  readonly partitions: number | null
  /** Bytes of the files that are read; only a lower bound when `bytesExact` is false. */
  readonly bytes: number | null
  readonly bytesExact: boolean
}

/** The figures of a scan: columns of the output and of the predicate, kept partitions, bytes. */
export function scanFigures(scan: Scan): ScanFigures {
  const read = columnsRead(scan)
  const head = { columnsRead: read.map(({ name }) => name), columns: scan.table.columns.length }
  if (scan.partitions === null) {
    return { ...head, partitionsRead: null, partitions: null, bytes: null, bytesExact: false }
  }
  const { all, kept } = scan.partitions
  let bytes = 0
  let bytesExact = true
  for (const { id } of read) {
    const ofColumn = all.statistics.get(id)
    // A column that was asked for and has no entry has no file in that partition.
    if (ofColumn === undefined) bytesExact &&= kept.length === 0
    else for (const partition of kept) bytes += ofColumn.get(partition)?.bytes ?? 0
  }
  const counts = { partitionsRead: kept.length, partitions: all.partitions.length }
  return { ...head, ...counts, bytes, bytesExact }
}

/** Why partitions are not read: `[reason, how many]`, most first. */
export function prunedReasons(scan: Scan): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const reason of scan.partitions?.pruned.values() ?? []) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])
}

function columnsRead({ table, columns, predicate }: Scan): readonly Column[] {
  const ids = new Set(columns.map(({ id }) => id))
  const names = predicate === null ? new Set<string>() : columnsOf(predicate)
  return table.columns.filter(({ id, name }) => ids.has(id) || names.has(name))
}
