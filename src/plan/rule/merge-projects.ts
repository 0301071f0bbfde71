import type { Expr } from '../expr.ts'
import { childrenOf, substitute } from '../expr-walk.ts'
import { type LogicalPlan, project } from '../logical-plan.ts'

/**
 * One projection for two, so that what is not used is not computed and no batch is built twice.
 *
 *     Project z=f(y)
 *       Project y=e(x)     ==>     Project z=f(e(x))
 *         input                      input
 *
 * Holds because a projection works row by row. Not applied when a computed y is used more than
 * once above: it would be computed as often. Columns and constants cost nothing, and are always
 * put in. An error of a column that nobody uses is no longer raised.
 */
export function mergeProjects(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'project' || plan.input.kind !== 'project') return plan
  const { input, columns } = plan.input
  const uses = new Map<string, number>()
  for (const { expr } of plan.columns) countUses(expr, uses)
  for (const { name, expr } of columns) {
    const isFree = expr.kind === 'column' || expr.kind === 'literal'
    if (!isFree && (uses.get(name) ?? 0) > 1) return plan
  }
  const merged = plan.columns.map(({ name, expr }) =>
    Object.freeze({ name, expr: substitute(expr, columns) }),
  )
  return project(input, merged)
}

function countUses(expr: Expr, uses: Map<string, number>): void {
  if (expr.kind === 'column') uses.set(expr.name, (uses.get(expr.name) ?? 0) + 1)
  for (const child of childrenOf(expr)) countUses(child, uses)
}
