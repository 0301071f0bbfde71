import type { LogicalPlan } from './logical-plan.ts'
export { printExpr } from './print-expr.ts'
export interface PrintOptions {
  /** Text to append to a node's line, e.g. what it took when it was run. */
  readonly annotate?: (node: LogicalPlan) => string | undefined
}
export function printPlan(plan: LogicalPlan, options: PrintOptions = {}): string { return `${plan.kind} ${options}` }
export function planToJson(plan: LogicalPlan): unknown { return plan.kind }
