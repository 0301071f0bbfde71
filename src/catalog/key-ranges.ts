import { compareScalars, type Scalar } from '../arrow/scalar.ts'
import type { ColumnPartition, PartitionSet } from './model/partition-set.ts'
import type { Column } from './model/table.ts'

/**
 * Where the keys of each partition of a set lie, position by position, as ranks: equal keys have
 * equal ranks, and a greater key a greater one. Nulls are the greatest, NaN goes before them.
 */
export interface KeyRanges {
  /** Every key of the partition is from `lower` to `upper`. */
  readonly lower: Int32Array
  readonly upper: Int32Array
  /**
   * The part that is sure: the least key is at most `innerLower`, the greatest at least
   * `innerUpper`. Partitions cut out of sorted rows never reach into each other here, while bounds
   * of several columns, or of long text, say more than is so.
   */
  readonly innerLower: Int32Array
  readonly innerUpper: Int32Array
  /** 1 where all keys of the partition are equal. */
  readonly constant: Uint8Array
  /** All ranks are below this. */
  readonly ranks: number
}

/** Ranges of one column, in ranks that leave room between two values for what lies there. */
interface ColumnRanges {
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly innerLower: Float64Array
  readonly innerUpper: Float64Array
  readonly constant: Uint8Array
}

/** Half of it is where a value lies whose bound is cut: behind the bound, before the next one. */
const STEP = 4

/** The ranges of the keys `columns`, the first deciding most; `set` has their statistics. */
export function keyRanges(set: PartitionSet, columns: readonly Column[]): KeyRanges {
  const count = set.partitions.length
  const parts = columns.map((column) => columnRanges(set, column))
  const constant = new Uint8Array(count).fill(1)
  for (const part of parts) {
    for (let at = 0; at < count; at++) constant[at] = constant[at]! & part.constant[at]!
  }
  const width = columns.length
  // Four keys a partition: lower, upper, inner lower, inner upper.
  const keys = new Float64Array(4 * count * width)
  for (let at = 0; at < count; at++) writeKeys(keys, parts, at, count)
  const ranks = new Int32Array(4 * count)
  const order = Uint32Array.from(ranks, (_, at) => at)
  order.sort((a, b) => compareKeys(keys, a * width, b * width, width))
  let rank = 0
  for (const [position, key] of order.entries()) {
    const before = order[position - 1]
    if (before !== undefined && compareKeys(keys, before * width, key * width, width) !== 0) rank++
    ranks[key] = rank
  }
  const [lower, upper] = [ranks.subarray(0, count), ranks.subarray(count, 2 * count)]
  const innerLower = ranks.subarray(2 * count, 3 * count)
  const innerUpper = ranks.subarray(3 * count)
  for (let at = 0; at < count; at++) {
    if (innerUpper[at]! < innerLower[at]!) innerUpper[at] = innerLower[at]!
  }
  return { lower, upper, innerLower, innerUpper, constant, ranks: rank + 1 }
}

function writeKeys(
  keys: Float64Array,
  parts: readonly ColumnRanges[],
  at: number,
  count: number,
): void {
  const width = parts.length
  let isFixed = true
  for (const [position, part] of parts.entries()) {
    const write = (which: number, value: number) => {
      keys[(which * count + at) * width + position] = value
    }
    write(0, part.lower[at]!)
    write(1, part.upper[at]!)
    // Behind a column that varies, nothing is known of the least and the greatest key.
    write(2, isFixed ? part.innerLower[at]! : Number.POSITIVE_INFINITY)
    write(3, isFixed ? part.innerUpper[at]! : Number.NEGATIVE_INFINITY)
    isFixed = isFixed && part.constant[at] === 1
  }
}

function compareKeys(keys: Float64Array, a: number, b: number, width: number): number {
  for (let at = 0; at < width; at++) {
    const [left, right] = [keys[a + at]!, keys[b + at]!]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function columnRanges(set: PartitionSet, column: Column): ColumnRanges {
  const statistics = set.statistics.get(column.id)
  const rankOf = boundRanks(statistics?.values() ?? [])
  const count = set.partitions.length
  const ranges: ColumnRanges = {
    lower: new Float64Array(count),
    upper: new Float64Array(count),
    innerLower: new Float64Array(count),
    innerUpper: new Float64Array(count),
    constant: new Uint8Array(count),
  }
  const nan = rankOf.end
  const none = nan + STEP
  for (const [at, { id, rows }] of set.partitions.entries()) {
    const known = statistics?.get(id)
    const nulls = known?.nulls ?? rows
    const nans = known?.nans ?? 0
    const isAnywhere = rows > nulls + nans
    const least = known === undefined ? none : rankOf.bound(known.min, -STEP)
    const greatest = known === undefined ? none : rankOf.bound(known.max, nan - STEP)
    const lower = isAnywhere ? least : nans > 0 ? nan : none
    const upper = nulls > 0 ? none : nans > 0 ? nan : greatest
    const isLowerExact = !isAnywhere || known?.minExact === true
    const isUpperExact = upper >= nan || known?.maxExact === true
    ranges.lower[at] = lower
    ranges.upper[at] = upper
    ranges.innerLower[at] = isLowerExact ? lower : lower + STEP / 2
    ranges.innerUpper[at] = isUpperExact ? upper : upper - STEP / 2
    ranges.constant[at] = lower === upper && isLowerExact && isUpperExact ? 1 : 0
  }
  return ranges
}

/** Ranks of the bounds of a column; `end` is above all of them. */
function boundRanks(statistics: Iterable<ColumnPartition>) {
  const values: Scalar[] = []
  for (const { min, max } of statistics) {
    if (min !== null) values.push(min)
    if (max !== null) values.push(max)
  }
  values.sort(compareScalars)
  const distinct = values.filter((value, at) => at === 0 || differ(values[at - 1]!, value))
  const bound = (value: Scalar, unknown: number): number => {
    if (value === null) return unknown
    let [low, high] = [0, distinct.length - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareScalars(distinct[middle]!, value) < 0) low = middle + 1
      else high = middle
    }
    return low * STEP
  }
  return { bound, end: distinct.length * STEP }
}

const differ = (a: Scalar, b: Scalar) => compareScalars(a, b) !== 0
