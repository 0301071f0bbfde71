import { clip, invalid } from '../error.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import type { Term } from '../plan/term.ts'
import { expr, termFrom } from './lazy-expr.ts'
import { checkedNames, withColumnsPlan } from './project-verbs.ts'

/** Plan of `replace`: in each named column the first of a pair becomes the second. */
export function replacePlan(input: LogicalPlan, replacements: unknown): LogicalPlan {
  if (typeof replacements !== 'object' || replacements === null) {
    throw invalid('replace: expected { column: [[from, to], ...] }')
  }
  const columns = Object.entries(replacements)
  const names = checkedNames(
    input,
    columns.map(([name]) => name),
    'replace',
  )
  return withColumnsPlan(input, () =>
    Object.fromEntries(
      names.map((name, position) => [name, expr(replaced(name, columns[position]![1]))]),
    ),
  )
}

function replaced(name: string, pairs: unknown): Term {
  const column: Term = { kind: 'column', name }
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw invalid(`replace: "${clip(name)}" needs pairs [from, to]`, { column: name })
  }
  const branches = pairs.map(([from, to]: unknown[]) => {
    if (from === null) throw invalid('replace: null is replaced by fillNull', { column: name })
    const when = termFrom(expr(column).eq(from), 'replace')
    // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
    return { when, then: termFrom(to, 'replace') }
  })
  return branches.length === 0 ? column : { kind: 'case', branches, otherwise: column }
}
