import type { DataType } from '../../arrow/data-type.ts'
import { parseScalar } from '../../arrow/scalar.ts'
import type { DecodeHints } from '../../arrow/statistics.ts'
import { corrupt } from '../../error.ts'
import { isInOrder } from '../../kernel/in-order.ts'
import type { NumberRange } from '../../kernel/select-numbers.ts'
import type { ByteSource, ObjectStore, StoreOptions } from '../object-store.ts'
import type { ColumnFile } from './column-reader.ts'
import { openColumn } from './open-column.ts'
import { isVerified, noteVerified, verificationKey } from './verified-files.ts'

/** Rows in which the end of a span is looked for first. */
const NEAR = 64

type Order = NonNullable<DecodeHints['order']>

/** The rows from `from` on and before `to`. */
export interface RowSpan {
  readonly from: number
  readonly to: number
}

/**
 * The rows that hold the numbers between the bounds of `range`, by a binary search in the file of a column
 * whose values are in order and equally long; null where that cannot be relied on. The first search in a file
 * that this process has verified before reads it whole, to see that the order is there: DATA when it is not.
 * For stores that answer at once.
 */
export async function rowsInOrder(
  store: ObjectStore,
  file: ColumnFile,
  range: NumberRange,
  { signal }: StoreOptions,
): Promise<RowSpan | null> {
  const { rows, bytes, hints, text } = file.statistics
  const { width, order } = hints
  if (order === null || width === null || text !== undefined) return null
  const verification = verificationKey(store, file)
  if (!isVerified(verification)) return null
  const proof = `${order} ${verification}`
  if (!isVerified(proof)) {
    await proveOrder(store, file, order, { signal })
    noteVerified(proof)
  }
  const { key, statistics } = file
  const content = { bytes, crc32: statistics.crc32 }
  const source = await store.open(key, { signal, content })
  if (source === null) return null
  const base = bytes - rows * (width + 1)
  try {
    const valueAt = (row: number) => valueIn(source, base + row * (width + 1), width, file.type)
    return await spanInOrder(rows, order, range, valueAt)
  } finally {
    source.close()
  }
}

async function proveOrder(
  store: ObjectStore,
  file: ColumnFile,
  order: Order,
  options: StoreOptions,
): Promise<void> {
  const reader = await openColumn(store, file, options)
  try {
    const { key, name, statistics } = file
    if (!isInOrder(await reader.read(statistics.rows), statistics.rows, order)) {
      const message = `"${key}": column "${name}": the rows are not ${order}, as its hints say`
      throw corrupt(message, { file: key, name })
    }
  } finally {
    reader.close()
  }
}

async function valueIn(
  source: ByteSource,
  position: number,
  width: number,
  type: DataType,
): Promise<number> {
  const line = Buffer.alloc(width)
  await source.read(line, position)
  return Number(parseScalar(line.toString('latin1'), type))
}

/** About twice as many values are asked for as `rows` has binary digits, and fewer for a short span. */
async function spanInOrder(
  rows: number,
  order: Order,
  { least, greatest }: NumberRange,
  valueAt: (row: number) => Promise<number>,
): Promise<RowSpan> {
  const isUp = order === 'ascending'
  const first = async (low: number, high: number, isBehind: (value: number) => boolean) => {
    let [from, to] = [low, high]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (isBehind(await valueAt(middle))) to = middle
      else from = middle + 1
    }
    return from
  }
  const from = await first(0, rows, (value) => (isUp ? value >= least : value <= greatest))
  const isBehind = (value: number) => (isUp ? value > greatest : value < least)
  // Short spans are asked for more often than long ones: the end is looked for near the start first.
  let [low, high] = [from, from + NEAR]
  while (high < rows && !isBehind(await valueAt(high))) {
    low = high + 1
    high = from + (high - from) * NEAR
  }
  return { from, to: await first(low, Math.min(high, rows), isBehind) }
}
