import type { Vector } from '../../arrow/vector.ts'
import type { Expr } from '../../plan/expr.ts'
import { exprsEqual } from '../../plan/expr-children.ts'
import type { AggregateState } from './aggregate-state.ts'

/** Where `wanted` stand in `exprs`, at whose end those are put that are new. */
export function positionsIn(exprs: Expr[], wanted: readonly Expr[]): readonly number[] {
  return wanted.map((expr) => {
    const found = exprs.findIndex((other) => exprsEqual(other, expr))
    return found < 0 ? exprs.push(expr) - 1 : found
  })
}

interface Rows {
  readonly ids: Int32Array | null
  readonly length: number
  /** Groups seen so far. */
  readonly count: number
}

/** Feeds `state` the vectors at `positions`: none for a count of rows. */
export function feed(
  state: AggregateState,
  positions: readonly number[],
  vectors: readonly Vector[],
  { ids, length, count }: Rows,
): void {
  const [first, ...others] = positions
  const input = first === undefined ? null : vectors[first]!
  if (others.length === 0) state.update(ids, input, length, count)
  else {
    const more = others.map((position) => vectors[position]!)
    state.update(ids, input, length, count, more)
  }
}
