import { fieldNames } from '../arrow/schema.ts'
import { invalid, nameNotFound } from '../error.ts'
import type { NamedTerm } from './aggregate-terms.ts'
import type { Expr, SortKey, WindowExpr } from './expr.ts'
import { exprsEqual } from './expr-walk.ts'
import { AGGREGATE_NAMES, WINDOW_NAMES } from './function.ts'
import { type LogicalPlan, window } from './logical-plan.ts'
import { resolveTerm } from './resolve-term.ts'
import type { Term, WindowTerm } from './term.ts'
import { mapTerm, someTerm, termsEqual } from './term-walk.ts'
import { isAggregateName, misplacedWindow, windowExpr } from './window-expr.ts'

const NAMES: ReadonlySet<string> = new Set([...WINDOW_NAMES, ...AGGREGATE_NAMES])

/** A plan that has the windows as columns, and the terms with those columns in their place. */
export interface WindowedTerms {
  readonly input: LogicalPlan
  readonly outputs: readonly NamedTerm[]
}

/**
 * Takes the windows out of `outputs`: one node for all that share partition and order keys, equal
 * ones computed once. The plan's other columns, their order and the rows stay as they are.
 *
 * Throws NOT_FOUND for an unknown name, INVALID for a window without `over`, for one inside
 * another, and for wrong types and frames.
 */
export function windowTerms(input: LogicalPlan, outputs: readonly NamedTerm[]): WindowedTerms {
  const isWindow = (term: Term): boolean => term.kind === 'window'
  if (!outputs.some(({ term }) => someTerm(term, isWindow))) return { input, outputs }
  const found = new WindowList(input, outputs)
  const outer = outputs.map(({ name, term }) => ({
    name,
    term: mapTerm(term, (part) =>
      part.kind === 'window' ? { kind: 'column', name: found.add(part) } : undefined,
    ),
  }))
  return { input: found.plan(), outputs: outer }
}

interface Group {
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly SortKey[]
  readonly outputs: WindowExpr[]
}

/** The distinct windows of a query, each under a name that no column of the user's has. */
class WindowList {
  readonly #input: LogicalPlan
  readonly #taken: Set<string>
  readonly #groups: Group[] = []
  readonly #known: { readonly term: WindowTerm; readonly name: string }[] = []

  constructor(input: LogicalPlan, outputs: readonly NamedTerm[]) {
    this.#input = input
    this.#taken = new Set([...fieldNames(input.schema), ...outputs.map(({ name }) => name)])
  }

  /** The name of the column that holds `term`. */
  add(term: WindowTerm): string {
    const same = this.#known.find((other) => termsEqual(other.term, term))
    if (same !== undefined) return same.name
    const { over } = term
    if (!NAMES.has(term.name)) throw nameNotFound('window function', term.name, [...NAMES])
    if (over === null) throw misplacedWindow(term)
    for (const part of [
      ...term.inputs,
      ...over.partitionBy,
      ...over.orderBy.map((of) => of.term),
    ]) {
      if (someTerm(part, ({ kind }) => kind === 'window')) throw misplacedWindow(term)
    }
    const { schema } = this.#input
    const partitionBy = over.partitionBy.map((of) => resolveTerm(of, schema))
    const orderBy = over.orderBy.map(({ term: key, descending, nulls }): SortKey => {
      return { expr: resolveTerm(key, schema), descending, nulls }
    })
    const name = this.#freshName()
    const output = windowExpr(name, term, this.#inputsOf(term), orderBy)
    this.#groupOf(partitionBy, orderBy).outputs.push(output)
    this.#known.push({ term, name })
    return name
  }

  plan(): LogicalPlan {
    return this.#groups.reduce<LogicalPlan>((plan, group) => window(plan, group), this.#input)
  }

  #inputsOf({ name, inputs, count }: WindowTerm): Expr[] {
    if (!Number.isSafeInteger(count) || count < (name === 'nth' || name === 'ntile' ? 1 : 0)) {
      throw invalid(
        `${name} needs a whole number of at least ${name.startsWith('n') ? 1 : 0}, got ${count}`,
      )
    }
    const [value, otherwise] = inputs
    if (value === undefined) return []
    if (isAggregateName(name)) return inputs.map((part) => resolveTerm(part, this.#input.schema))
    const input = resolveTerm(value, this.#input.schema)
    if (otherwise === undefined) return [input]
    // As coalesce, so that a literal takes the column's type.
    const both: Term = { kind: 'call', name: 'coalesce', args: [value, otherwise] }
    const typed = resolveTerm(both, this.#input.schema)
    if (typed.kind !== 'call') throw new Error('coalesce is a call')
    return [input, typed.args[1]!]
  }

  #groupOf(partitionBy: readonly Expr[], orderBy: readonly SortKey[]): Group {
    const same = this.#groups.find(
      (of) => allEqual(of.partitionBy, partitionBy) && sameOrder(of.orderBy, orderBy),
    )
    if (same !== undefined) return same
    const group = { partitionBy, orderBy, outputs: [] }
    this.#groups.push(group)
    return group
  }

  #freshName(): string {
    let number = this.#known.length + 1
    while (this.#taken.has(`_window${number}`)) number++
    this.#taken.add(`_window${number}`)
    return `_window${number}`
  }
}

const allEqual = (a: readonly Expr[], b: readonly Expr[]): boolean =>
  a.length === b.length && a.every((expr, position) => exprsEqual(expr, b[position]!))

function sameOrder(a: readonly SortKey[], b: readonly SortKey[]): boolean {
  if (a.length !== b.length) return false
  return a.every(({ expr, descending, nulls }, position) => {
    const other = b[position]!
    return descending === other.descending && nulls === other.nulls && exprsEqual(expr, other.expr)
  })
}
