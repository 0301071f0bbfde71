import type { SortKey } from './expr.ts'
import { substitute } from './expr-walk.ts'
import { type LogicalPlan, mapInputs, type Scan } from './logical-plan.ts'

/** The scan below filters and projections; null when there is anything else. */
export function pipelineScan(plan: LogicalPlan): Scan | null {
  if (plan.kind === 'scan') return plan
  return plan.kind === 'filter' || plan.kind === 'project' ? pipelineScan(plan.input) : null
}

/** `plan` with its only scan replaced by what `change` makes of it. */
export function mapScan(plan: LogicalPlan, change: (scan: Scan) => Scan): LogicalPlan {
  if (plan.kind === 'scan') return change(plan)
  return mapInputs(plan, (input) => mapScan(input, change))
}

/** `key` in terms of the columns of the table below `plan`'s projections; null without a key. */
export function keyOverScan(key: SortKey | undefined, plan: LogicalPlan): SortKey | null {
  if (key === undefined) return null
  if (plan.kind === 'project') {
    return keyOverScan({ ...key, expr: substitute(key.expr, plan.columns) }, plan.input)
  }
  return plan.kind === 'filter' ? keyOverScan(key, plan.input) : key
}
