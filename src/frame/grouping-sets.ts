import { fieldNamed } from '../arrow/schema.ts'
import { invalid } from '../error.ts'
import { aggregateTerms, type NamedTerm } from '../plan/aggregate-terms.ts'
import { columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { type LogicalPlan, project, union } from '../plan/logical-plan.ts'
import type { Term } from '../plan/term.ts'
import { mapTerm } from '../plan/term-walk.ts'
import { outputTerms } from './outputs.ts'
import { checkedNames } from './project-verbs.ts'

const SETS_MAX = 64

/** The sets of `rollup`: all keys, all but the last, and so on to none. */
export const rollupSets = (keys: readonly string[]): string[][] =>
  Array.from({ length: keys.length + 1 }, (_, less) => keys.slice(0, keys.length - less))

/** The sets of `cube`: every choice of keys, those with more of the first ones first. */
export function cubeSets(keys: readonly string[]): string[][] {
  if (keys.length > 6)
    throw invalid(
      `cube: ${keys.length} keys make ${2 ** keys.length} sets, at most 64 are computed`,
    )
  const [first, ...others] = keys
  if (first === undefined) return [[]]
  const rest = cubeSets(others)
  return [...rest.map((set) => [first, ...set]), ...rest]
}

/** Sets as the user gave them. Throws INVALID for what are none, NOT_FOUND for names of no column. */
export function checkedSets(input: LogicalPlan, sets: unknown): string[][] {
  if (!Array.isArray(sets) || sets.length === 0 || !sets.every(Array.isArray)) {
    throw invalid("groupingSets: expected lists of names, e.g. [['year', 'month'], ['year'], []]")
  }
  return sets.map((set: unknown[]) => [...new Set(checkedNames(input, set, 'groupingSets'))])
}

/**
 * Plan of `rollup`, `cube` and `groupingSets`: the groups of each set, one set after another, with
 * null for the keys that a set has not.
 */
export function groupingSetsPlan(
  input: LogicalPlan,
  sets: readonly (readonly string[])[],
  callback: unknown,
): LogicalPlan {
  if (sets.length > SETS_MAX)
    throw invalid(`${sets.length} grouping sets, at most ${SETS_MAX} are computed`)
  const keys = [...new Set(sets.flat())]
  const outputs = outputTerms(callback, input.schema, 'agg')
  return union(sets.map((set) => ofSet(input, set, keys, outputs)))
}

function ofSet(
  input: LogicalPlan,
  set: readonly string[],
  keys: readonly string[],
  outputs: readonly NamedTerm[],
): LogicalPlan {
  const missing = new Set(keys.filter((name) => !set.includes(name)))
  const without = (term: Term): Term =>
    mapTerm(term, (part) => {
      if (part.kind === 'aggregate') return part
      if (part.kind !== 'column' || !missing.has(part.name)) return undefined
      return { kind: 'literal', value: null, type: fieldNamed(input.schema, part.name).type }
    })
  const grouped = aggregateTerms(
    input,
    set.map((name) => ({ name, term: { kind: 'column', name } as const })),
    outputs.map(({ name, term }) => ({ name, term: without(term) })),
  )
  const columns = keys.map((name) => {
    const { type } = fieldNamed(input.schema, name)
    const expr = missing.has(name)
      ? literalExpr(null, type)
      : columnExpr(fieldNamed(grouped.schema, name))
    return { name, expr }
  })
  const results = grouped.schema.fields.slice(set.length)
  return project(grouped, [
    ...columns,
    ...results.map((of) => ({ name: of.name, expr: columnExpr(of) })),
  ])
}
