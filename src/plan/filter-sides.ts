import { fieldNames } from '../arrow/schema.ts'
import type { Expr } from './expr.ts'
import {
  columnExpr,
  columnsOf,
  conjoin,
  conjuncts,
  disjoin,
  disjuncts,
  substitute,
} from './expr-walk.ts'
import {
  type Filter,
  filter,
  type Join,
  join,
  type LogicalPlan,
  mapInputs,
} from './logical-plan.ts'
import { mayThrow } from './may-throw.ts'
import { FILTERED_SIDES, filtered, pushFilterBelowJoin } from './rule/push-filter-below-join.ts'

/**
 * Filters the sides of a join by what a choice over both of them says of each.
 *
 *     Filter p1(l) and q1(r) or p2(l) and q2(r)        Filter p1(l) and q1(r) or p2(l) and q2(r)
 *       Join inner                                       Join inner
 *         left                                  ==>        Filter p1(l) or p2(l)
 *         right                                              left
 *                                                          Filter q1(r) or q2(r)
 *                                                            right
 *
 * Holds because a choice is true only where one of its cases is, and a case only where all of its
 * conjuncts are: a row for which none of the cases can be true takes its joined rows with it. The
 * choice itself stays, so that nothing rests on unknown being dropped sooner. Sides are those into
 * which a filter may be moved at all. Not applied to a choice that may raise an error, nor where a
 * case says nothing of a side. Costs the derived filter once more; done once, as a filter that has
 * travelled on could not be told from one that is missing.
 */
export function filterSides(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'join') return mapInputs(plan, filterSides)
  const moved = pushFilterBelowJoin(plan)
  return moved === plan ? mapInputs(derived(plan, plan.input), filterSides) : filterSides(moved)
}

function derived(plan: Filter, on: Join): LogicalPlan {
  const choices = conjuncts(plan.predicate)
    .map(disjuncts)
    .filter((cases) => cases.length > 1 && !cases.some(mayThrow))
  const sides = FILTERED_SIDES[on.how]
  const left = sides.left ? saidOf(choices, fieldNames(on.left.schema)) : []
  const right = sides.right ? saidOf(choices, on.rightNames) : []
  if (left.length + right.length === 0) return plan
  const toRight = on.right.schema.fields.map((of, position) => {
    return { name: on.rightNames[position]!, expr: columnExpr(of) }
  })
  const ownRight = right.map((part) => substitute(part, toRight))
  const joined = join(filtered(on.left, left), filtered(on.right, ownRight), on)
  return filter(joined, plan.predicate)
}

/** Of each choice what it says of the columns `names` alone, if every case says something. */
function saidOf(choices: readonly (readonly Expr[])[], names: readonly string[]): Expr[] {
  const known = new Set(names)
  const isOf = (expr: Expr): boolean => {
    const used = [...columnsOf(expr)]
    return used.length > 0 && used.every((name) => known.has(name))
  }
  return choices.flatMap((cases) => {
    const parts = cases.map((one) => conjuncts(one).filter(isOf))
    return parts.every((of) => of.length > 0) ? [disjoin(parts.map(conjoin))] : []
  })
}
