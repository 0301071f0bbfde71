import { columnExpr, substitute } from '../expr-walk.ts'
import { filter, type LogicalPlan, union } from '../logical-plan.ts'

/**
 * Filters each input of a union, so that the filter can travel on towards their scans.
 *
 *     Filter p           Union
 *       Union     ==>      Filter p
 *         a                  a
 *         b                Filter p
 *                            b
 *
 * Holds because a union keeps every row and the order within and between its inputs. p is put in
 * the names of each input. Applies to every filter over a union, and to nothing else. Costs nothing.
 */
export function pushFilterBelowUnion(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'union') return plan
  const names = plan.input.schema.fields.map(({ name }) => name)
  const inputs = plan.input.inputs.map((input) => {
    const columns = input.schema.fields.map((of, position) => ({
      name: names[position]!,
      expr: columnExpr(of),
    }))
    return filter(input, substitute(plan.predicate, columns))
  })
  return union(inputs)
}
