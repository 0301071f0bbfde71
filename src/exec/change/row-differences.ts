import type { Batch } from '../../arrow/batch.ts'
import { bigAt, type Vector } from '../../arrow/vector.ts'
import { GroupTable } from '../../kernel/group-table.ts'

/** Pairings that are weighed at most, where rows went and others changed. */
const PAIRINGS_MAX = 1 << 24

/** Pairs of rows: -1 on the left for a row that is only on the right, and the other way round. */
export interface RowDifferences {
  readonly left: readonly number[]
  readonly right: readonly number[]
}

/**
 * The rows in which two batches of the same columns differ. What is left out is equal on both sides.
 *
 * With `keys`, positions of columns that tell the rows of each side apart, rows of one key are one
 * row. Without, rows are taken to be in the same order on both sides: with equal lengths they
 * compare row by row; else the longer side has those rows more that leave the fewest values
 * changed. Where too many rows went for that, a changed one is told as one that went and one that came.
 */
export function rowDifferences(
  left: Batch,
  right: Batch,
  keys: readonly number[] | null,
): RowDifferences {
  const equal = left.columns.map((column, at) => equality(column, right.columns[at]!))
  const pairs = new Pairs()
  if (keys !== null) byKey(left, right, keys, equal, pairs)
  else inOrder(left.length, right.length, equal, pairs)
  return pairs
}

class Pairs {
  readonly left: number[] = []
  readonly right: number[] = []

  add(left: number, right: number): void {
    this.left.push(left)
    this.right.push(right)
  }
}

function byKey(
  left: Batch,
  right: Batch,
  keys: readonly number[],
  equal: readonly Equality[],
  pairs: Pairs,
): void {
  const keysOf = ({ columns }: Batch) => keys.map((position) => columns[position]!)
  const table = new GroupTable(keysOf(left).map(({ type }) => type))
  // Every key is new, so that its number is that of its row.
  table.assign(keysOf(left), left.length, new Int32Array(left.length))
  const ids = new Int32Array(right.length)
  table.find(keysOf(right), right.length, ids)
  const mates = new Int32Array(left.length).fill(-1)
  for (const [row, id] of ids.entries()) if (id >= 0) mates[id] = row
  for (const [row, mate] of mates.entries()) {
    if (mate < 0 || !areEqual(equal, row, mate)) pairs.add(row, mate)
  }
  for (const [row, id] of ids.entries()) if (id < 0) pairs.add(-1, row)
}

function inOrder(
  leftRows: number,
  rightRows: number,
  equal: readonly Equality[],
  pairs: Pairs,
): void {
  let [i, j] = [0, 0]
  let [leftEnd, rightEnd] = [leftRows, rightRows]
  if (leftRows !== rightRows) {
    while (i < leftEnd && j < rightEnd && areEqual(equal, i, j)) [i, j] = [i + 1, j + 1]
    while (i < leftEnd && j < rightEnd && areEqual(equal, leftEnd - 1, rightEnd - 1)) {
      leftEnd--
      rightEnd--
    }
  }
  const [left, right] = [leftEnd - i, rightEnd - j]
  const fewer = Math.min(left, right)
  const surplus = Math.max(left, right) - fewer
  if ((fewer + 1) * (surplus + 1) > PAIRINGS_MAX) {
    unpaired(i, leftEnd, j, rightEnd, equal, pairs)
    return
  }
  const isLeftLonger = left > right
  const change = (long: number, short: number) =>
    isLeftLonger ? changed(equal, i + long, j + short) : changed(equal, i + short, j + long)
  for (const [at, mate] of matesOf(fewer, surplus, change).entries()) {
    const [row, other] = isLeftLonger ? [i + at, j + mate] : [i + mate, j + at]
    if (mate < 0) pairs.add(isLeftLonger ? row : -1, isLeftLonger ? -1 : other)
    else if (!areEqual(equal, row, other)) pairs.add(row, other)
  }
}

/**
 * The mate of each of `fewer + surplus` rows among `fewer` others, in order, -1 for `surplus` of
 * them: so that the sum of `change` over the pairs is the least.
 */
function matesOf(
  fewer: number,
  surplus: number,
  change: (long: number, short: number) => number,
): Int32Array {
  const mates = new Int32Array(fewer + surplus).fill(-1)
  const width = surplus + 1
  // By how many rows are without a mate so far: the least sum, and whether the last row is one of them.
  const least = new Float64Array(width)
  const isSkipped = new Uint8Array((fewer + 1) * width)
  isSkipped.fill(1, 1, width)
  for (let short = 0; short < fewer; short++) {
    const row = (short + 1) * width
    for (let skipped = 0; skipped < width; skipped++) {
      least[skipped] = least[skipped]! + change(short + skipped, short)
      if (skipped === 0 || least[skipped - 1]! > least[skipped]!) continue
      least[skipped] = least[skipped - 1]!
      isSkipped[row + skipped] = 1
    }
  }
  for (let short = fewer, skipped = surplus; short > 0; ) {
    if (isSkipped[short * width + skipped] === 1) skipped--
    else {
      short--
      mates[short + skipped] = short
    }
  }
  return mates
}

/** All that differs from what is next on the other side, by itself. */
function unpaired(
  from: number,
  leftEnd: number,
  other: number,
  rightEnd: number,
  equal: readonly Equality[],
  pairs: Pairs,
): void {
  let [i, j] = [from, other]
  while (i < leftEnd || j < rightEnd) {
    if (i < leftEnd && j < rightEnd && areEqual(equal, i, j)) {
      i++
      j++
      continue
    }
    const surplus = leftEnd - i - (rightEnd - j)
    if (surplus >= 0) pairs.add(i++, -1)
    if (surplus <= 0) pairs.add(-1, j++)
  }
}

type Equality = (i: number, j: number) => boolean

function areEqual(equal: readonly Equality[], i: number, j: number): boolean {
  for (let at = 0; at < equal.length; at++) if (!equal[at]!(i, j)) return false
  return true
}

/** How many values differ. */
function changed(equal: readonly Equality[], i: number, j: number): number {
  let count = 0
  for (let at = 0; at < equal.length; at++) if (!equal[at]!(i, j)) count++
  return count
}

/** Whether row i of `a` is the very value of row j of `b`: NaN is NaN, 0 is not -0. */
function equality(a: Vector, b: Vector): Equality {
  const same = valueEquality(a, b)
  const [left, right] = [a.validity, b.validity]
  if (left === null && right === null) return same
  return (i, j) => {
    const isThere = left === null || left[i] === 1
    if (isThere !== (right === null || right[j] === 1)) return false
    return !isThere || same(i, j)
  }
}

function valueEquality(a: Vector, b: Vector): Equality {
  if (a.layout === 'utf8' && b.layout === 'utf8') {
    return (i, j) => {
      const from = a.starts[i]!
      const other = b.starts[j]!
      const length = a.ends[i]! - from
      if (b.ends[j]! - other !== length) return false
      for (let at = 0; at < length; at++) {
        if (a.bytes[from + at] !== b.bytes[other + at]) return false
      }
      return true
    }
  }
  if (a.layout === 'big' || b.layout === 'big') return (i, j) => bigAt(a, i) === bigAt(b, j)
  if (a.layout === 'utf8' || b.layout === 'utf8') throw new Error('columns of two layouts')
  const [left, right] = [a.values, b.values]
  return (i, j) => Object.is(left[i], right[j])
}
