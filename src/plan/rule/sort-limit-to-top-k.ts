import { type LogicalPlan, topK } from '../logical-plan.ts'
import { windowOf } from './push-limit.ts'

/**
 * Keeps only the first rows while sorting, instead of sorting all and dropping most.
 *
 *     Limit n
 *       Sort k      ==>     TopK k, n
 *         input               input
 *
 * and Limit over TopK is one TopK. Holds by the meaning of TopK. Not applied when something stands
 * between the two: `pushLimit` takes what can be taken away. Costs nothing.
 */
export function sortLimitToTopK(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'limit') return plan
  const { input } = plan
  if (input.kind === 'sort') return topK(input.input, input.keys, plan)
  if (input.kind !== 'top-k') return plan
  const window = windowOf(plan, input)
  return window === undefined ? plan : topK(input.input, input.keys, window)
}
