import type { LogicalPlan, Scan } from './logical-plan.ts'

/** The scan below filters and projections; null when there is anything else. */
export function pipelineScan(plan: LogicalPlan): Scan | null {
  if (plan.kind === 'scan') return plan
  return plan.kind === 'filter' || plan.kind === 'project' ? pipelineScan(plan.input) : null
}
