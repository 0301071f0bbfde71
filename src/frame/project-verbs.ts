import type { DataType } from '../arrow/data-type.ts'
import { isExact, isFloat, isInteger, isNumeric } from '../arrow/data-type.ts'
import { type Field, fieldNamed, fieldNames, fieldPosition } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { NamedExpr } from '../plan/expr.ts'
import { columnExpr } from '../plan/expr-walk.ts'
import { filter, type LogicalPlan, project } from '../plan/logical-plan.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import type { Term } from '../plan/term.ts'
import { windowTerms } from '../plan/window-terms.ts'
import { termFrom } from './lazy-expr.ts'
import { outputTerms, predicateTerm } from './outputs.ts'

/** Plan of `select`: by names, or by one callback. */
export function selectPlan(input: LogicalPlan, args: readonly unknown[]): LogicalPlan {
  if (typeof args[0] === 'function') {
    const windowed = windowTerms(input, outputTerms(args[0], input.schema, 'select'))
    return project(windowed.input, windowed.outputs.map(resolved(windowed.input)))
  }
  const names = checkedNames(input, args, 'select')
  if (names.length === 0) throw invalid('select: name at least one column')
  return project(
    input,
    names.map((name) => unchanged(fieldNamed(input.schema, name))),
  )
}

export function filterPlan(input: LogicalPlan, predicate: unknown): LogicalPlan {
  const term = predicateTerm(predicate, input.schema, 'filter')
  const windowed = windowTerms(input, [{ name: '', term }])
  const kept = filter(windowed.input, resolveTerm(windowed.outputs[0]!.term, windowed.input.schema))
  return windowed.input === input ? kept : project(kept, input.schema.fields.map(unchanged))
}

export function withColumnsPlan(input: LogicalPlan, callback: unknown): LogicalPlan {
  const windowed = windowTerms(input, outputTerms(callback, input.schema, 'withColumns'))
  const outputs = windowed.outputs.map(resolved(windowed.input))
  const byName = new Map(outputs.map((output) => [output.name, output]))
  const kept = input.schema.fields.map((field) => byName.get(field.name) ?? unchanged(field))
  const added = outputs.filter(({ name }) => !input.schema.positions.has(name))
  return project(windowed.input, [...kept, ...added])
}

export function dropPlan(input: LogicalPlan, args: readonly unknown[]): LogicalPlan {
  const names = new Set(checkedNames(input, args, 'drop'))
  const kept = input.schema.fields.filter(({ name }) => !names.has(name))
  if (kept.length === 0) throw invalid('drop: no column would be left')
  return project(input, kept.map(unchanged))
}

export function renamePlan(input: LogicalPlan, names: unknown): LogicalPlan {
  if (typeof names !== 'object' || names === null) {
    throw invalid(`rename: expected { old: 'new' }, got ${typeof names}`)
  }
  const renamed = new Map<string, string>()
  for (const [from, to] of Object.entries(names)) {
    fieldPosition(input.schema, from)
    if (typeof to !== 'string') {
      throw invalid(`rename: the new name of "${clip(from)}" has to be a string, got ${typeof to}`)
    }
    renamed.set(from, to)
  }
  return project(
    input,
    input.schema.fields.map((field) => ({
      name: renamed.get(field.name) ?? field.name,
      expr: columnExpr(field),
    })),
  )
}

/** Plan of `dropNulls`: of all columns when none is named. */
export function dropNullsPlan(input: LogicalPlan, args: readonly unknown[]): LogicalPlan {
  const names =
    args.length === 0 ? fieldNames(input.schema) : checkedNames(input, args, 'dropNulls')
  let plan = input
  for (const name of names) {
    if (!fieldNamed(input.schema, name).nullable) continue
    const term: Term = { kind: 'call', name: 'isNotNull', args: [{ kind: 'column', name }] }
    plan = filter(plan, resolveTerm(term, input.schema))
  }
  return plan
}

/** Plan of `fillNull`: one value wherever it fits, or `{ column: value }`. */
export function fillNullPlan(input: LogicalPlan, value: unknown): LogicalPlan {
  const fills = fillsOf(input, value)
  return project(
    input,
    input.schema.fields.map((field) => {
      const fill = fills.get(field.name)
      if (fill === undefined || !field.nullable) return unchanged(field)
      const column: Term = { kind: 'column', name: field.name }
      const literal: Term = { kind: 'literal', value: fill, type: field.type }
      const term: Term = { kind: 'call', name: 'coalesce', args: [column, literal] }
      return { name: field.name, expr: resolveTerm(term, input.schema) }
    }),
  )
}

function fillsOf(input: LogicalPlan, value: unknown): Map<string, unknown> {
  if (value === null || Array.isArray(value) || value instanceof Uint8Array) {
    const what = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'bytes'
    throw invalid(`fillNull: expected a value or { column: value }, got ${what}`)
  }
  if (typeof value === 'object' && !(value instanceof Date)) {
    const fills = new Map<string, unknown>(Object.entries(value))
    for (const [name, fill] of fills) {
      fieldPosition(input.schema, name)
      if (fill === undefined || fill === null) {
        throw invalid(`fillNull: the value for "${clip(name)}" is ${fill}`, { column: name })
      }
    }
    return fills
  }
  termFrom(value, 'fillNull')
  const fitting = input.schema.fields.filter(({ type }) => fits(value, type))
  return new Map(fitting.map(({ name }) => [name, value]))
}

function fits(value: unknown, type: DataType): boolean {
  switch (typeof value) {
    case 'string':
      return type.name === 'utf8'
    case 'boolean':
      return type.name === 'bool'
    case 'bigint':
      return isExact(type) && isNumeric(type)
    case 'number':
      return isFloat(type) || (Number.isSafeInteger(value) && (isInteger(type) || isNumeric(type)))
    default:
      return type.name === 'date' || type.name === 'timestamp'
  }
}

const unchanged = (of: Field): NamedExpr => ({ name: of.name, expr: columnExpr(of) })

const resolved =
  (input: LogicalPlan) =>
  ({ name, term }: { readonly name: string; readonly term: Term }): NamedExpr => ({
    name,
    expr: resolveTerm(term, input.schema),
  })

/** `args` as names of columns of `input`. Throws INVALID for no string, NOT_FOUND for no column. */
export function checkedNames(input: LogicalPlan, args: readonly unknown[], verb: string): string[] {
  return args.map((name) => {
    if (typeof name !== 'string') {
      throw invalid(
        `${verb}: expected column names, got ${Array.isArray(name) ? 'a list' : typeof name}`,
      )
    }
    fieldPosition(input.schema, name)
    return name
  })
}
