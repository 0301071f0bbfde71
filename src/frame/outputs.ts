import type { Schema } from '../arrow/schema.ts'
import { invalid } from '../error.ts'
import type { NamedTerm } from '../plan/aggregate-terms.ts'
import { accessor } from './accessor.ts'
import { isExpr, termOfExpr } from './lazy-expr.ts'

/**
 * What a callback such as `o => ({ total: o.a.add(o.b) })` computes, in its order.
 *
 * Throws INVALID when `callback` is no function or answers no plain object of expressions,
 * NOT_FOUND for a column that is not in `schema`.
 */
export function outputTerms(callback: unknown, schema: Schema, verb: string): NamedTerm[] {
  const answer = answerOf(callback, schema, verb)
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer) || isExpr(answer)) {
    throw invalid(
      `${verb}: the callback has to answer an object such as { total: o.amount }, ` +
        `got ${isExpr(answer) ? 'a bare expression' : answer === null ? 'null' : typeof answer}`,
    )
  }
  const outputs = Object.entries(answer).map(([name, value]) => ({
    name,
    term: termOfExpr(value, `${verb}, column "${name}"`),
  }))
  if (outputs.length === 0) throw invalid(`${verb}: the callback answers no columns`)
  return outputs
}

/** The predicate that a callback answers. Throws as `outputTerms` does. */
export function predicateTerm(callback: unknown, schema: Schema, verb: string) {
  return termOfExpr(answerOf(callback, schema, verb), verb)
}

function answerOf(callback: unknown, schema: Schema, verb: string): unknown {
  if (typeof callback !== 'function') {
    throw invalid(`${verb}: expected a callback such as o => ..., got ${typeof callback}`)
  }
  const answer: unknown = callback(accessor(schema))
  if (answer instanceof Promise) {
    answer.catch(() => {}) // its own failure is beside the point
    throw invalid(`${verb}: the callback has to answer at once, not a promise`)
  }
  return answer
}
