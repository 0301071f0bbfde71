import { batch } from '../arrow/batch.ts'
import {
  type DataType,
  float64,
  int32,
  int64,
  isNumeric,
  typeText,
  utf8,
} from '../arrow/data-type.ts'
import { field, fieldNamed, fieldNames, schema } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import { aggregateTerms, type NamedTerm } from '../plan/aggregate-terms.ts'
import type { Expr } from '../plan/expr.ts'
import { callExpr, caseExpr, castExpr, columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { join, type LogicalPlan, project, values } from '../plan/logical-plan.ts'
import { superType } from '../plan/super-type.ts'
import type { Term } from '../plan/term.ts'
import { freshName } from './fresh-name.ts'
import { termFrom } from './lazy-expr.ts'
import { checkedNames } from './project-verbs.ts'

const AGGREGATES = [
  'count',
  'countDistinct',
  'sum',
  'mean',
  'min',
  'max',
  'any',
  'stddev',
  'variance',
  'median',
]

/** Each row of `input` with the numbers 0 to `count - 1` beside it, in a column called `name`. */
export function numbered(input: LogicalPlan, count: number, name: string): LogicalPlan {
  const of = schema([field(name, int32, false)])
  const numbers = Int32Array.from({ length: count }, (_, number) => number)
  const column = {
    type: int32,
    layout: 'i32',
    length: count,
    validity: null,
    values: numbers,
  } as const
  const right = values(of, [batch(of, [column], count)], 'numbers')
  return join(input, right, { how: 'cross', leftKeys: [], rightKeys: [], rightNames: [name] })
}

/** The one of `results` whose position stands in `number`. */
export function chosen(number: Expr, results: readonly Expr[]): Expr {
  const branches = results.slice(0, -1).map((result, position) => {
    const when = callExpr('eq', [number, literalExpr(position, int32)])
    // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
    return { when, then: result }
  })
  const last = results.at(-1)!
  return branches.length === 0 ? last : caseExpr(branches, last)
}

/** Plan of `unpivot`: for each row as many rows as columns are named, in their order. */
export function unpivotPlan(input: LogicalPlan, options: unknown): LogicalPlan {
  const {
    on,
    name = 'name',
    value = 'value',
  } = optionsOf(options, ['on', 'name', 'value'], 'unpivot')
  const columns = checkedNames(input, Array.isArray(on) ? on : [on], 'unpivot')
  if (columns.length === 0) throw invalid('unpivot: name at least one column')
  if (typeof name !== 'string' || typeof value !== 'string') {
    throw invalid('unpivot: name and value have to be names of columns')
  }
  const type = commonType(input, columns)
  const number = freshName('_number', input.schema)
  const rows = numbered(input, columns.length, number)
  const of = columnExpr(fieldNamed(rows.schema, number))
  const kept = input.schema.fields.filter((field) => !columns.includes(field.name))
  return project(rows, [
    ...kept.map((field) => ({ name: field.name, expr: columnExpr(field) })),
    {
      name,
      expr: chosen(
        of,
        columns.map((column) => literalExpr(column, utf8)),
      ),
    },
    {
      name: value,
      expr: chosen(
        of,
        columns.map((column) => castExpr(columnExpr(fieldNamed(input.schema, column)), type)),
      ),
    },
  ])
}

function commonType(input: LogicalPlan, columns: readonly string[]): DataType {
  return columns.slice(1).reduce((type, column) => {
    const other = fieldNamed(input.schema, column).type
    const common = superType(type, other)
    if (common !== undefined) return common
    throw invalid(
      `unpivot: "${clip(column)}" is ${typeText(other)}, the columns before it ${typeText(type)}; cast them first`,
      { column },
    )
  }, fieldNamed(input.schema, columns[0]!).type)
}

/** Plan of `pivot`: a row for each value of the index, and a column for each of the values. */
export function pivotPlan(input: LogicalPlan, options: unknown): LogicalPlan {
  const names = ['index', 'on', 'values', 'value', 'agg']
  const { index, on, values: wanted, value, agg } = optionsOf(options, names, 'pivot')
  const keys = checkedNames(input, Array.isArray(index) ? index : [index], 'pivot')
  const [column, of] = checkedNames(input, [on, value], 'pivot') as [string, string]
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw invalid("pivot: values has to be the list of what becomes columns, e.g. ['sun', 'rain']")
  }
  if (typeof agg !== 'string' || !AGGREGATES.includes(agg)) {
    throw invalid(`pivot: agg is "${clip(String(agg))}"; it can be ${AGGREGATES.join(', ')}`)
  }
  const outputs = wanted.map((item: unknown): NamedTerm => {
    const when: Term = {
      kind: 'call',
      name: 'eq',
      args: [{ kind: 'column', name: column }, termFrom(item, 'pivot')],
    }
    // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
    const branch = { when, then: { kind: 'column', name: of } as const }
    const only: Term = { kind: 'case', branches: [branch], otherwise: null }
    return { name: String(item), term: { kind: 'aggregate', name: agg, input: only } }
  })
  const keyTerms = keys.map((name) => ({ name, term: { kind: 'column', name } as const }))
  return aggregateTerms(input, keyTerms, outputs)
}

