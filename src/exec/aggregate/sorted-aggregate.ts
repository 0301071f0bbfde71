import type { DataType } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { SortKey } from '../../plan/expr.ts'

/** By which of its columns an aggregate's rows are ordered. */
export interface SortedColumn extends Omit<SortKey, 'expr'> {
  readonly column: number
}

/**
 * An aggregate that looks at the rows of a group in some order. Its rows are those whose first
 * input is not null.
 */
export interface SortedAggregate {
  /** Types of the columns that are kept of a row. */
  readonly types: readonly DataType[]
  readonly order: readonly SortedColumn[]
  /** What is kept of each row. */
  columnsOf(inputs: readonly Vector[]): readonly Vector[]
  /** @param counts Rows of each group. */
  walk(counts: Float64Array): SortedWalk
}

/** Sees the rows of all groups once, those of a group side by side and in order. */
export interface SortedWalk {
  take(groups: Int32Array, columns: readonly Vector[], length: number): void
  /** The result of each of `groupCount` groups. */
  finish(groupCount: number): Vector
}

export const ASCENDING = { descending: false, nulls: 'last' } as const

/** An aggregate of values in their own order. */
export function byValue(type: DataType, walk: SortedAggregate['walk']): SortedAggregate {
  return {
    types: [type],
    order: [{ column: 0, ...ASCENDING }],
    columnsOf: (inputs) => inputs.slice(0, 1),
    walk,
  }
}
