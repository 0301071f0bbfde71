import { fieldNames, schema } from '../arrow/schema.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import { foldConstant } from '../exec/fold-constant.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import { lit } from './expr-builders.ts'
import { termFrom } from './lazy-expr.ts'
import { selectPlan } from './project-verbs.ts'
import { requireOptions } from './time-step.ts'

const NO_COLUMNS = schema([])

/** Plan of `selectLike`: names are held against the pattern by the functions `like` and `ilike`. */
export function selectLikePlan(
  input: LogicalPlan,
  pattern: unknown,
  options: unknown = {},
): LogicalPlan {
  const given = Object(options) as Record<string, unknown>
  requireOptions(given, ['case'], 'selectLike')
  const { case: letters = 'exact' } = given
  if (letters !== 'exact' && letters !== 'ignored') {
    throw invalid(`selectLike: case is "exact" or "ignored", got ${clip(String(letters))}`)
  }
  if (typeof pattern !== 'string') {
    throw invalid(`selectLike: expected a pattern such as '%_id', got ${typeof pattern}`)
  }
  const isLike = (name: string): boolean => {
    const { str } = lit(name)
    const test = letters === 'exact' ? str.like(pattern) : str.ilike(pattern)
    return foldConstant(resolveTerm(termFrom(test, 'selectLike'), NO_COLUMNS)) === true
  }
  const all = fieldNames(input.schema)
  const names = all.filter(isLike)
  if (names.length > 0) return selectPlan(input, names)
  const shown = clip(all.slice(0, 20).join(', '))
  const message = `selectLike: no column is like "${clip(pattern)}"; columns: ${shown}`
  throw new GraupelError('NOT_FOUND', message, { pattern, available: all })
}
