import { schemasEqual } from '../../arrow/schema.ts'
import { type LogicalPlan, type Project, type Scan, withScan } from '../logical-plan.ts'

/**
 * Takes away a projection that only hands on columns.
 *
 *     Project x=x, y=y                         Project y=y
 *       input (x, y)     ==>   input             Scan t(x, y)   ==>   Scan t(y)
 *
 * Holds because the same columns come out under the same names in the same order; a scan yields
 * any of its columns in any order by itself. Not applied when a name changes or something is
 * computed. Costs nothing.
 */
export function removeUselessProject(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'project') return plan
  if (!plan.columns.every(({ name, expr }) => expr.kind === 'column' && expr.name === name)) {
    return plan
  }
  if (schemasEqual(plan.schema, plan.input.schema)) return plan.input
  return plan.input.kind === 'scan' ? narrowed(plan, plan.input) : plan
}

function narrowed(plan: Project, input: Scan): LogicalPlan {
  const byName = new Map(input.columns.map((column) => [column.name, column]))
  const columns = plan.columns.map(({ name }) => byName.get(name)!)
  const scan = withScan(input, { columns })
  return schemasEqual(scan.schema, plan.schema) ? scan : plan
}
