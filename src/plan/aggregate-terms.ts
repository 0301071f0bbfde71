import type { LogicalPlan } from './logical-plan.ts'
import type { Term } from './term.ts'
export interface NamedTerm { readonly name: string; readonly term: Term }
export function aggregateTerms(input: LogicalPlan, keys: readonly NamedTerm[], outputs: readonly NamedTerm[]): LogicalPlan {
  throw new Error(`${input.kind} ${keys} ${outputs}`)
}
