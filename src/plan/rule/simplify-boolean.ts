import { bool } from '../../arrow/data-type.ts'
import type { CallExpr, Expr } from '../expr.ts'
import {
  callExpr,
  conjoin,
  conjuncts,
  disjoin,
  exprsEqual,
  literalExpr,
  mapExpr,
} from '../expr-walk.ts'
import type { FunctionName } from '../function.ts'
import { filter, type LogicalPlan, values } from '../logical-plan.ts'

/**
 * Shortens a filter's predicate, so that less is computed and more can be pruned by.
 *
 *     Filter p and true        ==>     Filter p
 *     Filter not(x < y)        ==>     Filter x >= y
 *     Filter true              ==>     (its input)
 *     Filter false or null     ==>     Values without rows
 *
 * Holds in three-valued logic: each step keeps true, false and null; comparison is a total order
 * in which NaN has its place, so that the opposite of `<` is `>=`; and a filter takes null for
 * false. Not applied to computed columns, where it might change what is nullable. Costs nothing;
 * an error that a dropped part would have raised is no longer raised.
 */
export function simplifyBoolean(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter') return plan
  const simplified = mapExpr(plan.predicate, simplify)
  const parts = conjuncts(simplified)
  if (parts.some((part) => isLiteral(part, false) || isLiteral(part, null))) {
    return values(plan.schema, [], 'empty')
  }
  const kept = distinct(parts.filter((part) => !isLiteral(part, true)))
  if (kept.length === 0) return plan.input
  if (kept.length < parts.length) return filter(plan.input, conjoin(kept))
  return simplified === plan.predicate ? plan : filter(plan.input, simplified)
}

const OPPOSITE = new Map<FunctionName, FunctionName>([
  ['eq', 'ne'],
  ['ne', 'eq'],
  ['lt', 'gte'],
  ['gte', 'lt'],
  ['gt', 'lte'],
  ['lte', 'gt'],
  ['isNull', 'isNotNull'],
  ['isNotNull', 'isNull'],
])

function simplify(expr: Expr): Expr {
  if (expr.kind !== 'call') return expr
  switch (expr.name) {
    case 'not':
      return simplifyNot(expr)
    case 'and':
      return simplifyJunction(expr, { neutral: true, rejoin: conjoin })
    case 'or':
      return simplifyJunction(expr, { neutral: false, rejoin: disjoin })
    case 'isNull':
    case 'isNotNull':
      return expr.args[0]!.nullable ? expr : literalExpr(expr.name === 'isNotNull', bool)
    default:
      return expr
  }
}

function simplifyNot(expr: CallExpr): Expr {
  const inner = expr.args[0]!
  if (inner.kind === 'literal') {
    return inner.value === null ? inner : literalExpr(inner.value !== true, bool)
  }
  if (inner.kind !== 'call') return expr
  if (inner.name === 'not') return inner.args[0]!
  const opposite = OPPOSITE.get(inner.name)
  return opposite === undefined ? expr : callExpr(opposite, inner.args)
}

interface Junction {
  /** The operand that changes nothing; its opposite decides alone. */
  readonly neutral: boolean
  readonly rejoin: (operands: readonly Expr[]) => Expr
}

function simplifyJunction(expr: CallExpr, { neutral, rejoin }: Junction): Expr {
  const decisive = expr.args.find((arg) => isLiteral(arg, !neutral))
  if (decisive !== undefined) return decisive
  const kept = distinct(expr.args.filter((arg) => !isLiteral(arg, neutral)))
  return kept.length === expr.args.length ? expr : rejoin(kept)
}

function isLiteral(expr: Expr, value: boolean | null): boolean {
  return expr.kind === 'literal' && expr.value === value
}

const COMPARED_MAX = 200

/** Without the expressions that stand there already; long lists are left as they are. */
function distinct(exprs: readonly Expr[]): readonly Expr[] {
  if (exprs.length > COMPARED_MAX) return exprs
  return exprs.filter(
    (expr, position) => exprs.findIndex((other) => exprsEqual(expr, other)) === position,
  )
}
