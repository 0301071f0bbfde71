import type { Accessor } from './accessor.ts'
import type { DataFrame } from './data-frame.ts'
import type { ColumnOf, Exprs } from './expr.ts'
import type { Unless } from './type-tag.ts'

/** Rows of a frame `S` in groups by the columns `K`, waiting for what to compute of each. */
export interface GroupedFrame<S, K extends PropertyKey> {
  /**
   * One row per group: its keys, then `outputs`, in order of first appearance. Columns other than
   * keys stand inside aggregates; INVALID otherwise.
   */
  agg<E extends Exprs>(
    outputs: (columns: Accessor<S>) => E,
  ): DataFrame<
    Unless<
      S,
      {
        [P in K | keyof E]: P extends keyof E ? ColumnOf<E[P]> : P extends keyof S ? S[P] : never
      }
    >
  >
}
