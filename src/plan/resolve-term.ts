import type { Schema } from '../arrow/schema.ts'
import type { Expr } from './expr.ts'
import type { Term } from './term.ts'
export function resolveTerm(term: Term, schema: Schema): Expr {
  throw new Error(`${term.kind} ${schema}`)
}
