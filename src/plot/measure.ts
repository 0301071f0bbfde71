import { invalid } from '../error.ts'
import { t } from '../frame/column-type.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import type { Expr } from '../frame/expr.ts'
import { col, fn } from '../frame/expr-builders.ts'
import type { Untyped } from '../frame/type-tag.ts'
import { columnKind } from './column-kind.ts'
import type { Aggregate } from './plot-options.ts'

/** What is computed for each place of a plot, and how it is called. */
export interface Measure {
  readonly label: string
  readonly term: Expr<Untyped>
}

/** `aggregate` of `column`; the count of rows without a column. Throws INVALID and NOT_FOUND. */
export function measureOf(
  frame: AnyFrame,
  column: string | undefined,
  aggregate: Aggregate | undefined,
  { where, otherwise }: { readonly where: string; readonly otherwise: Aggregate },
): Measure {
  if (column === undefined) {
    if (aggregate === undefined || aggregate === 'count') {
      return { label: 'count', term: fn.count().cast(t.float64()) }
    }
    throw invalid(`${where}: ${aggregate} needs a column`, { aggregate })
  }
  const chosen = aggregate ?? otherwise
  const kind = columnKind(frame, column, where)
  if (kind !== 'number' && !chosen.startsWith('count')) {
    throw invalid(`${where}: ${chosen} needs a column of numbers, "${column}" is none`, { column })
  }
  const label = `${chosen} of ${column}`
  return { label, term: col(column)[chosen]().cast(t.float64()) as Expr<Untyped> }
}
