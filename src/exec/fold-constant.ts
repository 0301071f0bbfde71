import { batch } from '../arrow/batch.ts'
import { type Scalar, scalarAt } from '../arrow/scalar.ts'
import { schema } from '../arrow/schema.ts'
import { GraupelError } from '../error.ts'
import type { Expr } from '../plan/expr.ts'
import { evaluate } from './evaluate.ts'

const ONE_ROW = batch(schema([]), [], 1)

/**
 * The value of an expression without columns, in the canonical form of its type; undefined when it
 * has columns or cannot be evaluated, so that the error comes when rows are there.
 */
export function foldConstant(expr: Expr): Scalar | undefined {
  try {
    return scalarAt(evaluate(expr, ONE_ROW), 0)
  } catch (error) {
    if (error instanceof GraupelError) return undefined
    throw error
  }
}
