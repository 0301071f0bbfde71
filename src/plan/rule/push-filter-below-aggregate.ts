import type { Expr } from '../expr.ts'
import { columnsOf, conjoin, conjuncts, substitute } from '../expr-walk.ts'
import { aggregate, filter, type LogicalPlan } from '../logical-plan.ts'
import { mayThrow } from '../may-throw.ts'

/**
 * Drops rows before grouping when the filter looks at keys only, so that groups that nobody asks
 * for are not built.
 *
 *     Filter p(k) and q(a)                    Filter q(a)
 *       Aggregate by k=e(x): a=f(x)    ==>      Aggregate by k=e(x): a=f(x)
 *         input                                   Filter p(e(x))
 *                                                   input
 *
 * Holds because all rows of a group share its keys: a group stays or goes as a whole, and the
 * others keep their rows and their order. Not applied without keys, where one row comes also of
 * no rows; nor to conjuncts over aggregates; nor to those that may raise an error, which q may
 * keep away. Costs e(x) twice for kept rows.
 */
export function pushFilterBelowAggregate(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'aggregate') return plan
  const { input, keys, aggregates } = plan.input
  if (keys.length === 0) return plan
  const names = new Set(keys.map(({ name }) => name))
  const isMoved = (part: Expr): boolean =>
    !mayThrow(part) && [...columnsOf(part)].every((name) => names.has(name))
  const parts = conjuncts(plan.predicate)
  const moved = parts.filter(isMoved)
  if (moved.length === 0) return plan
  const below = filter(input, substitute(conjoin(moved), keys))
  const grouped = aggregate(below, keys, aggregates)
  const kept = parts.filter((part) => !isMoved(part))
  return kept.length === 0 ? grouped : filter(grouped, conjoin(kept))
}
