import { type Batch, concatBatches, sliceBatch, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { textAt, type Utf8Vector } from '../../arrow/vector.ts'
import { compareRows } from '../../kernel/compare-rows.ts'
import type { SortColumn } from '../../kernel/sort.ts'

/**
 * Of rows that are sorted by all columns, the last of which is `delete` or `insert`, those that are
 * left when a deleted row and an inserted one that are equal cancel each other out.
 */
export async function* netChanges(
  of: Schema,
  sorted: AsyncIterable<Batch>,
): AsyncGenerator<Batch, void, undefined> {
  let held: Batch | null = null
  for await (const part of sorted) {
    const rows: Batch = held === null ? part : concatBatches(of, [held, part])
    // The rows equal to the last one may go on in the next batch.
    const keys = keysOf(rows)
    let whole = rows.length - 1
    while (whole > 0 && compareRows(keys, whole - 1, keys, whole) === 0) whole--
    const left = uncancelled(sliceBatch(rows, 0, whole))
    if (left.length > 0) yield left
    held = sliceBatch(rows, whole, rows.length)
  }
  if (held === null) return
  const left = uncancelled(held)
  if (left.length > 0) yield left
}

/** `rows` has all rows that are equal to any of them. */
function uncancelled(rows: Batch): Batch {
  const keys = keysOf(rows)
  const kept = new Uint32Array(rows.length)
  let count = 0
  for (let from = 0; from < rows.length; ) {
    let to = from + 1
    while (to < rows.length && compareRows(keys, from, keys, to) === 0) to++
    // Deleted ones stand before inserted ones.
    const deleted = deletedIn(rows, from, to)
    const both = Math.min(deleted, to - from - deleted)
    for (let row = from + both; row < to - both; row++) kept[count++] = row
    from = to
  }
  return takeBatch(rows, kept, count)
}

function deletedIn(rows: Batch, from: number, to: number): number {
  const words = rows.columns.at(-1) as Utf8Vector
  let deleted = 0
  for (let row = from; row < to; row++) if (textAt(words, row) === 'delete') deleted++
  return deleted
}

/** All columns but the last. */
function keysOf(rows: Batch): SortColumn[] {
  return rows.columns.slice(0, -1).map((vector) => {
    return { vector, descending: false, nulls: 'last' } as const
  })
}
