import { conjoin, conjuncts } from '../expr-walk.ts'
import { filter, type LogicalPlan } from '../logical-plan.ts'
import { mayThrow } from '../may-throw.ts'

/**
 * One filter for two, so that their conjuncts travel and are tested together.
 *
 *     Filter p
 *       Filter q      ==>     Filter q and p
 *         input                 input
 *
 * Holds because `q and p` is true exactly where both are. Not applied when p may raise an error:
 * q may be what keeps the offending rows away from it. Costs nothing.
 */
export function mergeFilters(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'filter') return plan
  if (mayThrow(plan.predicate)) return plan
  const { input, predicate } = plan.input
  return filter(input, conjoin([...conjuncts(predicate), ...conjuncts(plan.predicate)]))
}
