import type { Scalar } from '../../arrow/scalar.ts'
import type { Expr } from '../expr.ts'
import { childrenOf, literalExpr, mapExpr } from '../expr-walk.ts'
import type { LogicalPlan } from '../logical-plan.ts'
import { mapNodeExprs } from '../node-exprs.ts'

/** The value of an expression without columns; undefined when evaluating it throws. */
export type FoldConstant = (expr: Expr) => Scalar | undefined

/**
 * Computes once, when the plan is made, what would be the same for every row.
 *
 *     Filter x > add(2, 3)     ==>     Filter x > 5
 *
 * Holds because functions are pure: the same constants give the same value. An expression that
 * throws stays, as the error is due only if a row reaches it: `when(false).then(1 / 0)` is fine.
 * Functions of the
 * user's are left for when rows are there. Types and nullability are kept, so that no schema changes. Costs one evaluation per constant.
 */
export function foldConstants(fold: FoldConstant): (plan: LogicalPlan) => LogicalPlan {
  const folded = (expr: Expr): Expr => {
    if (expr.kind === 'column' || expr.kind === 'literal' || expr.kind === 'user') return expr
    if (childrenOf(expr).some(({ kind }) => kind !== 'literal')) return expr
    const value = fold(expr)
    if (value === undefined || (value === null && !expr.nullable)) return expr
    return Object.freeze({ ...literalExpr(value, expr.type), nullable: expr.nullable })
  }
  return function foldConstants(plan) {
    return mapNodeExprs(plan, (expr) => mapExpr(expr, folded))
  }
}
