import { type Constraint, isKey } from '../../catalog/model/constraint.ts'
import type { Column, TableSnapshot } from '../../catalog/model/table.ts'
import { clip, corrupt } from '../../error.ts'
import type { Expr } from '../../plan/expr.ts'
import { columnsOf } from '../../plan/expr-walk.ts'
import { printExpr } from '../../plan/print-expr.ts'
import { storedExpr } from '../stored-expr.ts'

/** A check with its condition over the table's columns. */
export interface CheckRule {
  readonly kind: 'check'
  readonly name: string
  /** The columns that the condition names. */
  readonly columns: readonly Column[]
  readonly predicate: Expr
}

export interface KeyRule {
  readonly kind: 'primaryKey' | 'unique'
  readonly name: string
  readonly columns: readonly Column[]
}

export type Rule = CheckRule | KeyRule

/** Constraints of a table, ready to be looked at. */
export interface Rules {
  readonly checks: readonly CheckRule[]
  readonly keys: readonly KeyRule[]
}

/** A constraint as users see it. */
export interface ConstraintInfo {
  readonly name: string
  readonly kind: 'check' | 'primaryKey' | 'unique'
  /** Of a key in its order; of a check the columns that it names. */
  readonly columns: readonly string[]
  /** The condition of a check as text; null of keys. */
  readonly check: string | null
}

/** Throws DATA for a stored condition that is none, INVALID for one that a newer library wrote. */
export function rulesOf(
  { columns, name: table }: Pick<TableSnapshot, 'columns' | 'name'>,
  constraints: readonly Constraint[],
): Rules {
  const byId = new Map(columns.map((column) => [column.id, column]))
  const checks: CheckRule[] = []
  const keys: KeyRule[] = []
  for (const of of constraints) {
    const { name } = of
    if (isKey(of)) {
      keys.push({ kind: of.kind, name, columns: of.columns.map((id) => byId.get(id)!) })
      continue
    }
    const where = `table "${table}", constraint "${clip(name)}"`
    const predicate = predicateOf(of.predicate, columns, where)
    const names = columnsOf(predicate)
    const used = columns.filter((column) => names.has(column.name))
    checks.push({ kind: 'check', name, columns: used, predicate })
  }
  return { checks, keys }
}

export function constraintInfos(
  snapshot: Pick<TableSnapshot, 'columns' | 'name' | 'constraints'>,
): ConstraintInfo[] {
  return snapshot.constraints.map((of) => {
    const { checks, keys } = rulesOf(snapshot, [of])
    const rule = checks[0] ?? keys[0]!
    const columns = Object.freeze(rule.columns.map(({ name }) => name))
    const check = rule.kind === 'check' ? printExpr(rule.predicate) : null
    return Object.freeze({ name: rule.name, kind: rule.kind, columns, check })
  })
}

function predicateOf(json: unknown, columns: readonly Column[], where: string): Expr {
  const predicate = storedExpr(json, columns, where)
  if (predicate.type.name === 'bool') return predicate
  throw corrupt(`${where}: the condition is no bool`)
}
