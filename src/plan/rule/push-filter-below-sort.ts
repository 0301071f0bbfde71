import { filter, type LogicalPlan, sort } from '../logical-plan.ts'

/**
 * Filters before sorting, so that fewer rows are sorted.
 *
 *     Filter p           Sort k
 *       Sort k    ==>      Filter p
 *         input              input
 *
 * Holds because the sort is stable and looks at each pair of rows alone: those that stay keep
 * their order. Not applied to TopK or Limit, where it would change which rows are kept. Costs
 * nothing; an error that k would have raised on a dropped row is no longer raised.
 */
export function pushFilterBelowSort(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'sort') return plan
  return sort(filter(plan.input.input, plan.predicate), plan.input.keys)
}
