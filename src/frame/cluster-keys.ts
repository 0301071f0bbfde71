import { batch } from '../arrow/batch.ts'
import { compareScalars, type Scalar, scalarAt } from '../arrow/scalar.ts'
import { field, schema } from '../arrow/schema.ts'
import { concat } from '../arrow/vector.ts'
import type { ColumnPartition, PartitionSet } from '../catalog/model/partition-set.ts'
import { type Column, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import { clip, invalid, nameNotFound } from '../error.ts'
import { evaluate } from '../exec/row-change.ts'
import type { Expr, SortKey } from '../plan/expr.ts'
import { exprToJson } from '../plan/expr-json.ts'
import { columnExpr } from '../plan/expr-walk.ts'
import { orderedAs } from '../plan/order-preserving.ts'
import { printExpr } from '../plan/print-expr.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import { scalarVector } from '../plan/scalar-vector.ts'
import { answerOf, rowScope } from './change-clauses.ts'
import { termOfExpr } from './lazy-expr.ts'
import { storedExpr } from './stored-expr.ts'

/** What rows are sorted by: a column, or an expression that keeps its order. */
export interface ClusterKey {
  /** For people. */
  readonly name: string
  readonly column: Column
  readonly expr: Expr
}

/**
 * The keys that a user gives as `ClusterKeys`. Throws NOT_FOUND for a name that is no column,
 * INVALID for what is neither, for an expression that does not keep an order, and for one twice.
 */
export function clusterKeys(
  given: unknown,
  columns: readonly Column[],
  where: string,
): ClusterKey[] {
  checkClusterKeys(given, where)
  if (typeof given !== 'function') return (given as string[]).map((name) => plainKey(name, columns))
  const scope = rowScope(tableSchema(columns))
  const answer = answerOf(given as (row: unknown) => unknown, scope, where)
  if (!Array.isArray(answer)) throw wrongKeys(where, answer)
  const keys = answer.map((value: unknown) => {
    const expr = resolveTerm(termOfExpr(value, where), scope.schema)
    return exprKey(expr, columns) ?? refuse(expr, where)
  })
  requireOnce(
    keys.map(({ name }) => name),
    where,
  )
  return keys
}

/** Throws INVALID for what no columns could make keys of. */
export function checkClusterKeys(given: unknown, where: string): void {
  if (typeof given === 'function') return
  const isList = Array.isArray(given) && given.every((name) => typeof name === 'string')
  if (!isList) throw wrongKeys(where, given)
  requireOnce(given, where)
}

/** The keys as a new table has them. */
export function storedKeys(
  keys: readonly ClusterKey[],
): Pick<TableSnapshot, 'clusterBy' | 'clusterKeys'> {
  const clusterBy = keys.map(({ column }) => column.name)
  if (keys.every(({ expr }) => expr.kind === 'column')) return { clusterBy }
  return {
    clusterBy,
    clusterKeys: keys.map(({ expr, column }) => exprToJson(expr, () => column.id)),
  }
}

/** The keys that a table has. Throws DATA for stored ones that are none. */
export function clusterKeysOf(
  of: Pick<TableSnapshot, 'columns' | 'clusterBy' | 'clusterKeys'>,
): ClusterKey[] {
  return of.clusterBy.map((name, position) => {
    const plain = plainKey(name, of.columns)
    const json = of.clusterKeys?.[position]
    if (json === undefined) return plain
    const key = exprKey(storedExpr(json, of.columns, `clustering key ${position + 1}`), of.columns)
    // A wider column may have values that its key raises an error for.
    return key?.column === plain.column ? key : plain
  })
}

/** The keys that a user gives for a table, or those that it has. Throws as both do. */
export function clusterKeysFor(
  snapshot: TableSnapshot,
  given: unknown,
  where: string,
): ClusterKey[] {
  return given === undefined ? clusterKeysOf(snapshot) : clusterKeys(given, snapshot.columns, where)
}

export function sortKeysOf(keys: readonly ClusterKey[]): SortKey[] {
  return keys.map(({ expr }) => ({ expr, descending: false, nulls: 'last' }))
}

/**
 * The keys as columns, and `set` with their statistics: what an expression makes of the bounds of
 * its column.
 */
export function keyedSet(
  set: PartitionSet,
  keys: readonly ClusterKey[],
): { readonly set: PartitionSet; readonly columns: readonly Column[] } {
  const statistics = new Map(set.statistics)
  const columns = keys.map(({ name, column, expr }, position) => {
    if (expr.kind === 'column') return column
    const id = -1 - position
    statistics.set(id, keyStatistics(set.statistics.get(column.id) ?? new Map(), column, expr))
    return { ...column, id, name, type: expr.type }
  })
  return { set: { ...set, statistics }, columns }
}

function keyStatistics(
  known: ReadonlyMap<number, ColumnPartition>,
  { name, type }: Column,
  expr: Expr,
): ReadonlyMap<number, ColumnPartition> {
  const entries = [...known]
  const bounds = entries.flatMap(([, { min, max }]) => [min, max])
  const input = schema([field(name, type, true)])
  const vector = concat(
    type,
    bounds.map((value) => scalarVector(value, type)),
  )
  const values = evaluate(expr, batch(input, [vector], bounds.length))
  return new Map(
    entries.map(([id, of], at) => {
      const [min, max] = [scalarAt(values, 2 * at), scalarAt(values, 2 * at + 1)]
      const isOne = min !== null && isSame(min, max)
      const [minExact, maxExact] = [isOne || of.minExact, isOne || of.maxExact]
      return [id, { ...of, min, max, minExact, maxExact }] as const
    }),
  )
}

const isSame = (a: Scalar, b: Scalar) => b !== null && compareScalars(a, b) === 0

function plainKey(name: string, columns: readonly Column[]): ClusterKey {
  const column = columns.find((candidate) => candidate.name === name)
  if (column !== undefined) return { name, column, expr: columnExpr(column) }
  throw nameNotFound(
    'column',
    name,
    columns.map((candidate) => candidate.name),
  )
}

function exprKey(expr: Expr, columns: readonly Column[]): ClusterKey | undefined {
  if (expr.kind === 'column') return plainKey(expr.name, columns)
  const along = orderedAs(expr)
  if (along === undefined) return undefined
  return { ...plainKey(along.name, columns), name: printExpr(expr), expr }
}

function refuse(expr: Expr, where: string): never {
  const text = printExpr(expr)
  throw invalid(
    `${where}: "${clip(text)}" does not keep the order of one column, as o.at.dt.truncate('month'), ` +
      'o.name.str.left(4), o.n.intDiv(100) and o.x.floor() do',
    { expression: text },
  )
}

function requireOnce(names: readonly string[], where: string): void {
  const twice = names.find((name, position) => names.indexOf(name) !== position)
  if (twice === undefined) return
  throw invalid(`${where}: clusterBy names "${clip(twice)}" twice`, { column: twice })
}

function wrongKeys(where: string, given: unknown) {
  return invalid(
    `${where}: clusterBy has to be a list of column names, or (o) => a list of expressions`,
    { clusterBy: given },
  )
}
