import { keyRanges } from './key-ranges.ts'
import { isInline, type PartitionSet } from './model/partition-set.ts'
import type { Column, Partition } from './model/table.ts'
import { textBytesOf } from './partition-buffer.ts'
import { coverage, rangeOverlaps } from './range-overlaps.ts'

/** How much larger a partition has to be than what comes behind it, to be left alone. */
const GROWTH = 4

/** What may be rewritten, and how large a partition gets. */
export interface ChoiceLimits {
  /** Bytes of the files of all partitions that are chosen, at most. */
  readonly bytesMax: number
  readonly partitionRowsMax: number
  readonly partitionBytesMax: number
}

/** A partition is small below this part of what one can hold: two of those fit into one. */
const SMALL = 0.5
/** Places that are looked for in one choice, where not all partitions that overlap can be taken. */
const PEAKS_MAX = 1000

/**
 * Runs of small partitions that stand next to each other: the rows of each run fit into one
 * partition, in the order that they have.
 */
export function chooseRuns(
  set: PartitionSet,
  columns: readonly Column[],
  limits: ChoiceLimits,
): Partition[][] {
  const sizes = new PartitionSizes(set, columns, limits)
  return new SmallRuns(sizes, limits.bytesMax, 1).of(set.partitions)
}

/**
 * Groups of partitions whose rows are to be sorted by `keys` and cut anew, the worst first: those
 * that reach into each other, where most do so; then small ones that follow each other. What
 * sorted rows are cut into is chosen again only where new rows came between.
 *
 * @param columns All columns of the table; `set` has their statistics.
 */
export function chooseGroups(
  set: PartitionSet,
  { columns, keys }: { readonly columns: readonly Column[]; readonly keys: readonly Column[] },
  limits: ChoiceLimits,
): Partition[][] {
  const { innerLower, innerUpper } = keyRanges(set, keys)
  const sizes = new PartitionSizes(set, columns, limits)
  const deep = deepest(new Ranges(set, innerLower, innerUpper), sizes, limits.bytesMax)
  const groups = connected(deep).map((group) => group.map(({ partition }) => partition))
  const chosen = new Set(groups.flat())
  const spent = [...chosen].reduce((sum, partition) => sum + sizes.bytes(partition), 0)
  const order = set.partitions
    .map((partition, at) => ({ partition, lower: innerLower[at]!, upper: innerUpper[at]! }))
    .sort((a, b) => a.lower - b.lower || a.upper - b.upper)
    .map(({ partition }) => partition)
  const runs = new SmallRuns(sizes, limits.bytesMax - spent, Number.POSITIVE_INFINITY)
  return [...groups, ...runs.of(order, chosen)]
}

/**
 * Runs of partitions that the metadata hold, which are to get files: each with partitions that come
 * before it and are no larger than some times what has gathered, so that there are few of them, and
 * rows are written again ever more seldom. All of a run have the same columns.
 */
export function chooseFolds(
  set: PartitionSet,
  columns: readonly Column[],
  limits: ChoiceLimits,
): Partition[][] {
  const { partitions } = set
  const sizes = new PartitionSizes(set, columns, limits)
  const parts = partitions.map((partition) => sizes.part(partition))
  const isAlike = (a: number, b: number) =>
    columns.every(({ id }) => {
      const known = set.statistics.get(id)
      return known?.has(partitions[a]!.id) === known?.has(partitions[b]!.id)
    })
  const runs: Partition[][] = []
  for (let at = 0, taken = 0; at < partitions.length; ) {
    const first = at++
    if (!isInline(set, partitions[first]!.id)) continue
    let part = parts[first]!
    const joins = (other: number) => part + parts[other]! <= 1 && isAlike(first, other)
    while (at < partitions.length && isInline(set, partitions[at]!.id) && joins(at)) {
      part += parts[at++]!
    }
    let start = first
    while (start > taken && parts[start - 1]! <= GROWTH * part && joins(start - 1)) {
      part += parts[--start]!
    }
    runs.push(partitions.slice(start, at))
    taken = at
  }
  return runs
}

/** How large partitions are: in bytes, and as part of the largest that there may be. */
class PartitionSizes {
  readonly #set: PartitionSet
  readonly #columns: readonly Column[]
  readonly #limits: ChoiceLimits

  constructor(set: PartitionSet, columns: readonly Column[], limits: ChoiceLimits) {
    this.#set = set
    this.#columns = columns
    this.#limits = limits
  }

  bytes({ id }: Partition): number {
    let bytes = 0
    for (const column of this.#columns) {
      bytes += this.#set.statistics.get(column.id)?.get(id)?.bytes ?? 0
    }
    return bytes
  }

