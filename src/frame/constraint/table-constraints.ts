import type { NewConstraint } from '../../catalog/model/constraint.ts'
import { type Column, tableSchema } from '../../catalog/model/table.ts'
import type { TableCatalog } from '../../catalog/table-catalog.ts'
import { clip, GraupelError, invalid, nameNotFound, throwIfAborted } from '../../error.ts'
import { exprToJson } from '../../plan/expr-json.ts'
import { columnsOf } from '../../plan/expr-walk.ts'
import type { Accessor } from '../accessor.ts'
import type { ActionOptions } from '../action-options.ts'
import { checkedName, checkOptions } from '../actions.ts'
import { conditionOf, rowScope } from '../change-clauses.ts'
import type { Expr } from '../expr.ts'
import type { Bool, Maybe, NullableNames, Untyped } from '../type-tag.ts'
import { validateRows } from './validate-rows.ts'

const ATTEMPTS_MAX = 10
const NAME_CHARACTERS_MAX = 200

type Names<S> = 0 extends 1 & S ? string : keyof S & string
type RequiredNames<S> = 0 extends 1 & S ? string : Exclude<keyof S & string, NullableNames<S>>

/** What every row of a table of columns `S` is to keep. */
export type NewTableConstraint<S = unknown> =
  /** True or null for every row. */
  | { readonly check: (row: Accessor<S>) => Expr<Maybe<Bool>> }
  /** No two rows have the same values there. The columns take no null. */
  | { readonly primaryKey: readonly RequiredNames<S>[] }
  /** No two rows have the same values there, but for rows with a null in one of them. */
  | { readonly unique: readonly Names<S>[] }

/** The constraints of a new table of columns `S`. */
export interface TableConstraints<S> {
  /** Conditions by name that are false for no row: `{ positive: (o) => o.amount.gt(0) }`. */
  readonly checks?: { readonly [name: string]: (row: Accessor<S>) => Expr<Maybe<Bool>> }
  /** Columns, none of which takes null, whose values together no two rows share. */
  readonly primaryKey?: readonly RequiredNames<S>[]
  /** Lists of columns whose values together no two rows share, where none of them is null. */
  readonly unique?: readonly (readonly Names<S>[])[]
}

/** The constraints of a new table with `columns`. Throws INVALID and NOT_FOUND. */
export function newConstraints(
  { checks, primaryKey, unique }: TableConstraints<Untyped>,
  columns: readonly Column[],
): NewConstraint[] {
  const given: [name: string, constraint: unknown][] = []
  if (primaryKey !== undefined) given.push(['primaryKey', { primaryKey }])
  if (unique !== undefined && !Array.isArray(unique)) {
    throw invalid("createTable: unique is a list of lists of columns such as [['a', 'b']]")
  }
  for (const names of unique ?? []) {
    given.push([`unique(${String(names)})`, { unique: names }])
  }
  if (checks !== undefined && (typeof checks !== 'object' || checks === null)) {
    throw invalid('createTable: checks are callbacks by name: { positive: (o) => o.amount.gt(0) }')
  }
  for (const [name, check] of Object.entries(checks ?? {})) given.push([name, { check }])
  const taken = new Set<string>()
  for (const [name] of given) {
    if (taken.has(name)) throw invalid(`createTable: two constraints are named "${clip(name)}"`)
    taken.add(name)
  }
  return given.map(([name, constraint]) => {
    return newConstraint(name, constraint, columns, `createTable, constraint "${clip(name)}"`)
  })
}

/**
 * Makes a table keep a constraint, once all of its rows are found to do. When others commit
 * meanwhile, their version is validated anew. Throws INVALID naming a row's values that do not keep
 * it, CONFLICT when others commit all the time.
 */
export async function addConstraint(
  catalog: TableCatalog,
  name: string,
  given: unknown,
  options: ActionOptions,
): Promise<number> {
  checkedName(name, 'addConstraint')
  checkOptions(options, ['signal'], 'addConstraint')
  const { signal } = options
  throwIfAborted(signal)
  const where = `addConstraint "${clip(name)}"`
  for (let attempt = 1; ; attempt++) {
    const snapshot = await catalog.refresh()
    const constraint = newConstraint(name, given, snapshot.columns, where)
    const asKept = { ...constraint, since: snapshot.version, extra: [] }
    await validateRows({ catalog, signal }, snapshot, [asKept])
    try {
      return await catalog.addConstraint(constraint, snapshot)
    } catch (error) {
      const isLost = error instanceof GraupelError && error.code === 'CONFLICT'
      if (!isLost || attempt === ATTEMPTS_MAX) throw error
    }
  }
}

function newConstraint(
  name: string,
  given: unknown,
  columns: readonly Column[],
  where: string,
): NewConstraint {
  if (name === '' || name.length > NAME_CHARACTERS_MAX || !name.isWellFormed()) {
    throw invalid(`${where}: a name has 1 to ${NAME_CHARACTERS_MAX} characters`, { name })
  }
  const parts = typeof given === 'object' && given !== null ? Object.entries(given) : []
  const [kind, value] = parts[0] ?? []
  if (parts.length === 1 && kind === 'check') return checkOf(name, value, columns, where)
  if (parts.length === 1 && (kind === 'primaryKey' || kind === 'unique')) {
    return { kind, name, columns: keyColumns(kind, value, columns, where) }
  }
  throw invalid(
    `${where}: expected { check: (o) => ... }, { primaryKey: [...] } or { unique: [...] }`,
    { constraint: name },
  )
}

function checkOf(
  name: string,
  callback: unknown,
  columns: readonly Column[],
  where: string,
): NewConstraint {
  const condition = conditionOf(callback, rowScope(tableSchema(columns)), where)
  const ids = new Map(columns.map((column) => [column.name, column.id]))
  const predicate = exprToJson(condition, (column) => ids.get(column)!)
  const used = [...columnsOf(condition)].map((column) => ids.get(column)!)
  return { kind: 'check', name, columns: used, predicate }
}

function keyColumns(
  kind: 'primaryKey' | 'unique',
  names: unknown,
  columns: readonly Column[],
  where: string,
): number[] {
  if (!Array.isArray(names) || names.length === 0) {
    throw invalid(`${where}: expected a list of columns such as ['id']`)
  }
  return names.map((name, position) => {
    const column = columns.find((candidate) => candidate.name === name)
    if (column === undefined) {
      const known = columns.map((candidate) => candidate.name)
      throw nameNotFound('column', String(name), known)
    }
    const facts = { column: column.name }
    if (names.indexOf(name) < position) {
      throw invalid(`${where}: column "${clip(column.name)}" is named twice`, facts)
    }
    if (column.type.name === 'json') {
      throw invalid(
        `${where}: column "${clip(column.name)}" is json, which no key can be of`,
        facts,
      )
    }
    if (kind === 'primaryKey' && column.nullable) {
      throw invalid(
        `${where}: column "${clip(column.name)}" takes null, which no primary key does; use unique`,
        facts,
      )
    }
    return column.id
  })
}
