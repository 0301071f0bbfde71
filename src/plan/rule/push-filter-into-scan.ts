import { conjoin, conjuncts } from '../expr-walk.ts'
import { type LogicalPlan, withScan } from '../logical-plan.ts'
import { mayThrow } from '../may-throw.ts'

/**
 * Lets the scan filter, so that whole partitions can be left out by their statistics and the
 * other columns are decoded only for the rows that pass.
 *
 *     Filter p               Scan t where q and p
 *       Scan t where q  ==>
 *
 * Holds because a scan yields the rows for which its predicate is true, in the same order. Not
 * applied to a scan that has a limit, which counts rows before p, nor when p may raise an error
 * from which q may keep rows away. Costs nothing.
 */
export function pushFilterIntoScan(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'scan') return plan
  const { input } = plan
  if (input.limit !== null) return plan
  if (input.predicate === null) return withScan(input, { predicate: plan.predicate })
  if (mayThrow(plan.predicate)) return plan
  const predicate = conjoin([...conjuncts(input.predicate), ...conjuncts(plan.predicate)])
  return withScan(input, { predicate })
}
