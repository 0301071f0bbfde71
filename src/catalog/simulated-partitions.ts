import type { Scalar } from '../arrow/scalar.ts'
import type { ColumnStatistics } from '../arrow/statistics.ts'
import { average } from './clustering-information.ts'
import { keyRanges } from './key-ranges.ts'
import type { PartitionSet } from './model/partition-set.ts'
import type { Column } from './model/table.ts'
import { rangeOverlaps } from './range-overlaps.ts'

/** Bytes of a text that count: more than a number holds exactly are none. */
const TEXT_BYTES = 6
const BYTE = 256
const ASCII_MAX = 127

/** What would be known of the columns of one partition, by name. */
export type SimulatedPartition = ReadonlyMap<string, ColumnStatistics>

/**
 * Partitions of equal size that the rows of `set` would be cut into, were they sorted by `keys`. The
 * values of a partition are taken to lie evenly between its bounds, and those of columns that are no
 * keys anywhere in each partition. An estimate: nothing but metadata is known.
 *
 * @param count How many partitions, at least 1.
 */
export function simulatedPartitions(
  set: PartitionSet,
  { columns, keys }: { readonly columns: readonly Column[]; readonly keys: readonly Column[] },
  count: number,
): SimulatedPartition[] {
  const whole = new Map(columns.map((column) => [column.name, spread(set, column)] as const))
  let slices: SimulatedPartition[] = [
    new Map([...whole].flatMap(([name, of]) => (of === undefined ? [] : [[name, of.whole]]))),
  ]
  let left = count
  for (const key of keys) {
    const of = whole.get(key.name)
    if (of === undefined || left < 2) continue
    const parts = Math.max(1, Math.min(left, Math.round(of.distinct)))
    const cuts = of.slices(parts)
    slices = slices.flatMap((slice) => cuts.map((cut) => new Map([...slice, [key.name, cut]])))
    left = Math.floor(left / parts)
  }
  return slices
}

/** How the values of a column are spread over the table; undefined when there are none. */
function spread(set: PartitionSet, column: Column) {
  const known = set.statistics.get(column.id)
  const entries = set.partitions.flatMap(({ id }) => {
    const of = known?.get(id)
    return of === undefined || of.min === null || of.max === null ? [] : [of]
  })
  if (entries.length === 0) return undefined
  const ranges = entries.map((of) => ({
    from: numberOf(of.min),
    to: numberOf(of.max),
    rows: of.rows - of.nulls,
  }))
  const first = entries[0]!
  const sum = (of: (entry: ColumnStatistics) => number) =>
    entries.reduce((total, entry) => total + of(entry), 0)
  const least = entries.reduce((a, b) => (numberOf(b.min) < numberOf(a.min) ? b : a)).min
  const most = entries.reduce((a, b) => (numberOf(b.max) > numberOf(a.max) ? b : a)).max
  const all: ColumnStatistics = {
    ...first,
    rows: sum(({ rows }) => rows),
    nulls: sum(({ nulls }) => nulls),
    nans: sum(({ nans }) => nans),
    min: least,
    max: most,
    minExact: false,
    maxExact: false,
  }
  return {
    whole: all,
    distinct: sum(({ distinct }) => distinct) / Math.max(1, depthOf(set, column)),
    slices(parts: number): ColumnStatistics[] {
      const cuts = quantiles(ranges, parts)
      return cuts.slice(1).map((to, at) => ({
        ...all,
        min: at === 0 ? least : scalarOf(cuts[at]!, least),
        max: at === parts - 1 ? most : scalarOf(to, least),
      }))
    },
  }
}

function depthOf(set: PartitionSet, column: Column): number {
  const { lower, upper, ranks } = keyRanges(set, [column])
  return average(rangeOverlaps(lower, upper, ranks).depths)
}

/** The values below which 0, 1, ... `parts` of that many equal parts of the rows lie. */
function quantiles(
  ranges: readonly { readonly from: number; readonly to: number; readonly rows: number }[],
  parts: number,
): number[] {
  const ends = [...new Set(ranges.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  const position = new Map(ends.map((end, at) => [end, at]))
  /** Rows at an end, and rows between it and the next one, for each unit of length. */
  const at = new Float64Array(ends.length)
  const density = new Float64Array(ends.length + 1)
  for (const { from, to, rows } of ranges) {
    if (from === to) at[position.get(from)!] = at[position.get(from)!]! + rows
    else {
      const each = rows / (to - from)
      density[position.get(from)!] = density[position.get(from)!]! + each
      density[position.get(to)!] = density[position.get(to)!]! - each
    }
  }
  const total = ranges.reduce((sum, { rows }) => sum + rows, 0)
  const cuts: number[] = [ends[0]!]
  let before = 0
  let dense = 0
  for (let end = 0; end < ends.length; end++) {
    before += at[end]!
    while (cuts.length < parts && before >= (cuts.length * total) / parts) cuts.push(ends[end]!)
    dense += density[end]!
    const length = (ends[end + 1] ?? ends[end]!) - ends[end]!
    const after = before + dense * length
    while (cuts.length < parts && after >= (cuts.length * total) / parts && dense > 0) {
      cuts.push(ends[end]! + ((cuts.length * total) / parts - before) / dense)
    }
    before = after
  }
  while (cuts.length <= parts) cuts.push(ends.at(-1)!)
  return cuts
}

/** A number that grows with the value, about as evenly. */
function numberOf(value: Scalar): number {
  if (typeof value === 'string') return numberOf(Buffer.from(value.slice(0, TEXT_BYTES)))
  if (!(value instanceof Uint8Array)) return Number(value)
  let number = 0
  for (let at = 0; at < TEXT_BYTES; at++) number = number * BYTE + (value[at] ?? 0)
  return number
}

/** A value of the kind of `like` that `numberOf` gives about this number for. */
function scalarOf(number: number, like: Scalar): Scalar {
  if (typeof like === 'boolean') return number >= 1
  if (typeof like === 'bigint') return BigInt(Math.floor(number))
  if (typeof like === 'number') return Number.isInteger(like) ? Math.floor(number) : number
  const bytes = Buffer.alloc(TEXT_BYTES)
  for (let at = TEXT_BYTES - 1, left = number; at >= 0; at--) {
    bytes[at] = left % BYTE
    left = Math.floor(left / BYTE)
  }
  if (typeof like !== 'string') return bytes
  return bytes
    .map((byte) => Math.min(byte, ASCII_MAX))
    .toString()
    .replace(/\0+$/, '')
}
