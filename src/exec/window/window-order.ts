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
  const { partition, start } = partitionsOf(ids, rows)
  const partitions = length === 0 ? 0 : partition[length - 1]! + 1
  const peerStart = orderBy.length === 0 ? start : peersOf(orderBy, rows, start)
  const end = endsOf(start)
  const peerEnd = peerStart === start ? end : endsOf(peerStart)
  return { length, rows, partition, partitions, start, end, peerStart, peerEnd }
}

function partitionsOf(ids: Int32Array, rows: Uint32Array) {
  const partition = new Int32Array(rows.length)
  const start = new Int32Array(rows.length)
  let number = -1
  let first = 0
  let last = -1
  for (let i = 0; i < rows.length; i++) {
    const id = ids[rows[i]!]!
    if (id !== last) {
      number += 1
      first = i
      last = id
    }
    partition[i] = number
    start[i] = first
  }
  return { partition, start }
}

/** Where the run of places begins that are equal to each in all keys. */
function peersOf(keys: readonly SortColumn[], rows: Uint32Array, start: Int32Array): Int32Array {
  const isFirst = new Uint8Array(rows.length)
  for (const { vector } of keys) markChanges(vector, rows, isFirst)
  const peers = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    peers[i] = start[i] === i || isFirst[i] === 1 ? i : peers[i - 1]!
  }
  return peers
}

/** Marks the places whose value differs from the one before. */
function markChanges(vector: Vector, rows: Uint32Array, marks: Uint8Array): void {
  const isPlain = vector.layout === 'i32' || vector.layout === 'f64'
  if (!isPlain || vector.validity !== null) {
    const keys = [{ vector, descending: false, nulls: 'last' }] as const
    for (let i = 1; i < rows.length; i++) {
      if (compareRows(keys, rows[i - 1]!, keys, rows[i]!) !== 0) marks[i] = 1
    }
    return
  }
  const { values } = vector
  let before = rows.length === 0 ? 0 : values[rows[0]!]!
  for (let i = 1; i < rows.length; i++) {
    const value = values[rows[i]!]!
    // NaN is equal to itself.
    if (value !== before && !(Number.isNaN(value) && Number.isNaN(before))) marks[i] = 1
    before = value
  }
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