/** Plan of `describe`: a row of figures for each column, from one pass over the rows. */
export function describePlan(input: LogicalPlan): LogicalPlan {
  const of = (name: string, column: string): Term => {
    return { kind: 'aggregate', name, input: { kind: 'column', name: column } }
  }
  const text = (term: Term): Term => ({ kind: 'cast', input: term, type: utf8, orNull: false })
  const nothing: Term = { kind: 'literal', value: null, type: null }
  const figures = input.schema.fields.map(({ name, type }): readonly Term[] => {
    const count = of('count', name)
    const rows: Term = { kind: 'aggregate', name: 'count', input: null }
    const nulls: Term = { kind: 'call', name: 'sub', args: [rows, count] }
    const ends =
      type.name === 'binary' ? [nothing, nothing] : [text(of('min', name)), text(of('max', name))]
    const moments = isNumeric(type) ? [of('mean', name), of('stddev', name)] : [nothing, nothing]
    return [count, nulls, ...ends, ...moments]
  })
  const outputs = figures.flatMap((terms, column) =>
    terms.flatMap((term, figure) =>
      term === nothing ? [] : [{ name: `${column} ${figure}`, term }],
    ),
  )
  const totals = aggregateTerms(input, [], outputs)
  const rows = numbered(totals, figures.length, 'number')
  const number = columnExpr(fieldNamed(rows.schema, 'number'))
  const names = fieldNames(input.schema).map((name) => literalExpr(name, utf8))
  const columns = FIGURES.map(([name, type], figure) => {
    const each = figures.map((_, column) => {
      const field = totals.schema.positions.has(`${column} ${figure}`)
      if (!field) return literalExpr(null, type)
      return columnExpr(fieldNamed(totals.schema, `${column} ${figure}`))
    })
    return { name, expr: chosen(number, each) }
  })
  return project(rows, [{ name: 'column', expr: chosen(number, names) }, ...columns])
}

const FIGURES: readonly (readonly [string, DataType])[] = [
  ['count', int64],
  ['nulls', int64],
  ['min', utf8],
  ['max', utf8],
  ['mean', float64],
  ['stddev', float64],
]

function optionsOf(
  options: unknown,
  names: readonly string[],
  verb: string,
): Record<string, unknown> {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`${verb}: expected options (${names.join(', ')}), got ${typeof options}`)
  }
  const wrong = Object.keys(options).find((name) => !names.includes(name))
  if (wrong === undefined) return options as Record<string, unknown>
  throw invalid(`${verb}: unknown option "${clip(wrong)}"; options: ${names.join(', ')}`, {
    option: wrong,
  })
}
