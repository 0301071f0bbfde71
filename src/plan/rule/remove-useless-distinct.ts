import { isFloat } from '../../arrow/data-type.ts'
import type { AggregateExpr, NamedExpr } from '../expr.ts'
import { type LogicalPlan, project } from '../logical-plan.ts'
import { isUniqueBy } from '../unique-keys.ts'

/**
 * Takes away groups of which each is one row.
 *
 *     Aggregate by id, x=e(y): z=first(z)          Project id, x=e(y), z
 *       input, unique by id                 ==>      input
 *
 * Holds because rows that differ in a key are in groups of their own, which come in the order of
 * the rows; the first, last or any value of one row is its value. A key with nulls is unique only
 * where no null may be in it, since null equals null in groups. Not applied to other aggregates, nor
 * to float keys, of which a group has one form where rows have -0 and 0. Costs nothing.
 */
export function removeUselessDistinct(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'aggregate' || plan.keys.length === 0) return plan
  const { input, keys, aggregates } = plan
  const picked = aggregates.map(pickedColumn)
  if (picked.includes(undefined)) return plan
  const exprs = keys.map(({ expr }) => expr)
  if (exprs.some(({ type }) => isFloat(type)) || !isUniqueBy(input, exprs, 'equal')) return plan
  return project(input, [...keys, ...(picked as NamedExpr[])])
}

function pickedColumn({ name, aggregate, input, nullable }: AggregateExpr): NamedExpr | undefined {
  if (aggregate !== 'first' && aggregate !== 'last' && aggregate !== 'any') return undefined
  return input === null || input.nullable !== nullable ? undefined : { name, expr: input }
}
