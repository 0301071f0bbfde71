import type { Batch } from '../arrow/batch.ts'
import type { Vector } from '../arrow/vector.ts'
import type { Expr } from '../plan/expr.ts'

/** The values of `expr` over the rows of `batch`, `batch.length` of them. */
export function evaluate(expr: Expr, batch: Batch): Vector {
  throw new Error(`not yet: ${expr.kind} ${batch.length}`)
}

/** Ascending row indexes among `rows[0..count)` (null: all) for which `predicate` is true. */
export function selectRows(
  predicate: Expr,
  batch: Batch,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  throw new Error(`not yet: ${predicate.kind} ${batch.length} ${rows} ${count} ${out}`)
}
