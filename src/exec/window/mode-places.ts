import { isNull, type Vector } from '../../arrow/vector.ts'
import { compareValues } from '../../kernel/compare-rows.ts'
import { sortRows } from '../../kernel/sort.ts'
import type { FrameBounds } from './frame-bounds.ts'
import { overFrames } from './sliding.ts'

/** A place of the value that each place sees most often, the least of those; -1 where all are null. */
export function modePlaces(bounds: FrameBounds, vector: Vector): Int32Array {
  const { length } = vector
  const sorted = sortRows([{ vector, descending: false, nulls: 'last' }], length)
  const valueAt = new Int32Array(length)
  /** A place of each different value, in their order. */
  const places: number[] = []
  for (let rank = 0; rank < length; rank++) {
    const place = sorted[rank]!
    if (isNull(vector, place)) break
    const last = places.at(-1)
    if (last === undefined || compareValues(vector, last, vector, place) !== 0) places.push(place)
    valueAt[place] = places.length - 1
  }
  const counts = new MostFrequent(places.length)
  const found = new Int32Array(length)
  overFrames(bounds, {
    enter(place) {
      if (!isNull(vector, place)) counts.add(valueAt[place]!, 1)
    },
    leave(place) {
      if (!isNull(vector, place)) counts.add(valueAt[place]!, -1)
    },
    write(place) {
      const value = counts.first()
      found[place] = value < 0 ? -1 : places[value]!
    },
  })
  return found
}

/** Counts with the first of the greatest, kept in a tree of maxima: a change is logarithmic. */
class MostFrequent {
  readonly #leaves: number
  readonly #tree: Int32Array

  constructor(size: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)))
    this.#tree = new Int32Array(2 * this.#leaves)
  }

  add(value: number, more: number): void {
    const tree = this.#tree
    let at = this.#leaves + value
    tree[at]! += more
    for (at >>= 1; at > 0; at >>= 1) tree[at] = Math.max(tree[2 * at]!, tree[2 * at + 1]!)
  }

  /** The first value of the greatest count; -1 when all counts are 0. */
  first(): number {
    const tree = this.#tree
    const most = tree[1]!
    if (most === 0) return -1
    let at = 1
    while (at < this.#leaves) at = tree[2 * at] === most ? 2 * at : 2 * at + 1
    return at - this.#leaves
  }
}
