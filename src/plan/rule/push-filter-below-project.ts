import type { Expr } from '../expr.ts'
import { childrenOf, substitute } from '../expr-walk.ts'
import { filter, type LogicalPlan, project } from '../logical-plan.ts'

/** Expressions in a predicate beyond which it stays where it is. */
const SIZE_MAX = 1000

/**
 * Filters before computing columns, so that no column is computed for a row that is dropped, and
 * so that the filter can travel on towards the scan.
 *
 *     Filter p(y)                  Project y=e(x)
 *       Project y=e(x)     ==>       Filter p(e(x))
 *         input                        input
 *
 * Holds because a projection works row by row: it neither adds, drops nor reorders rows. Not
 * applied when p(e(x)) would be huge, as a chain of columns that each use the one before twice
 * grows without end. Costs e(x) twice for kept rows, and an error that e(x) would have raised on a
 * dropped row is no longer raised.
 */
export function pushFilterBelowProject(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'project') return plan
  const { input, columns } = plan.input
  const predicate = substitute(plan.predicate, columns)
  const isHuge = predicate !== plan.predicate && isLarger(predicate, SIZE_MAX)
  if (isHuge && isLarger(predicate, sizeOf(plan.predicate))) return plan
  return project(filter(input, predicate), columns)
}

function sizeOf(expr: Expr): number {
  let size = 0
  const open = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    size++
    open.push(...childrenOf(next))
  }
  return size
}

/** Whether `expr` has more than `max` parts, counting no further than that. */
function isLarger(expr: Expr, max: number): boolean {
  let size = 0
  const open = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (++size > max) return true
    open.push(...childrenOf(next))
  }
  return false
}
