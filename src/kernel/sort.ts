import type { Utf8Vector, Vector } from '../arrow/vector.ts'
import { TextGroupIndex } from './group-text.ts'
import { compareBytes } from './hash.ts'
import { isInOrder } from './in-order.ts'

/** One key of a sort: its values and how they are ordered. */
export interface SortColumn {
  readonly vector: Vector
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}

/**
 * The rows 0 to `length - 1` in the order of `columns`, the first deciding most; rows that are
 * equal in all keep their order. NaN is the greatest number, -0 equals 0, text goes by its bytes.
 *
 * Every key becomes 32-bit words whose unsigned order is that of the values; a radix sort then
 * goes over the words from the least to the most deciding one.
 */
export function sortRows(columns: readonly SortColumn[], length: number): Uint32Array {
  let rows: Uint32Array = new Uint32Array(length)
  for (let row = 0; row < length; row++) rows[row] = row
  for (const [position, column] of [...columns].reverse().entries()) {
    // As a table is by its clustering key.
    if (position === 0 && isInOrder(column.vector, length, orderOf(column))) continue
    for (const words of wordsOf(column, length)) rows = sortByWords(words, rows)
    const { validity } = column.vector
    if (validity !== null) rows = placeNulls(rows, validity, column.nulls)
  }
  return rows
}

const orderOf = ({ descending }: SortColumn) => (descending ? 'descending' : 'ascending')

/** Words of each row, the least deciding array first. Rows with a null have equal words. */
function wordsOf({ vector, descending }: SortColumn, length: number): Uint32Array[] {
  const all = orderedWords(vector, length)
  const { validity } = vector
  for (const words of all) {
    if (descending) for (let row = 0; row < length; row++) words[row] = ~words[row]!
    if (validity === null) continue
    for (let row = 0; row < length; row++) if (validity[row] === 0) words[row] = 0
  }
  return all
}

function orderedWords(vector: Vector, length: number): Uint32Array[] {
  switch (vector.layout) {
    case 'bool':
      return [Uint32Array.from(vector.values.subarray(0, length))]
    case 'i32': {
      const words = new Uint32Array(length)
      for (let row = 0; row < length; row++) words[row] = vector.values[row]! ^ 0x80000000
      return [words]
    }
    case 'f64':
      return floatWords(vector.values, length)
    case 'big':
      return [bigRanks(vector.values, length)]
    case 'utf8':
      return [textRanks(vector)]
  }
}

function floatWords(values: Float64Array, length: number): Uint32Array[] {
  const low = new Uint32Array(length)
  const high = new Uint32Array(length)
  const scratch = new Float64Array(1)
  const words = new Uint32Array(scratch.buffer)
  for (let row = 0; row < length; row++) {
    const value = values[row]!
    scratch[0] = Number.isNaN(value) ? Number.NaN : value + 0
    const negative = words[1]! >>> 31 === 1 && !Number.isNaN(value)
    low[row] = negative ? ~words[0]! : words[0]!
    high[row] = negative ? ~words[1]! : words[1]! | 0x80000000
  }
  return [low, high]
}

function bigRanks(values: readonly bigint[], length: number): Uint32Array {
  const order = Array.from({ length }, (_, row) => row)
  order.sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0))
  const ranks = new Uint32Array(length)
  let rank = 0
  for (const [position, row] of order.entries()) {
    if (position > 0 && values[row] !== values[order[position - 1]!]) rank += 1
    ranks[row] = rank
  }
  return ranks
}

/** Only distinct values are compared; their rank then stands for them. */
function textRanks(vector: Utf8Vector): Uint32Array {
  const ids = new Int32Array(vector.length)
  const index = new TextGroupIndex(vector.type)
  index.assign(vector, ids)
  const { bytes, starts, ends } = index.keys() as Utf8Vector
  const prefixes = new Float64Array(index.count)
  for (let id = 0; id < prefixes.length; id++) {
    for (let i = 0; i < 6; i++) {
      const at = starts[id]! + i
      prefixes[id] = prefixes[id]! * 256 + (at < ends[id]! ? bytes[at]! : 0)
    }
  }
  const order = new Uint32Array(index.count)
  for (let id = 0; id < order.length; id++) order[id] = id
  order.sort(
    (a, b) =>
      prefixes[a]! - prefixes[b]! ||
      compareBytes(bytes, starts[a]!, ends[a]!, bytes, starts[b]!, ends[b]!),
  )
  const rankOf = new Uint32Array(order.length)
  for (let rank = 0; rank < order.length; rank++) rankOf[order[rank]!] = rank
  const ranks = new Uint32Array(vector.length)
  for (let row = 0; row < ranks.length; row++) ranks[row] = rankOf[ids[row]!]!
  return ranks
}

const DIGIT_BITS = 11
const BUCKETS = 1 << DIGIT_BITS

/** `rows` stably ordered by `words[row]`: a radix sort of three digits, those that vary. */
function sortByWords(words: Uint32Array, rows: Uint32Array): Uint32Array {
  const { length } = rows
  let keys = new Uint32Array(length)
  const counts = new Uint32Array(3 * BUCKETS)
  let sorted = true
  for (let i = 0; i < length; i++) {
    const word = words[rows[i]!]!
    keys[i] = word
    if (i > 0 && keys[i - 1]! > word) sorted = false
    counts[word & (BUCKETS - 1)]! += 1
    counts[BUCKETS + ((word >>> DIGIT_BITS) & (BUCKETS - 1))]! += 1
    counts[2 * BUCKETS + (word >>> (2 * DIGIT_BITS))]! += 1
  }
  if (sorted) return rows
  let from = rows
  let to: Uint32Array = new Uint32Array(length)
  let keysTo = new Uint32Array(length)
  for (let digit = 0; digit < 3; digit++) {
    const offsets = counts.subarray(digit * BUCKETS, (digit + 1) * BUCKETS)
    if (offsets.includes(length)) continue
    distribute(keys, from, keysTo, to, offsets, digit * DIGIT_BITS)
    ;[from, to] = [to, from]
    ;[keys, keysTo] = [keysTo, keys]
  }
  return from
}

function distribute(
  keys: Uint32Array,
  rows: Uint32Array,
  keysTo: Uint32Array,
  rowsTo: Uint32Array,
  counts: Uint32Array,
  shift: number,
): void {
  let sum = 0
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = counts[bucket]!
    counts[bucket] = sum
    sum += count
  }
  for (let i = 0; i < rows.length; i++) {
    const key = keys[i]!
    const at = counts[(key >>> shift) & (BUCKETS - 1)]!++
    keysTo[at] = key
    rowsTo[at] = rows[i]!
  }
}

function placeNulls(rows: Uint32Array, validity: Uint8Array, nulls: 'first' | 'last'): Uint32Array {
  const placed = new Uint32Array(rows.length)
  const early = nulls === 'first' ? 0 : 1
  let at = 0
  for (const row of rows) if (validity[row] === early) placed[at++] = row
  for (const row of rows) if (validity[row] !== early) placed[at++] = row
  return placed
}
