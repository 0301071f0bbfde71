import { isFloat } from '../../arrow/data-type.ts'
import { fieldNames } from '../../arrow/schema.ts'
import type { Expr, NamedExpr } from '../expr.ts'
import { columnExpr, columnsOf, conjoin, conjuncts, mapExpr, substitute } from '../expr-walk.ts'
import { filter, type Join, type JoinHow, join, type LogicalPlan } from '../logical-plan.ts'
import { mayThrow } from '../may-throw.ts'

/** The sides of a join of which a row that fails a conjunct takes all its joined rows with it. */
export const FILTERED_SIDES: Record<JoinHow, { readonly left: boolean; readonly right: boolean }> =
  {
    inner: { left: true, right: true },
    cross: { left: true, right: true },
    left: { left: true, right: false },
    right: { left: false, right: true },
    full: { left: false, right: false },
    semi: { left: true, right: false },
    anti: { left: true, right: false },
  }

/**
 * Filters the inputs of a join, so that fewer rows are joined and the filter can travel on.
 *
 *     Filter p(l) and q(r) and s(l, r)          Filter s(l, r)
 *       Join inner                       ==>      Join inner
 *         left                                      Filter p(l)
 *         right                                       left
 *                                                   Filter q(r)
 *                                                     right
 *
 * Holds for a side of which every row that comes out is a row that went in: both sides of inner
 * and cross, the left of left, semi and anti, the right of right. A conjunct over keys alone is
 * also copied to the other side of inner and semi: there the keys are equal. Not applied to a
 * side that may be missing (a full join keeps every filter above it), as rows of the other side
 * would come back with nulls; nor to a conjunct that may raise an error, which would meet rows
 * that find no partner. Keys that are floats are not copied: 0 equals -0 and yet differs in some
 * functions. Costs the copied conjunct once more.
 */
export function pushFilterBelowJoin(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'join') return plan
  const on = plan.input
  const leftNames = new Set(fieldNames(on.left.schema))
  const rightNames = new Set(on.rightNames)
  const left: Expr[] = []
  const right: Expr[] = []
  const kept: Expr[] = []
  for (const part of conjuncts(plan.predicate)) {
    const names = [...columnsOf(part)]
    if (mayThrow(part)) kept.push(part)
    else if (FILTERED_SIDES[on.how].left && names.every((name) => leftNames.has(name)))
      left.push(part)
    else if (FILTERED_SIDES[on.how].right && names.every((name) => rightNames.has(name)))
      right.push(part)
    else kept.push(part)
  }
  if (left.length + right.length === 0) return plan
  const toRight = on.right.schema.fields.map((of, position) => ({
    name: on.rightNames[position]!,
    expr: columnExpr(of),
  }))
  const ownRight = right.map((part) => substitute(part, toRight))
  const joined = join(
    filtered(on.left, [...left, ...copiesToLeft(ownRight, on)]),
    filtered(on.right, [...ownRight, ...copiesToRight(left, on)]),
    on,
  )
  return kept.length === 0 ? joined : filter(joined, conjoin(kept))
}

/** `input` without rows for which one of `parts` is not true. */
export function filtered(input: LogicalPlan, parts: readonly Expr[]): LogicalPlan {
  return parts.length === 0 ? input : filter(input, conjoin(parts))
}

function copiesToRight(parts: readonly Expr[], on: Join): Expr[] {
  return on.how === 'inner' || on.how === 'semi' ? copies(parts, on.leftKeys, on.rightKeys) : []
}

function copiesToLeft(parts: readonly Expr[], on: Join): Expr[] {
  return on.how === 'inner' ? copies(parts, on.rightKeys, on.leftKeys) : []
}

/** Those of `parts` that name keys alone, in terms of the keys of the other side. */
function copies(parts: readonly Expr[], keys: readonly Expr[], others: readonly Expr[]): Expr[] {
  const columns: NamedExpr[] = []
  for (const [position, key] of keys.entries()) {
    const other = others[position]!
    if (key.kind !== 'column' || isFloat(key.type) || mayThrow(other)) continue
    columns.push({ name: key.name, expr: other })
  }
  const names = new Set(columns.map(({ name }) => name))
  return parts
    .filter((part) => {
      const used = [...columnsOf(part)]
      return used.length > 0 && used.every((name) => names.has(name))
    })
    .map((part) => mapExpr(substitute(part, columns), mayBeNull))
}

/** The other side's key may be null where this side's cannot. */
function mayBeNull(expr: Expr): Expr {
  if (expr.nullable || expr.kind === 'column' || expr.kind === 'literal') return expr
  return Object.freeze({ ...expr, nullable: true })
}
