import { field } from '../arrow/schema.ts'
import type { Column } from '../catalog/model/table.ts'
import { corrupt, GraupelError } from '../error.ts'
import type { Expr } from '../plan/expr.ts'
import { exprFromJson } from '../plan/expr-json.ts'

/**
 * An expression that a table keeps, over its columns. Throws DATA naming `where` for what is none,
 * INVALID for one that a newer library wrote.
 */
export function storedExpr(json: unknown, columns: readonly Column[], where: string): Expr {
  try {
    return exprFromJson(json, (id) => {
      const column = columns.find((candidate) => candidate.id === id)
      return column && field(column.name, column.type, column.nullable)
    })
  } catch (error) {
    if (!(error instanceof GraupelError) || error.facts['known'] === false) throw error
    throw corrupt(`${where}: ${error.message}`)
  }
}
