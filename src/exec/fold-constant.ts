import type { Scalar } from '../arrow/scalar.ts'
import type { Expr } from '../plan/expr.ts'

/** The value of an expression without columns; undefined when evaluating it throws. */
export function foldConstant(expr: Expr): Scalar | undefined {
  throw new Error(`not yet: ${expr.kind}`)
}
