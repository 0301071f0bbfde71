import { isKey } from '../catalog/model/constraint.ts'
import { unreachable } from '../error.ts'
import type { Expr, NamedExpr } from './expr.ts'
import type { Join, LogicalPlan, Scan } from './logical-plan.ts'

/** Columns whose values together no two rows of a plan share. */
export interface UniqueKey {
  readonly columns: ReadonlySet<string>
  /** Whether that holds too where null equals null, as in groups; otherwise a null is equal to none. */
  readonly isStrict: boolean
}

/**
 * What is known to tell the rows of `plan` apart, by the constraints that hold at the versions that
 * its scans read, and by how it is made.
 */
export function uniqueKeys(plan: LogicalPlan): readonly UniqueKey[] {
  switch (plan.kind) {
    case 'scan':
      return keysOfScan(plan)
    case 'filter':
    case 'sort':
    case 'top-k':
    case 'limit':
    case 'sample':
    case 'window':
      return uniqueKeys(plan.input)
    case 'project':
      return uniqueKeys(plan.input).flatMap((key) => renamed(key, outputsOf(plan.columns)))
    case 'aggregate': {
      if (plan.keys.length === 0) return []
      const columns = new Set(plan.keys.map(({ name }) => name))
      return [{ columns, isStrict: true }]
    }
    case 'join':
      return keysOfJoin(plan)
    case 'explode':
    case 'union':
    case 'values':
      return []
    default:
      return unreachable(plan)
  }
}

/** Whether no two rows of `plan` are equal in `exprs`, of which those count that are columns. */
export function isUniqueBy(
  plan: LogicalPlan,
  exprs: readonly Expr[],
  nulls: 'equal' | 'distinct',
): boolean {
  const names = new Set(exprs.flatMap((expr) => (expr.kind === 'column' ? [expr.name] : [])))
  return uniqueKeys(plan).some(
    ({ columns, isStrict }) =>
      (isStrict || nulls === 'distinct') && [...columns].every((name) => names.has(name)),
  )
}

/** For each column of a node's input, under which name it is handed on. */
export function outputsOf(columns: readonly NamedExpr[]): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>()
  for (const { name, expr } of columns) {
    if (expr.kind === 'column' && !outputs.has(expr.name)) outputs.set(expr.name, name)
  }
  return outputs
}

/** The names of the columns of a join's right input, and what they are called above it. */
export function rightOutputsOf({ right, rightNames }: Join): ReadonlyMap<string, string> {
  return new Map(right.schema.fields.map(({ name }, position) => [name, rightNames[position]!]))
}

function keysOfScan({ table, columns }: Scan): UniqueKey[] {
  const byId = new Map(columns.map((column) => [column.id, column]))
  return table.constraints.filter(isKey).flatMap((constraint) => {
    const found = constraint.columns.map((id) => byId.get(id))
    if (found.includes(undefined)) return []
    const names = new Set(found.map((column) => column!.name))
    return [{ columns: names, isStrict: found.every((column) => !column!.nullable) }]
  })
}

/** A row stays one row where it meets one row at most on the other side. */
function keysOfJoin(plan: Join): UniqueKey[] {
  const { how, left, right, leftKeys, rightKeys } = plan
  if (how === 'semi' || how === 'anti') return [...uniqueKeys(left)]
  if (how !== 'inner' && how !== 'left') return []
  const keys: UniqueKey[] = []
  if (isUniqueBy(right, rightKeys, 'distinct')) keys.push(...uniqueKeys(left))
  if (how === 'inner' && isUniqueBy(left, leftKeys, 'distinct')) {
    const outputs = rightOutputsOf(plan)
    keys.push(...uniqueKeys(right).flatMap((key) => renamed(key, outputs)))
  }
  return keys
}

function renamed({ columns, isStrict }: UniqueKey, outputs: ReadonlyMap<string, string>) {
  const names = [...columns].map((name) => outputs.get(name))
  if (names.includes(undefined)) return []
  return [{ columns: new Set(names as string[]), isStrict }]
}
