import { columnFile } from '../../catalog/model/partition-set.ts'
import { MARK_ROWS } from '../../io/csv/row-marks.ts'
import type { RowSpan } from '../../io/csv/rows-in-order.ts'
import {
  isVerified,
  marksOf,
  type VerifiedFile,
  verificationKey,
} from '../../io/csv/verified-files.ts'
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

/**
 * The kept partitions of `scan` for `threads` threads, in order. Where they are fewer, those are cut whose
 * files can be entered in their midst: this process has read them before.
 */
export function slicesFor(scan: Scan, store: ObjectStore | undefined, threads: number): Slice[] {
  const { all, kept } = scan.partitions!
  const wanted = threads * PER_THREAD
  const whole = kept.map((id) => ({ id, rows: null }))
  if (kept.length >= threads || store === undefined) return whole
  const rowsOf = new Map(all.partitions.map(({ id, rows }) => [id, rows]))
  const sum = kept.reduce((rows, id) => rows + rowsOf.get(id)!, 0)
  const sizeMax = Math.max(MARK_ROWS, sum / wanted)
  return whole.flatMap((slice): Slice[] => {
    const rows = rowsOf.get(slice.id)!
    const canCut = rows > sizeMax && filesOf(scan, slice.id).every((file) => isMarked(store, file))
    return canCut ? cut(slice.id, rows, Math.ceil(rows / sizeMax)) : [slice]
  })
}

/** About `count` slices, equally long, that end at marks. */
function cut(id: number, rows: number, count: number): Slice[] {
  const size = Math.ceil(rows / count / MARK_ROWS) * MARK_ROWS
  return Array.from({ length: Math.ceil(rows / size) }, (_, n) => {
    return { id, rows: { from: n * size, to: Math.min(rows, (n + 1) * size) } }
  })
}

/** What another thread has to know of the files of `slices` to begin in their midst. */
export function verifiedFiles(
  scan: Scan,
  store: ObjectStore,
  slices: readonly Slice[],
): VerifiedFile[] {
  const ids = new Set(slices.filter(({ rows }) => rows !== null).map(({ id }) => id))
  return [...ids].flatMap((id) =>
    filesOf(scan, id).map((file): VerifiedFile => {
      const key = verificationKey(store, file)
      return [key, marksOf(key)]
    }),
  )
}

function isMarked(store: ObjectStore, file: ReturnType<typeof columnFile>): boolean {
  const key = verificationKey(store, file)
  return isVerified(key) && marksOf(key) !== null
}

/** The files that `scan` reads of a partition. */
function filesOf(scan: Scan, id: number): ReturnType<typeof columnFile>[] {
  const names = new Set(scanFigures(scan).columnsRead)
  const { statistics } = scan.partitions!.all
  return scan.table.columns.flatMap((column) => {
    const entry = names.has(column.name) ? statistics.get(column.id)?.get(id) : undefined
    if (entry === undefined || entry.constant !== undefined) return []
    return [columnFile(scan.table.folder, column, entry)]
  })
}
