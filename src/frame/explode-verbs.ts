import { clip, invalid } from '../error.ts'
import { columnExpr } from '../plan/expr-walk.ts'
import { type Explode, explode, type LogicalPlan, project } from '../plan/logical-plan.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import type { Term } from '../plan/term.ts'
import { checkedNames } from './project-verbs.ts'

/** Plan of `explode`: a row for each value of a list column. */
export function explodePlan(input: LogicalPlan, name: unknown, options: unknown = {}): LogicalPlan {
  const { empty } = optionsOf(options, ['empty'], 'explode')
  const [column] = checkedNames(input, [name], 'explode')
  return explode(input, { name: column!, empty: emptyOf(empty, 'explode') })
}

/** Plan of `flatten`: a row for each value of the array or object at a path of a json column. */
export function flattenPlan(input: LogicalPlan, name: unknown, options: unknown = {}): LogicalPlan {
  const { path = '$', as = 'value', empty } = optionsOf(options, ['path', 'as', 'empty'], 'flatten')
  const [column] = checkedNames(input, [name], 'flatten')
  if (typeof path !== 'string' || typeof as !== 'string') {
    throw invalid('flatten: path and as have to be strings')
  }
  if (input.schema.positions.has(as)) {
    throw invalid(`flatten: there is a column "${clip(as)}"; name another with { as }`, { as })
  }
  const term: Term = {
    kind: 'call',
    name: 'jsonElements',
    args: [
      { kind: 'column', name: column! },
      { kind: 'literal', value: path, type: null },
    ],
  }
  const lists = project(input, [
    ...input.schema.fields.map((field) => ({ name: field.name, expr: columnExpr(field) })),
    { name: as, expr: resolveTerm(term, input.schema) },
  ])
  return explode(lists, { name: as, empty: emptyOf(empty, 'flatten') })
}

function emptyOf(empty: unknown, verb: string): Explode['empty'] {
  if (empty === undefined || empty === 'dropped' || empty === 'kept') return empty ?? 'dropped'
  throw invalid(`${verb}: empty is "dropped" or "kept", got ${clip(String(empty))}`)
}

function optionsOf(
  options: unknown = {},
  known: readonly string[],
  verb: string,
): Readonly<Record<string, unknown>> {
  const given = Object(options) as Record<string, unknown>
  const wrong = Object.keys(given).find((name) => !known.includes(name))
  if (wrong === undefined) return given
  throw invalid(`${verb}: unknown option "${clip(wrong)}"; options: ${known.join(', ')}`)
}
