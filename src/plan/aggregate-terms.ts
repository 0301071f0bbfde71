import { fieldNames, type Schema } from '../arrow/schema.ts'
import { clip, invalid, nameNotFound } from '../error.ts'
import type { AggregateExpr, NamedExpr } from './expr.ts'
import { aggregatesEqual } from './expr-children.ts'
import { columnExpr } from './expr-walk.ts'
import { AGGREGATE_NAMES, type AggregateName } from './function.ts'
import { aggregate, type LogicalPlan, project } from './logical-plan.ts'
import { resolveTerm } from './resolve-term.ts'
import { aggregateSignature } from './signature.ts'
import type { Term } from './term.ts'
import { mapTerm, someTerm, termsEqual } from './term-walk.ts'
import { misplacedWindow } from './window-expr.ts'

/** An output column as the user wrote it. */
export interface NamedTerm {
  readonly name: string
  readonly term: Term
}

const NAMES: ReadonlySet<string> = new Set(AGGREGATE_NAMES)

/**
 * One row per group of `input`: the keys, then the outputs, each computed from aggregates over the
 * group's rows and from the keys, e.g. `sum(a) / sum(b)`. Equal aggregates are computed once.
 *
 * @param keys Over the rows of `input`; none for one row over all of them.
 * @param outputs Aggregates anywhere inside; outside of those only keys, by name or as written.
 * Throws NOT_FOUND for an unknown name, INVALID for a column that is neither a key nor inside an
 * aggregate, for an aggregate inside another or in a key, for wrong types, and for two columns of
 * one name.
 */
export function aggregateTerms(
  input: LogicalPlan,
  keys: readonly NamedTerm[],
  outputs: readonly NamedTerm[],
): LogicalPlan {
  if (keys.length === 0 && outputs.length === 0) {
    throw invalid('agg needs at least one output, e.g. agg({ n: fn.count() })')
  }
  const { fields } = input.schema
  const keyExprs = keys.map(({ name, term }) => ({ name, expr: resolveTerm(term, input.schema) }))
  const found = new AggregateList(input.schema, [
    ...fields.map(({ name }) => name),
    ...keys.map(({ name }) => name),
    ...outputs.map(({ name }) => name),
  ])
  for (const { name, term } of outputs) {
    if (term.kind === 'aggregate') found.add(term, name)
  }
  const outer = outputs.map(({ name, term }) => ({ name, term: outside(term, keys, found) }))
  const node = aggregate(input, Object.freeze(keyExprs), Object.freeze([...found.list]))
  const plain =
    found.list.length === outputs.length &&
    outputs.every(({ name }, position) => found.list[position]!.name === name)
  if (plain) return node
  const columns: NamedExpr[] = node.schema.fields
    .slice(0, keys.length)
    .map((of) => ({ name: of.name, expr: columnExpr(of) }))
  for (const { name, term } of outer) columns.push({ name, expr: resolveTerm(term, node.schema) })
  return project(node, Object.freeze(columns))
}

/** `term` over the aggregate's output: aggregates and keys as written replaced by their columns. */
function outside(term: Term, keys: readonly NamedTerm[], found: AggregateList): Term {
  return mapTerm(term, (part) => {
    if (part.kind === 'window') throw misplacedWindow(part)
    if (part.kind === 'aggregate') return { kind: 'column', name: found.add(part) }
    if (part.kind === 'column' && keys.some(({ name }) => name === part.name)) return part
    const key = part.kind === 'literal' ? undefined : keys.find((of) => termsEqual(of.term, part))
    if (key !== undefined) return { kind: 'column', name: key.name }
    if (part.kind === 'column') throw notGrouped(part.name, found.input, keys)
    return undefined
  })
}

function notGrouped(name: string, input: Schema, keys: readonly NamedTerm[]) {
  if (!input.positions.has(name)) {
    const names = new Set([...keys.map((key) => key.name), ...fieldNames(input)])
    return nameNotFound('column', name, [...names])
  }
  return invalid(
    `"${clip(name)}" must be in groupBy or inside an aggregate such as .sum() or .first()`,
    { column: name },
  )
}

/** The distinct aggregates of a query, each under a name that no column of the user's has. */
class AggregateList {
  readonly input: Schema
  readonly list: AggregateExpr[] = []
  private readonly taken: Set<string>

  constructor(input: Schema, taken: readonly string[]) {
    this.input = input
    this.taken = new Set(taken)
  }

  /** The name of the column that holds `term`, which is `name` if that is given and it is new. */
  add(term: Extract<Term, { kind: 'aggregate' }>, name?: string): string {
    if (!NAMES.has(term.name)) throw nameNotFound('aggregate', term.name, AGGREGATE_NAMES)
    const inputs = [...(term.input === null ? [] : [term.input]), ...(term.more ?? [])]
    if (inputs.some((part) => someTerm(part, ({ kind }) => kind === 'aggregate'))) {
      throw invalid(
        `${term.name}() holds another aggregate: compute the inner one in an agg(...) of its own`,
        { aggregate: term.name },
      )
    }
    const of = term.name as AggregateName
    const [input = null, ...more] = inputs.map((part) => resolveTerm(part, this.input))
    const { options } = term
    const wanted = {
      aggregate: of,
      input,
      ...(more.length > 0 && { more }),
      ...(options && { options }),
    }
    const same = this.list.find((other) => aggregatesEqual(other, wanted))
    if (same !== undefined) return same.name
    const head = { ...wanted, name: name ?? this.freshName() }
    this.list.push(Object.freeze({ ...head, ...aggregateSignature(of, input, more) }))
    return head.name
  }

  private freshName(): string {
    let number = this.list.length + 1
    while (this.taken.has(`_aggregate${number}`)) number++
    this.taken.add(`_aggregate${number}`)
    return `_aggregate${number}`
  }
}
