import { type DataType, parseDataType, typesEqual, typeText } from '../arrow/data-type.ts'
import { parseScalar, type Scalar } from '../arrow/scalar.ts'
import { fieldNamed, type Schema } from '../arrow/schema.ts'
import { invalid } from '../error.ts'
import type { AggregateExpr, AggregateOptions, Expr, Frame, SortKey, WindowExpr } from './expr.ts'
import { callExpr, caseExpr, castExpr, columnExpr, inExpr, literalExpr } from './expr-walk.ts'
import { AGGREGATE_NAMES, FUNCTION_NAMES, WINDOW_NAMES } from './function.ts'
import { JsonObject } from './json-object.ts'
import { aggregateSignature } from './signature.ts'

const KINDS = ['column', 'literal', 'call', 'cast', 'case', 'in'] as const

/** An expression over `input`, made anew and so typed anew. Throws INVALID and NOT_FOUND. */
export function importExpr(value: unknown, path: string, input: Schema): Expr {
  const of = new JsonObject(value, path)
  const type = parseDataType(of.text('type'))
  const made = exprOf(of, type, input)
  if (typesEqual(made.type, type)) return made
  throw invalid(`the plan's ${path} is ${typeText(made.type)} and not ${typeText(type)}`, { path })
}

function exprOf(of: JsonObject, type: DataType, input: Schema): Expr {
  const inner = (name: string) => importExpr(of.value(name), `${of.path}.${name}`, input)
  switch (of.oneOf('kind', KINDS)) {
    case 'column':
      return columnExpr(fieldNamed(input, of.text('name')))
    case 'literal':
      return literalExpr(importScalar(of.value('value'), type), type)
    case 'call': {
      const args = of.list('args', (arg, path) => importExpr(arg, path, input))
      return callExpr(of.oneOf('name', FUNCTION_NAMES), args)
    }
    case 'cast':
      return castExpr(inner('input'), type, { orNull: of.boolean('orNull') })
    case 'case': {
      const branches = of.list('branches', (value, path) => {
        const branch = new JsonObject(value, path)
        const [when, then] = ['when', 'value'].map((name) =>
          importExpr(branch.value(name), `${path}.${name}`, input),
        ) as [Expr, Expr]
        return { when, then }
      })
      return caseExpr(branches, inner('otherwise'))
    }
    case 'in': {
      const tested = inner('input')
      return inExpr(
        tested,
        of.list('values', (value) => importScalar(value, tested.type)),
      )
    }
  }
}

/** The text of a constant as a value. Throws INVALID for a text that is no value of `type`. */
export function importScalar(value: unknown, type: DataType): Scalar {
  if (value === null) return null
  if (typeof value === 'string') return parseScalar(value, type)
  throw invalid(`a constant of a plan has to be text or null, got ${typeof value}`)
}

export function importSortKey(value: unknown, path: string, input: Schema): SortKey {
  const of = new JsonObject(value, path)
  return {
    expr: importExpr(of.value('expr'), `${path}.expr`, input),
    descending: of.boolean('descending'),
    nulls: of.oneOf('nulls', ['first', 'last']),
  }
}

export function importAggregate(value: unknown, path: string, input: Schema): AggregateExpr {
  const of = new JsonObject(value, path)
  const aggregate = of.oneOf('aggregate', AGGREGATE_NAMES)
  const told = of.value('input')
  const expr = told === null ? null : importExpr(told, `${path}.input`, input)
  const more = of.has('more')
    ? of.list('more', (one, place) => importExpr(one, place, input))
    : undefined
  return Object.freeze({
    name: of.text('name'),
    aggregate,
    input: expr,
    ...(more && { more }),
    ...importOptions(of),
    ...aggregateSignature(aggregate, expr, more),
  })
}

export function importWindowExpr(value: unknown, path: string, input: Schema): WindowExpr {
  const of = new JsonObject(value, path)
  return Object.freeze({
    name: of.text('name'),
    function: of.oneOf('function', [...WINDOW_NAMES, ...AGGREGATE_NAMES]),
    inputs: of.list('inputs', (one, place) => importExpr(one, place, input)),
    ...importOptions(of),
    count: of.whole('count'),
    ignoreNulls: of.boolean('ignoreNulls'),
    frame: of.value('frame') === null ? null : importFrame(of.object('frame')),
    type: parseDataType(of.text('type')),
    nullable: of.boolean('nullable'),
  })
}

function importFrame(of: JsonObject): Frame {
  const end = (name: string, none: number): number => {
    const value = of.value(name)
    return value === null ? none : Number(value)
  }
  const [from, to] = [end('from', -Infinity), end('to', Infinity)]
  if (Number.isNaN(from) || Number.isNaN(to) || from > to) {
    throw invalid(`the plan's ${of.path} is no frame`, { path: of.path })
  }
  return { unit: of.oneOf('unit', ['rows', 'range']), from, to }
}

/** Options that this library knows, of the types that they have. */
function importOptions(of: JsonObject): { readonly options?: AggregateOptions } {
  if (!of.has('options')) return {}
  const { path } = of
  const told = Object.entries(of.value('options') as object)
  const kinds = new Map([
    ['at', 'number'],
    ['count', 'number'],
    ['separator', 'string'],
    ['distinct', 'boolean'],
    ['orders', 'object'],
  ])
  for (const [name, value] of told) {
    if (typeof value !== kinds.get(name)) {
      throw invalid(`the plan's ${path}.options.${name} is not known, or of another type`, { path })
    }
  }
  return { options: Object.fromEntries(told) }
}
