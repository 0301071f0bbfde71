/** How ranges lie over each other, range by range. */
export interface RangeOverlaps {
  /** Other ranges that have a point in common with it. */
  readonly overlaps: Int32Array
  /** Ranges, itself among them, that share one of its points: as many as there are at the deepest. */
  readonly depths: Int32Array
}

/**
 * How the ranges `lower[i]` to `upper[i]`, both ends included, lie over each other.
 *
 * @param ranks All ends are from 0 to `ranks - 1`.
 */
export function rangeOverlaps(lower: Int32Array, upper: Int32Array, ranks: number): RangeOverlaps {
  const count = lower.length
  const begun = new Int32Array(ranks + 1)
  const ended = new Int32Array(ranks + 1)
  for (let at = 0; at < count; at++) {
    begun[lower[at]!]! += 1
    ended[upper[at]! + 1]! += 1
  }
  // From here on: how many ranges have begun at a rank or before, and ended before it.
  for (let rank = 1; rank <= ranks; rank++) {
    begun[rank]! += begun[rank - 1]!
    ended[rank]! += ended[rank - 1]!
  }
  const deepest = deepestIn(begun, ended, ranks)
  const overlaps = new Int32Array(count)
  const depths = new Int32Array(count)
  for (let at = 0; at < count; at++) {
    overlaps[at] = begun[upper[at]!]! - ended[lower[at]!]! - 1
    depths[at] = deepest(lower[at]!, upper[at]!)
  }
  return { overlaps, depths }
}

/** Ranges over each rank. */
export function coverage(lower: Int32Array, upper: Int32Array, ranks: number): Int32Array {
  const covered = new Int32Array(ranks + 1)
  for (let at = 0; at < lower.length; at++) {
    covered[lower[at]!]! += 1
    covered[upper[at]! + 1]! -= 1
  }
  for (let rank = 1; rank < ranks; rank++) covered[rank]! += covered[rank - 1]!
  return covered.subarray(0, ranks)
}

/** The most ranges over one rank between two, from a tree of the most in halves, quarters, ... */
function deepestIn(begun: Int32Array, ended: Int32Array, ranks: number) {
  const tree = new Int32Array(2 * ranks)
  for (let rank = 0; rank < ranks; rank++) tree[ranks + rank] = begun[rank]! - ended[rank]!
  for (let node = ranks - 1; node > 0; node--) {
    tree[node] = Math.max(tree[2 * node]!, tree[2 * node + 1]!)
  }
  return (from: number, to: number): number => {
    let most = 0
    let left = from + ranks
    let right = to + ranks + 1
    while (left < right) {
      if ((left & 1) === 1) most = Math.max(most, tree[left++]!)
      if ((right & 1) === 1) most = Math.max(most, tree[--right]!)
      left >>= 1
      right >>= 1
    }
    return most
  }
}
