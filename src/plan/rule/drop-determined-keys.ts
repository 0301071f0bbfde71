import { isFloat } from '../../arrow/data-type.ts'
import { field, fieldNames } from '../../arrow/schema.ts'
import { dependencies } from '../dependencies.ts'
import type { AggregateExpr, NamedExpr } from '../expr.ts'
import { columnExpr } from '../expr-walk.ts'
import { type Aggregate, aggregate, type LogicalPlan, project } from '../logical-plan.ts'

/**
 * Groups by a key alone where other group keys follow from it.
 *
 *     Aggregate by id, name: n=count()        Project id, name, n
 *       input, where id gives name     ==>      Aggregate by id: name=first(name), n=count()
 *                                                 input
 *
 * Holds because rows of one id have one name, so that the groups are the same and come in the same
 * order, and the first name of a group is its name. Applied to keys that are plain columns, not
 * floats, of which a group has one form where rows have -0 and 0. Costs a value kept a group
 * instead of a column hashed a row.
 */
export function dropDeterminedKeys(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'aggregate' || plan.keys.length < 2) return plan
  const { input, keys, aggregates } = plan
  const dropped = determinedKeys(plan)
  if (dropped.size === 0) return plan
  const firsts = [...dropped].map(
    ({ name, expr }): AggregateExpr => ({
      name,
      aggregate: 'first',
      input: expr,
      type: expr.type,
      nullable: expr.nullable,
    }),
  )
  const left = keys.filter((key) => !dropped.has(key))
  const grouped = aggregate(input, left, [...firsts, ...aggregates])
  const { fields, positions } = grouped.schema
  return project(
    grouped,
    fieldNames(plan.schema).map((name) => {
      const { type, nullable } = fields[positions.get(name)!]!
      return { name, expr: columnExpr(field(name, type, nullable)) }
    }),
  )
}

/** Keys that follow from others which stay. */
function determinedKeys({ input, keys }: Aggregate): ReadonlySet<NamedExpr> {
  const byColumn = new Map<string, NamedExpr>()
  for (const key of keys) if (key.expr.kind === 'column') byColumn.set(key.expr.name, key)
  for (const { by, gives } of dependencies(input)) {
    if (![...by].every((name) => byColumn.has(name))) continue
    const determined = [...byColumn].filter(([name, { expr }]) => {
      return gives.has(name) && !by.has(name) && !isFloat(expr.type)
    })
    if (determined.length > 0) return new Set(determined.map(([, key]) => key))
  }
  return new Set()
}
