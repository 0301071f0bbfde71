import { typeText } from '../arrow/data-type.ts'
import { fieldNamed, fieldNames } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import { aggregateTerms } from '../plan/aggregate-terms.ts'
import type { AggregateExpr, NamedExpr } from '../plan/expr.ts'
import { castExpr, columnExpr } from '../plan/expr-walk.ts'
import {
  aggregate,
  type LogicalPlan,
  project,
  sample,
  sort,
  type Union,
  union,
} from '../plan/logical-plan.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import { superType } from '../plan/super-type.ts'
import { outputTerms } from './outputs.ts'
import { checkedNames } from './project-verbs.ts'
import { sortTerm } from './sort-key.ts'

/** Plan of `groupBy(...).agg(...)`, and of `agg` when there are no keys. */
export function aggPlan(
  input: LogicalPlan,
  keys: readonly string[],
  callback: unknown,
): LogicalPlan {
  const outputs = outputTerms(callback, input.schema, 'agg')
  const keyTerms = keys.map((name) => ({ name, term: { kind: 'column', name } as const }))
  return aggregateTerms(input, keyTerms, outputs)
}

export function sortPlan(input: LogicalPlan, keys: readonly unknown[]): LogicalPlan {
  if (keys.length === 0) throw invalid('sort: name at least one column')
  return sort(
    input,
    keys.map((key) => {
      const { term, descending, nulls } = sortTerm(key)
      return { expr: resolveTerm(term, input.schema), descending, nulls }
    }),
  )
}

/** Plan of `distinct`: whole rows, or the first row of each value of the named columns. */
export function distinctPlan(input: LogicalPlan, args: readonly unknown[]): LogicalPlan {
  const { fields } = input.schema
  const names = new Set(
    args.length === 0 ? fieldNames(input.schema) : checkedNames(input, args, 'distinct'),
  )
  const keys = [...names].map((name) => keyOf(input, name))
  const rest = fields
    .filter(({ name }) => !names.has(name))
    .map((field): AggregateExpr => {
      // No group is empty, so that `first` is null only where the column is.
      const { name, type, nullable } = field
      return { name, aggregate: 'first', input: columnExpr(field), type, nullable }
    })
  const distinct = aggregate(input, keys, rest)
  return project(
    distinct,
    fields.map(({ name }) => keyOf(distinct, name)),
  )
}

const keyOf = (input: LogicalPlan, name: string): NamedExpr => ({
  name,
  expr: columnExpr(fieldNamed(input.schema, name)),
})

/** Plan of `union`: columns of the same names in the same order, as their common types. */
export function unionPlan(top: LogicalPlan, bottom: LogicalPlan, verb = 'union'): Union {
  const [above, below] = [fieldNames(top.schema), fieldNames(bottom.schema)]
  if (above.length !== below.length || above.some((name, position) => name !== below[position])) {
    throw invalid(
      `${verb}: the frames have different columns, (${clip(above.join(', '))}) and ` +
        `(${clip(below.join(', '))}); bring them in line with select or rename`,
      { left: above, right: below },
    )
  }
  const types = top.schema.fields.map(({ name, type }, position) => {
    const other = bottom.schema.fields[position]!.type
    const common = superType(type, other)
    if (common === undefined) {
      throw invalid(
        `${verb}: column "${clip(name)}" is ${typeText(type)} and ${typeText(other)}; cast one`,
        { column: name },
      )
    }
    return common
  })
  const inputs = [top, bottom].map((input) => {
    const columns = input.schema.fields.map((field, position) => ({
      name: field.name,
      expr: castExpr(columnExpr(field), types[position]!),
    }))
    return columns.every(({ expr }) => expr.kind === 'column') ? input : project(input, columns)
  })
  return union(inputs)
}

/** Plan of `sample`. Throws INVALID unless it is told one of a fraction of 0 to 1 and a number of rows. */
export function samplePlan(input: LogicalPlan, options: unknown): LogicalPlan {
  const { fraction, rows, seed = 0, ...rest } = Object(options) as Record<string, unknown>
  const wrong = Object.keys(rest)[0]
  if (wrong !== undefined) {
    throw invalid(`sample: unknown option "${clip(wrong)}"; options: fraction, rows, seed`)
  }
  if (!Number.isSafeInteger(seed)) throw invalid('sample: seed has to be a whole number')
  const head = { seed: seed as number }
  if (typeof fraction === 'number' && rows === undefined && fraction >= 0 && fraction <= 1) {
    return sample(input, { ...head, size: { from: 0, to: fraction } })
  }
  if (
    typeof rows === 'number' &&
    fraction === undefined &&
    Number.isSafeInteger(rows) &&
    rows >= 0
  ) {
    return sample(input, { ...head, size: { rows } })
  }
  throw invalid('sample: say { fraction } of 0 to 1, or { rows } as a whole number')
}
