import { isFloat } from '../../arrow/data-type.ts'
import type { Expr } from '../expr.ts'
import { columnsOf, conjoin, conjuncts } from '../expr-walk.ts'
import { filter, type LogicalPlan, window } from '../logical-plan.ts'
import { mayThrow } from '../may-throw.ts'

/**
 * Drops whole partitions before the windows over them are computed.
 *
 *     Filter p(k) and q(x, w)             Filter q(x, w)
 *       Window by k: w=f(x)       ==>       Window by k: w=f(x)
 *         input                               Filter p(k)
 *                                               input
 *
 * Holds because all rows of a partition share its keys: a partition stays or goes as a whole, and
 * what is computed for the others looks at no row of it. Applied only to conjuncts over columns that
 * are themselves keys; not to floats, where p could tell 0 from -0 of one partition; not to others, which would take away rows that windows look at, nor to those
 * that may raise an error, which q may keep away. Costs nothing.
 */
export function pushFilterBelowWindow(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'window') return plan
  const { input, partitionBy } = plan.input
  const keys = new Set<string>()
  for (const key of partitionBy) if (key.kind === 'column' && !isFloat(key.type)) keys.add(key.name)
  const isMoved = (part: Expr): boolean =>
    !mayThrow(part) && [...columnsOf(part)].every((name) => keys.has(name))
  const parts = conjuncts(plan.predicate)
  const moved = keys.size === 0 ? [] : parts.filter(isMoved)
  if (moved.length === 0) return plan
  const windowed = window(filter(input, conjoin(moved)), plan.input)
  const kept = parts.filter((part) => !isMoved(part))
  return kept.length === 0 ? windowed : filter(windowed, conjoin(kept))
}
