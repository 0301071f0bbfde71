import { typesEqual, typeText } from '../arrow/data-type.ts'
import { fieldNamed, fieldNames, type Schema } from '../arrow/schema.ts'
import { clip, invalid, nameNotFound } from '../error.ts'
import type { NamedExpr } from '../plan/expr.ts'
import { castExpr, columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { type LogicalPlan, project } from '../plan/logical-plan.ts'
import { superType } from '../plan/super-type.ts'

/**
 * `plan` with exactly the columns of `target`, found by name. Types that hold fewer values are
 * widened. Throws NOT_FOUND for a column that `target` has not, one that is missing
 * holds its default or null; INVALID where it takes none, and for types that would lose values.
 */
export function alignedPlan(plan: LogicalPlan, target: Schema, where: string): LogicalPlan {
  for (const name of fieldNames(plan.schema)) {
    if (!target.positions.has(name)) throw nameNotFound('column', name, fieldNames(target))
  }
  const columns = target.fields.map(({ name, type, nullable, default: omitted }): NamedExpr => {
    if (!plan.schema.positions.has(name)) {
      if (!nullable && omitted === undefined) {
        throw invalid(`${where}: column "${clip(name)}" is missing, and takes no null`, {
          column: name,
        })
      }
      return { name, expr: literalExpr(omitted ?? null, type) }
    }
    const found = fieldNamed(plan.schema, name)
    const common = superType(found.type, type)
    if (common === undefined || !typesEqual(common, type)) {
      throw invalid(
        `${where}: column "${clip(name)}" is ${typeText(type)} in the table and ` +
          `${typeText(found.type)} here; cast it first`,
        { column: name, expected: typeText(type), found: typeText(found.type) },
      )
    }
    return { name, expr: castExpr(columnExpr(found), type) }
  })
  return project(plan, columns)
}
