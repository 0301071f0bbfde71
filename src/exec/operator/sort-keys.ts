import type { Batch } from '../../arrow/batch.ts'
import type { SortColumn } from '../../kernel/sort.ts'
import type { SortKey } from '../../plan/expr.ts'
import { evaluate } from '../evaluate.ts'

/** The keys of a sort, computed over `batch`. */
export function sortColumns(keys: readonly SortKey[], batch: Batch): SortColumn[] {
  return keys.map(({ expr, descending, nulls }) => {
    return { vector: evaluate(expr, batch), descending, nulls }
  })
}
