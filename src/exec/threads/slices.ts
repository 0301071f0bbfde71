import { columnFile } from '../../catalog/model/partition-set.ts'
import type { Column } from '../../catalog/model/table.ts'
import { MARK_ROWS } from '../../io/csv/row-marks.ts'
import type { RowSpan } from '../../io/csv/rows-in-order.ts'
import { marksOf, type VerifiedFile, verificationKey } from '../../io/csv/verified-files.ts'
import type { ObjectStore } from '../../io/object-store.ts'
import type { Scan } from '../../plan/logical-plan.ts'
import { scanFigures } from '../../plan/scan-figures.ts'

/** Slices that each thread is to get where there are fewer partitions than threads. */
const PER_THREAD = 2

/** What one thread takes at a time: a partition, or some of its rows. */
export interface Slice {
  /** Of the partition. */
  readonly id: number
  /** Null: all of them. */
  readonly rows: RowSpan | null
}

/** The slices of a scan, and what another thread has to know of files to begin in their midst. */
export interface SlicedScan {
  readonly slices: readonly Slice[]
  readonly verified: readonly VerifiedFile[]
}

/**
 * The kept partitions of `scan` for `threads` threads, in order. Where they are fewer, those are cut whose
 * files can be entered in their midst: this process has read them before.
 */
export function slicedScan(
  scan: Scan,
  store: ObjectStore | undefined,
  threads: number,
): SlicedScan {
  const { all, kept } = scan.partitions!
  const whole = kept.map((id): Slice => ({ id, rows: null }))
  if (kept.length >= threads || store === undefined) return { slices: whole, verified: [] }
  const rowsOf = new Map(all.partitions.map(({ id, rows }) => [id, rows]))
  const sum = kept.reduce((rows, id) => rows + rowsOf.get(id)!, 0)
  const sizeMax = Math.max(MARK_ROWS, sum / (threads * PER_THREAD))
  const names = new Set(scanFigures(scan).columnsRead)
  const read = scan.table.columns.filter(({ name }) => names.has(name))
  const verified: VerifiedFile[] = []
  const slices = whole.flatMap((slice) => {
    const rows = rowsOf.get(slice.id)!
    const files = rows > sizeMax ? markedFiles(scan, slice.id, read, store) : null
    if (files === null) return [slice]
    verified.push(...files)
    return cut(slice.id, rows, Math.ceil(rows / sizeMax))
  })
  return { slices, verified }
}

/** About `count` slices, equally long, that end at marks. */
function cut(id: number, rows: number, count: number): Slice[] {
  const size = Math.ceil(rows / count / MARK_ROWS) * MARK_ROWS
  return Array.from({ length: Math.ceil(rows / size) }, (_, n) => {
    return { id, rows: { from: n * size, to: Math.min(rows, (n + 1) * size) } }
  })
}

/** The files of columns `read` of a partition; null when one of them has no marks yet. */
function markedFiles(
  { table, partitions }: Scan,
  id: number,
  read: readonly Column[],
  store: ObjectStore,
): VerifiedFile[] | null {
  const files: VerifiedFile[] = []
  for (const column of read) {
    const entry = partitions!.all.statistics.get(column.id)?.get(id)
    if (entry === undefined || entry.constant !== undefined) continue
    const key = verificationKey(store, columnFile(table.folder, column, entry))
    const marks = marksOf(key)
    if (marks === null) return null
    files.push([key, marks])
  }
  return files
}