  /** Whether it has no files. */
  isInline(partition: Partition | undefined): boolean {
    return partition !== undefined && isInline(this.#set, partition.id)
  }

  /** 1 for one that holds as much as a partition can. */
  part({ id, rows }: Partition): number {
    const { partitionRowsMax, partitionBytesMax } = this.#limits
    let part = rows / partitionRowsMax
    for (const { id: column, type } of this.#columns) {
      const bytes = this.#set.statistics.get(column)?.get(id)?.bytes ?? 0
      part = Math.max(part, textBytesOf(type, { rows, bytes }) / partitionBytesMax)
    }
    return part
  }
}

/** Runs of at least two small partitions, of `partsMax` partitions' worth each at most. */
class SmallRuns {
  readonly #sizes: PartitionSizes
  readonly #partsMax: number
  #bytesLeft: number

  constructor(sizes: PartitionSizes, bytesMax: number, partsMax: number) {
    this.#sizes = sizes
    this.#bytesLeft = bytesMax
    this.#partsMax = partsMax
  }

  of(order: readonly Partition[], passed: ReadonlySet<Partition> = new Set()): Partition[][] {
    const runs: Partition[][] = []
    let run: Partition[] = []
    let parts = 0
    const end = () => {
      // One that stays alone is not rewritten, unless to get files.
      if (run.length > 1 || this.#sizes.isInline(run[0])) runs.push(run)
      else for (const partition of run) this.#bytesLeft += this.#sizes.bytes(partition)
      run = []
      parts = 0
    }
    for (const partition of order) {
      const part = this.#sizes.part(partition)
      const bytes = this.#sizes.bytes(partition)
      const isSmall = part < SMALL && !passed.has(partition)
      if (!isSmall || parts + part > this.#partsMax || bytes > this.#bytesLeft) end()
      if (!isSmall || bytes > this.#bytesLeft) continue
      run.push(partition)
      parts += part
      this.#bytesLeft -= bytes
    }
    end()
    return runs
  }
}

interface Range {
  readonly partition: Partition
  readonly lower: number
  readonly upper: number
}

/** Ranges of keys, without those of one key: their ends are no part of them. */
class Ranges {
  readonly all: readonly Range[]
  readonly lower: Int32Array
  readonly upper: Int32Array
  readonly ranks: number

  constructor({ partitions }: PartitionSet, lower: Int32Array, upper: Int32Array) {
    this.all = partitions.flatMap((partition, at) =>
      lower[at]! < upper[at]! ? [{ partition, lower: lower[at]!, upper: upper[at]! - 1 }] : [],
    )
    this.lower = Int32Array.from(this.all, (range) => range.lower)
    this.upper = Int32Array.from(this.all, (range) => range.upper)
    this.ranks = this.upper.reduce((most, rank) => Math.max(most, rank), 0) + 1
  }
}

/** The ranges that lie over others, from where most do so, while `bytesMax` lasts. */
function deepest(ranges: Ranges, sizes: PartitionSizes, bytesMax: number): Range[] {
  const { depths, overlaps } = rangeOverlaps(ranges.lower, ranges.upper, ranges.ranks)
  const over = ranges.all
    .map((range, at) => ({ range, overlaps: overlaps[at]!, depth: depths[at]! }))
    .filter(({ depth }) => depth > 1)
  const bytes = over.reduce((sum, { range }) => sum + sizes.bytes(range.partition), 0)
  if (bytes <= bytesMax) return over.map(({ range }) => range)
  const worst = over.sort((a, b) => b.overlaps - a.overlaps).map(({ range }) => range)
  const chosen: Range[] = []
  let rest = worst
  let left = bytesMax
  for (let peaks = 0; peaks < PEAKS_MAX; peaks++) {
    const peak = peakOf(rest, ranges.ranks)
    if (peak === undefined) break
    const taken = new Set<Range>()
    let spent = 0
    for (const range of rest) {
      if (peak < range.lower || peak > range.upper) continue
      const more = sizes.bytes(range.partition)
      if (spent + more > left) break
      taken.add(range)
      spent += more
    }
    if (taken.size < 2) break
    chosen.push(...taken)
    left -= spent
    rest = rest.filter((range) => !taken.has(range))
  }
  return chosen
}

/** The rank that most ranges are over; undefined when no two have one in common. */
function peakOf(ranges: readonly Range[], ranks: number): number | undefined {
  const lower = Int32Array.from(ranges, (range) => range.lower)
  const upper = Int32Array.from(ranges, (range) => range.upper)
  const covered = coverage(lower, upper, ranks)
  let peak = 0
  for (let rank = 1; rank < ranks; rank++) if (covered[rank]! > covered[peak]!) peak = rank
  return covered[peak]! > 1 ? peak : undefined
}

/** Groups of ranges that hang together. */
function connected(ranges: readonly Range[]): Range[][] {
  const groups: Range[][] = []
  let end = -1
  for (const range of [...ranges].sort((a, b) => a.lower - b.lower)) {
    if (range.lower > end || groups.length === 0) groups.push([])
    groups.at(-1)!.push(range)
    end = Math.max(end, range.upper)
  }
  return groups
}
