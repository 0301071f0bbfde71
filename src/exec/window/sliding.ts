import { float64, int64 } from '../../arrow/data-type.ts'
import { isNull, type Vector } from '../../arrow/vector.ts'
import { compareValues } from '../../kernel/compare-rows.ts'
import { GroupTable } from '../../kernel/group-table.ts'
import { sortRows } from '../../kernel/sort.ts'
import { floatsOf } from '../aggregate/floats-of.ts'
import { unitOf } from '../aggregate/mean.ts'
import { between } from '../aggregate/median.ts'
import { interpolated, placesAround, placeUpTo } from '../aggregate/quantile.ts'
import type { FrameBounds } from './frame-bounds.ts'

/** The place of the least or greatest value that each place sees; -1 where all are null. */
export function extremumPlaces(
  { start, from, to }: FrameBounds,
  vector: Vector,
  which: 'min' | 'max',
): Int32Array {
  const { length } = vector
  const found = new Int32Array(length)
  /** Places of which none before another is beaten by it. */
  const queue = new Int32Array(length)
  let head = 0
  let tail = 0
  let taken = 0
  for (let i = 0; i < length; i++) {
    if (start[i] === i) {
      head = 0
      tail = 0
      taken = from[i]!
    }
    for (; taken < to[i]!; taken++) {
      if (isNull(vector, taken)) continue
      while (tail > head && isBeaten(vector, queue[tail - 1]!, taken, which)) tail -= 1
      queue[tail++] = taken
    }
    while (head < tail && queue[head]! < from[i]!) head += 1
    found[i] = head < tail ? queue[head]! : -1
  }
  return found
}

function isBeaten(vector: Vector, place: number, by: number, which: 'min' | 'max'): boolean {
  const order = compareValues(vector, place, vector, by)
  return which === 'min' ? order > 0 : order < 0
}

/** Something that rows enter at one end of a frame and leave at the other. */
export interface SlidingState {
  enter(place: number): void
  leave(place: number): void
  write(place: number): void
}

export function overFrames({ start, from, to }: FrameBounds, state: SlidingState): void {
  let first = 0
  let past = 0
  for (let i = 0; i < start.length; i++) {
    if (start[i] === i) {
      for (; first < past; first++) state.leave(first)
      first = from[i]!
      past = first
    }
    for (; past < to[i]!; past++) state.enter(past)
    for (; first < from[i]!; first++) state.leave(first)
    state.write(i)
  }
}

/** How many different values each place sees, null left out. */
export function distinctCounts(bounds: FrameBounds, vector: Vector): Vector {
  const { length, type } = vector
  const ids = new Int32Array(length)
  const table = new GroupTable([type])
  table.assign([vector], length, ids)
  const rows = new Int32Array(table.count)
  const values = new Float64Array(length)
  let count = 0
  overFrames(bounds, {
    enter(place) {
      if (isNull(vector, place)) return
      if (rows[ids[place]!]! === 0) count += 1
      rows[ids[place]!]! += 1
    },
    leave(place) {
      if (isNull(vector, place)) return
      rows[ids[place]!]! -= 1
      if (rows[ids[place]!]! === 0) count -= 1
    },
    write(place) {
      values[place] = count
    },
  })
  return { type: int64, layout: 'f64', length, validity: null, values }
}

/** The median of what each place sees. */
export function medians(bounds: FrameBounds, vector: Vector): Vector {
  return ofRanks(bounds, vector, (count, nth) => {
    const half = count >> 1
    return count % 2 === 1 ? nth(half) : between(nth(half - 1), nth(half))
  })
}

/** A quantile of what each place sees. */
export function quantiles(bounds: FrameBounds, vector: Vector, at: number): Vector {
  return ofRanks(bounds, vector, (count, nth) => {
    const [lower, upper] = placesAround(at, count)
    return interpolated(at, count, nth(lower), nth(upper))
  })
}

/** Computes from the sorted numbers that each place sees; null where there are none. */
function ofRanks(
  bounds: FrameBounds,
  vector: Vector,
  of: (count: number, nth: (n: number) => number) => number,
): Vector {
  const { length } = vector
  const floats = floatsOf(vector)
  const unit = unitOf(vector.type)
  const values = new Float64Array(length)
  const validity = new Uint8Array(length)
  overRanks(bounds, vector, (place, count, nth) => {
    validity[place] = 1
    values[place] = of(count, (n) => floats[nth(n)]!) / unit
  })
  return { type: float64, layout: 'f64', length, validity, values }
}

/** The place of the first value up to which the part `at` of what each place sees lies; -1: none. */
export function quantilePlaces(bounds: FrameBounds, vector: Vector, at: number): Int32Array {
  const found = new Int32Array(vector.length).fill(-1)
  overRanks(bounds, vector, (place, count, nth) => {
    found[place] = nth(placeUpTo(at, count))
  })
  return found
}

type OnRanks = (place: number, count: number, nth: (n: number) => number) => void

/** The places that each place sees, by rank, in a tree of counts (Fenwick, 1994). */
function overRanks(bounds: FrameBounds, vector: Vector, on: OnRanks): void {
  const { length } = vector
  const sorted = sortRows([{ vector, descending: false, nulls: 'last' }], length)
  const rankOf = new Int32Array(length)
  for (let rank = 0; rank < length; rank++) rankOf[sorted[rank]!] = rank
  const counts = new RankCounts(length)
  const nth = (n: number): number => sorted[counts.rankOf(n)]!
  overFrames(bounds, {
    enter(place) {
      if (!isNull(vector, place)) counts.add(rankOf[place]!, 1)
    },
    leave(place) {
      if (!isNull(vector, place)) counts.add(rankOf[place]!, -1)
    },
    write(place) {
      if (counts.total > 0) on(place, counts.total, nth)
    },
  })
}

/** How many of the ranks below any one are taken, in time logarithmic in their number. */
class RankCounts {
  readonly #tree: Int32Array
  readonly #top: number
  total = 0

  constructor(ranks: number) {
    this.#tree = new Int32Array(ranks + 1)
    this.#top = 2 ** Math.floor(Math.log2(Math.max(1, ranks)))
  }

  add(rank: number, more: number): void {
    this.total += more
    for (let at = rank + 1; at < this.#tree.length; at += at & -at) this.#tree[at]! += more
  }

  /** The rank that is taken as number `n`, from 0. */
  rankOf(n: number): number {
    let at = 0
    let left = n
    for (let step = this.#top; step > 0; step >>= 1) {
      const next = at + step
      if (next < this.#tree.length && this.#tree[next]! <= left) {
        at = next
        left -= this.#tree[next]!
      }
    }
    return at
  }
}
