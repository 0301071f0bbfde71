import type { Batch } from '../../arrow/batch.ts'
import { bigAt, type Vector } from '../../arrow/vector.ts'

/** Pairs of rows: -1 on the left for a row that is only on the right, and the other way round. */
export interface RowDifferences {
  readonly left: Int32Array
  readonly right: Int32Array
}

/**
 * The rows in which two batches of the same columns differ, in order. Rows are taken to be in the
 * same order on both sides; where they differ, the longer rest has a row more, and with rests of
 * one length the row is a changed one. So equal lengths compare row by row. What is left out is
 * equal on both sides.
 */
export function rowDifferences(left: Batch, right: Batch): RowDifferences {
  const equal = left.columns.map((column, at) => equality(column, right.columns[at]!))
  const size = left.length + right.length
  const found = { left: new Int32Array(size), right: new Int32Array(size) }
  let count = 0
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && areEqual(equal, i, j)) {
      i++
      j++
      continue
    }
    const surplus = left.length - i - (right.length - j)
    found.left[count] = surplus >= 0 ? i++ : -1
    found.right[count++] = surplus <= 0 ? j++ : -1
  }
  return { left: found.left.subarray(0, count), right: found.right.subarray(0, count) }
}

type Equality = (i: number, j: number) => boolean

function areEqual(equal: readonly Equality[], i: number, j: number): boolean {
  for (let at = 0; at < equal.length; at++) if (!equal[at]!(i, j)) return false
  return true
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
