import { isExact, isFloat, isInteger, isNumeric, typesEqual, typeText } from '../arrow/data-type.ts'
import { type Field, field, fieldNamed, fieldNames, type Schema, schema } from '../arrow/schema.ts'
import { clip, invalid, nameNotFound } from '../error.ts'
import type { Assignments } from '../exec/row-change.ts'
import type { Expr } from '../plan/expr.ts'
import { castExpr, columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import { superType } from '../plan/super-type.ts'
import { accessor } from './accessor.ts'
import { termFrom, termOfExpr } from './lazy-expr.ts'

/** The rows that a clause's functions are given, and the columns that its expressions may name. */
export interface ClauseScope {
  readonly schema: Schema
  readonly rows: readonly unknown[]
}

/** Target and source side by side: the source's columns under names that the target has not. */
export interface MergeScope extends ClauseScope {
  readonly source: ClauseScope
  /** The source's columns, under those names. */
  readonly sourceFields: readonly Field[]
}

/** The scope of a table's own rows. */
export function rowScope(of: Schema): ClauseScope {
  return { schema: of, rows: [accessor(of)] }
}

export function mergeScope(target: Schema, source: Schema): MergeScope {
  let prefix = 'source.'
  while (target.fields.some(({ name }) => name.startsWith(prefix))) prefix = `source${prefix}`
  const named = (name: string) => prefix + name
  const sourceFields = source.fields.map((of) => field(named(of.name), of.type, of.nullable))
  const sourceRow = accessor(source, named)
  return {
    schema: schema([...target.fields, ...sourceFields]),
    rows: [accessor(target), sourceRow],
    source: { schema: schema(sourceFields), rows: [sourceRow] },
    sourceFields,
  }
}

/** The condition that a callback answers. Throws INVALID for what is none. */
export function conditionOf(callback: unknown, scope: ClauseScope, where: string): Expr {
  if (typeof callback !== 'function') {
    throw invalid(`${where}: expected a callback such as o => ..., got ${typeof callback}`)
  }
  const term = termOfExpr(answerOf(callback as Callback, scope, where), where)
  const expr = resolveTerm(term, scope.schema)
  if (expr.type.name === 'bool') return expr
  throw invalid(`${where}: a condition has to be bool, got ${typeText(expr.type)}`)
}

/**
 * Values for columns of `target`. Throws NOT_FOUND for a name that is no column, INVALID for a
 * value that its column does not take.
 */
export function assignmentsOf(
  given: unknown,
  target: Schema,
  scope: ClauseScope,
  where: string,
): Assignments {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(`${where}: expected values by column such as { total: 0 }, got ${typeof given}`)
  }
  const assignments = new Map<string, Expr>()
  for (const [name, value] of Object.entries(given)) {
    if (!target.positions.has(name)) throw nameNotFound('column', name, fieldNames(target))
    const place = `${where}, column "${clip(name)}"`
    const answer = typeof value === 'function' ? answerOf(value as Callback, scope, place) : value
    assignments.set(name, assigned(answer, fieldNamed(target, name), scope, place))
  }
  if (assignments.size === 0) throw invalid(`${where}: no column is named`)
  return assignments
}

/** Every column of the source that `target` has too, by name; NOT_FOUND for any other. */
export function allByName(target: Schema, source: Schema, scope: MergeScope, where: string) {
  const assignments = new Map<string, Expr>()
  for (const [position, { name }] of source.fields.entries()) {
    if (!target.positions.has(name)) throw nameNotFound('column', name, fieldNames(target))
    const expr = columnExpr(scope.sourceFields[position]!)
    const place = `${where}, column "${clip(name)}"`
    assignments.set(name, asColumn(expr, fieldNamed(target, name), place))
  }
  return assignments
}

/** `assignments` for every column: its default or null where there is none. Throws INVALID where none may be. */
export function wholeRow(assignments: Assignments, target: Schema, where: string): Assignments {
  const row = new Map<string, Expr>()
  for (const { name, type, nullable, default: omitted } of target.fields) {
    const value = assignments.get(name)
    if (value === undefined && !nullable && omitted === undefined) {
      throw invalid(`${where}: column "${clip(name)}" is missing, and takes no null`, {
        column: name,
      })
    }
    row.set(name, value ?? literalExpr(omitted ?? null, type))
  }
  return row
}

function assigned(value: unknown, column: Field, { schema: of }: ClauseScope, where: string): Expr {
  const term = termFrom(value, where)
  const isLoose = term.kind === 'literal' && term.type === null
  return asColumn(resolveTerm(isLoose ? { ...term, type: column.type } : term, of), column, where)
}

/** `expr` as values of `column`. */
function asColumn(expr: Expr, { name, type, nullable }: Field, where: string): Expr {
  if (expr.kind === 'literal' && expr.value === null && !nullable) {
    throw invalid(`${where}: null in a column that takes none`, { column: name })
  }
  if (!isAssignable(expr.type, type)) {
    throw invalid(
      `${where}: the column is ${typeText(type)} and the value ${typeText(expr.type)}; cast it first`,
      { column: name, expected: typeText(type), found: typeText(expr.type) },
    )
  }
  return castExpr(expr, type)
}

/** Whether values of `from` are taken by a column of `to`, rounded to its scale if need be. */
function isAssignable(from: Expr['type'], to: Expr['type']): boolean {
  if (isFloat(to)) return isNumeric(from)
  if (isNumeric(to)) return isExact(from) && isNumeric(from) && (isInteger(from) || !isInteger(to))
  if (from.name === 'timestamp' && to.name === 'timestamp') return from.zone === to.zone
  const common = superType(from, to)
  return common !== undefined && typesEqual(common, to)
}

type Callback = (...rows: readonly unknown[]) => unknown

/** What `callback` answers of the rows; INVALID for a promise. */
export function answerOf(callback: Callback, scope: ClauseScope, where: string) {
  const answer: unknown = callback(...scope.rows)
  if (answer instanceof Promise) {
    answer.catch(() => {}) // its own failure is beside the point
    throw invalid(`${where}: the callback has to answer at once, not a promise`)
  }
  return answer
}
