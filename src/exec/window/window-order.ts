import { int32 } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { compareRows } from '../../kernel/compare-rows.ts'
import { GroupTable } from '../../kernel/group-table.ts'
import { type SortColumn, sortRows } from '../../kernel/sort.ts'

/**
 * Rows in the order in which windows see them: partition by partition, each in its order. All
 * arrays have an entry per place in that order; ends are excluded.
 */
export interface WindowOrder {
  readonly length: number
  /** The row at each place. */
  readonly rows: Uint32Array
  /** Number of the partition, from 0. */
  readonly partition: Int32Array
  readonly partitions: number
  readonly start: Int32Array
  readonly end: Int32Array
  /** The run of rows that are equal in all order keys; the whole partition when there are none. */
  readonly peerStart: Int32Array
  readonly peerEnd: Int32Array
}

/** Orders `length` rows by the partition that each is in, and within by `orderBy`, stably. */
export function windowOrder(
  partitionBy: readonly Vector[],
  orderBy: readonly SortColumn[],
  length: number,
): WindowOrder {
  const ids = new Int32Array(length)
  if (partitionBy.length > 0 && length > 0) {
    new GroupTable(partitionBy.map(({ type }) => type)).assign(partitionBy, length, ids)
  }
  const vector = { type: int32, layout: 'i32', length, validity: null, values: ids } as const
  const rows = sortRows([{ vector, descending: false, nulls: 'last' }, ...orderBy], length)
  const partition = new Int32Array(length)
  const start = new Int32Array(length)
  const peerStart = new Int32Array(length)
  let partitions = 0
  for (let i = 0; i < length; i++) {
    const row = rows[i]!
    const before = i === 0 ? -1 : rows[i - 1]!
    if (i === 0 || ids[row] !== ids[before]) {
      partitions += 1
      start[i] = i
      peerStart[i] = i
    } else {
      start[i] = start[i - 1]!
      peerStart[i] = compareRows(orderBy, before, orderBy, row) === 0 ? peerStart[i - 1]! : i
    }
    partition[i] = partitions - 1
  }
  const [end, peerEnd] = [endsOf(start), endsOf(peerStart)]
  return { length, rows, partition, partitions, start, end, peerStart, peerEnd }
}

/** Where each run ends, given where it starts. */
function endsOf(starts: Int32Array): Int32Array {
  const ends = new Int32Array(starts.length)
  let end = starts.length
  for (let i = starts.length - 1; i >= 0; i--) {
    ends[i] = end
    if (starts[i] === i) end = i
  }
  return ends
}
