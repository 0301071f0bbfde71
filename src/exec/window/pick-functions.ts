import { concat, isNull, take, type Vector } from '../../arrow/vector.ts'
import type { WindowExpr } from '../../plan/expr.ts'
import type { FrameBounds } from './frame-bounds.ts'
import type { WindowOrder } from './window-order.ts'

/** The rows that count: all of them, or those that are not null. */
class Places {
  /** How many rows that count come before each place. */
  readonly before: Int32Array
  /** Their places. */
  readonly at: Int32Array

  constructor(vector: Vector, { ignoreNulls }: { readonly ignoreNulls: boolean }) {
    const { length } = vector
    this.before = new Int32Array(length + 1)
    this.at = new Int32Array(length)
    let count = 0
    for (let i = 0; i < length; i++) {
      this.before[i] = count
      if (!ignoreNulls || !isNull(vector, i)) this.at[count++] = i
    }
    this.before[length] = count
  }
}

/**
 * The value some rows before or after each place in its partition.
 *
 * @param otherwise What stands where there is no such row; null without it.
 */
export function shiftedValues(
  { function: name, count, ignoreNulls }: WindowExpr,
  order: WindowOrder,
  vector: Vector,
  otherwise: Vector | undefined,
): Vector {
  const { length, start, end } = order
  const { before, at } = new Places(vector, { ignoreNulls })
  const found = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    const none = otherwise === undefined ? -1 : length + i
    if (count === 0) found[i] = i
    else if (name === 'lag') {
      const place = before[i]! - count
      found[i] = place >= before[start[i]!]! ? at[place]! : none
    } else {
      const place = before[i + 1]! + count - 1
      found[i] = place < before[end[i]!]! ? at[place]! : none
    }
  }
  const all = otherwise === undefined ? vector : concat(vector.type, [vector, otherwise])
  return take(all, found, length)
}

/** The first, last or n-th value that each place sees, or the first that is not null (`any`). */
export function pickedValues(
  { function: name, count, ignoreNulls }: WindowExpr,
  { from, to }: FrameBounds,
  vector: Vector,
): Vector {
  const { before, at } = new Places(vector, { ignoreNulls: ignoreNulls || name === 'any' })
  const found = new Int32Array(vector.length)
  const step = name === 'nth' ? count - 1 : 0
  for (let i = 0; i < found.length; i++) {
    const first = before[from[i]!]!
    const past = before[to[i]!]!
    const place = name === 'last' ? past - 1 : first + step
    found[i] = place >= first && place < past ? at[place]! : -1
  }
  return take(vector, found, found.length)
}
