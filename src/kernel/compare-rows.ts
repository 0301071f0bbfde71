import { bigAt, isNull, type Vector } from '../arrow/vector.ts'
import { compareBytes } from './hash.ts'
import type { SortColumn } from './sort.ts'

/**
 * The order of row `row` of `columns` and row `other` of `others`, which are the same keys over
 * other rows: negative, 0 or positive, just as `sortRows` orders them.
 */
export function compareRows(
  columns: readonly SortColumn[],
  row: number,
  others: readonly SortColumn[],
  other: number,
): number {
  for (let key = 0; key < columns.length; key++) {
    const { vector, descending, nulls } = columns[key]!
    const second = others[key]!.vector
    const isFirstNull = isNull(vector, row)
    const isSecondNull = isNull(second, other)
    if (isFirstNull || isSecondNull) {
      if (isFirstNull && isSecondNull) continue
      return isFirstNull === (nulls === 'first') ? -1 : 1
    }
    const order = compareValues(vector, row, second, other)
    if (order !== 0) return descending ? -order : order
  }
  return 0
}

/** The order of two values that are not null: NaN is the greatest, -0 is 0, text goes by bytes. */
export function compareValues(first: Vector, row: number, second: Vector, other: number): number {
  if (first.layout === 'utf8') {
    if (second.layout !== 'utf8') throw new Error(`no order of text and ${second.layout}`)
    return compareBytes(
      first.bytes,
      first.starts[row]!,
      first.ends[row]!,
      second.bytes,
      second.starts[other]!,
      second.ends[other]!,
    )
  }
  if (first.layout === 'big' || second.layout === 'big') {
    const left = bigAt(first, row)
    const right = bigAt(second, other)
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (second.layout === 'utf8') throw new Error(`no order of ${first.layout} and text`)
  const left = first.values[row]!
  const right = second.values[other]!
  if (left < right) return -1
  if (left > right) return 1
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
}
