import { encodeColumn } from '../io/csv/encode-column.ts'
import { burnIds } from './burned-ids.ts'
import type { AddPartition } from './model/commit-record.ts'
import type { Head, TailEntry } from './model/head.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import { type Column, headerOf } from './model/table.ts'
import type { PartitionBuffer } from './partition-buffer.ts'
import { INLINE_FEATURE } from './stored-json.ts'

/** Bytes that the files of a partition would have, where its rows go into the commit record. */
const INLINE_BYTES_MAX = 16 << 10
/** A value and its newline. */
const VALUE_BYTES_MIN = 2

/**
 * The rows of `buffer` as a partition that has no files, with no number yet; undefined when they
 * are too many for a commit record.
 */
export function inlinePartition(
  columns: readonly Column[],
  buffer: PartitionBuffer,
): AddPartition | undefined {
  const { rows } = buffer
  if (rows * columns.length * VALUE_BYTES_MIN > INLINE_BYTES_MAX) return undefined
  const files = new Map<number, ColumnPartition>()
  let left = INLINE_BYTES_MAX
  for (const [position, column] of columns.entries()) {
    const { bytes, statistics } = encodeColumn(headerOf(column), buffer.column(position))
    left -= bytes.length
    if (left < 0) return undefined
    files.set(column.id, { file: 0, ...statistics, text: Buffer.from(bytes).toString() })
  }
  return { kind: 'addPartition', id: 0, rows, columns: files }
}

/**
 * What `head` says once it brings the partition `id` without files: no file tells others that the
 * number is taken, and who does not know of such partitions keeps away.
 */
export function inlineHead(head: Head, id: number): Partial<Head> {
  const features = (known: readonly string[]) => [...new Set([...known, INLINE_FEATURE])]
  return {
    ...burnIds(head, [id]),
    readerFeatures: features(head.readerFeatures),
    writerFeatures: features(head.writerFeatures),
  }
}

/** Whether a commit brought rows and no file. */
export function isInlineEntry({ operation, rows, bytes }: TailEntry): boolean {
  return operation === 'append' && rows > 0 && bytes === 0
}
