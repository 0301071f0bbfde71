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

/** Slices that each thread is to get, so that none waits long for the last. */
const PER_THREAD = 8

/** What one thread takes at a time: a partition, or some of its rows. */
export interface Slice {
  /** Of the partition. */
  readonly id: number
  /** Null: all of them. */
  readonly rows: RowSpan | null
}

/**
 * The kept partitions of `scan` for `threads` threads, in order. Where they are few, those are cut whose
 * files can be entered in their midst: this process has read them before.
 */
export function slicesFor(scan: Scan, store: ObjectStore | undefined, threads: number): Slice[] {
  const { all, kept } = scan.partitions!
  const wanted = threads * PER_THREAD
  const whole = kept.map((id) => ({ id, rows: null }))
  if (threads < 2 || kept.length >= wanted || store === undefined) return whole
  const rowsOf = new Map(all.partitions.map(({ id, rows }) => [id, rows]))
  const sum = kept.reduce((rows, id) => rows + rowsOf.get(id)!, 0)
  const size = Math.max(1, Math.ceil(sum / wanted / MARK_ROWS)) * MARK_ROWS
  return whole.flatMap((slice): Slice[] => {
    const rows = rowsOf.get(slice.id)!
    const canCut = rows > size && filesOf(scan, slice.id).every((file) => isMarked(store, file))
    return canCut ? cut(slice.id, rows, size) : [slice]
  })
}

function cut(id: number, rows: number, size: number): Slice[] {
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
