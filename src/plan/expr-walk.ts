import { bool } from '../arrow/data-type.ts'
import { unreachable } from '../error.ts'
import type { Expr, NamedExpr } from './expr.ts'
import type { FunctionName } from './function.ts'
import { literalExpr } from './leaf-expr.ts'
import { signature } from './signature.ts'

export { childrenOf, columnsOf, exprsEqual } from './expr-children.ts'
export {
  caseExpr,
  castExpr,
  columnExpr,
  inExpr,
  literalExpr,
  memberExpr,
  userExpr,
} from './leaf-expr.ts'

/** The function `name` of `args`, typed by its signature. Throws INVALID for wrong arguments. */
export function callExpr(name: FunctionName, args: readonly Expr[]): Expr {
  const { args: typed, type, nullable } = signature(name, args)
  return Object.freeze({ kind: 'call', name, args: Object.freeze([...typed]), type, nullable })
}

/** True where `expr` is false, null where it is null. */
export function not(expr: Expr): Expr {
  return callExpr('not', [expr])
}

/** The expressions that all have to be true for `expr` to be: its `and`s taken apart, in order. */
export function conjuncts(expr: Expr): Expr[] {
  return operandsOf(expr, 'and')
}

/** The expressions of which one has to be true for `expr` to be: its `or`s taken apart, in order. */
export function disjuncts(expr: Expr): Expr[] {
  return operandsOf(expr, 'or')
}

/** `exprs` joined by `and`, in order; true when there are none. */
export function conjoin(exprs: readonly Expr[]): Expr {
  return joined(exprs, 'and') ?? literalExpr(true, bool)
}

/** `exprs` joined by `or`, in order; false when there are none. */
export function disjoin(exprs: readonly Expr[]): Expr {
  return joined(exprs, 'or') ?? literalExpr(false, bool)
}

function operandsOf(expr: Expr, name: 'and' | 'or'): Expr[] {
  const operands: Expr[] = []
  const open = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'call' && next.name === name) open.push(...[...next.args].reverse())
    else operands.push(next)
  }
  return operands
}

/** As a balanced tree, so that thousands of operands do not make thousands of levels. */
function joined(exprs: readonly Expr[], name: 'and' | 'or'): Expr | undefined {
  if (exprs.length <= 1) return exprs[0]
  const middle = Math.ceil(exprs.length / 2)
  const left = joined(exprs.slice(0, middle), name)!
  return callExpr(name, [left, joined(exprs.slice(middle), name)!])
}

/** `expr` with each column that `columns` names replaced by how it is computed there. */
export function substitute(expr: Expr, columns: readonly NamedExpr[]): Expr {
  const byName = new Map(columns.map((column) => [column.name, column.expr]))
  return mapExpr(expr, (of) => (of.kind === 'column' ? (byName.get(of.name) ?? of) : of))
}

/**
 * `expr` rewritten bottom-up: `rewrite` sees each expression after what is inside it. It must keep
 * the type. The same object comes back when nothing changed.
 */
export function mapExpr(expr: Expr, rewrite: (expr: Expr) => Expr): Expr {
  return rewrite(mapChildren(expr, (child) => mapExpr(child, rewrite)))
}

function mapChildren(expr: Expr, rewrite: (expr: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return expr
    case 'call':
    case 'user': {
      const args = expr.args.map(rewrite)
      if (args.every((arg, position) => arg === expr.args[position])) return expr
      return Object.freeze({ ...expr, args: Object.freeze(args) })
    }
    case 'cast':
    case 'in':
    case 'member': {
      const input = rewrite(expr.input)
      return input === expr.input ? expr : Object.freeze({ ...expr, input })
    }
    case 'case': {
      const branches = expr.branches.map((branch) => {
        const when = rewrite(branch.when)
        const then = rewrite(branch.then)
        return when === branch.when && then === branch.then ? branch : Object.freeze({ when, then })
      })
      const otherwise = rewrite(expr.otherwise)
      const same = branches.every((branch, position) => branch === expr.branches[position])
      if (same && otherwise === expr.otherwise) return expr
      return Object.freeze({ ...expr, branches: Object.freeze(branches), otherwise })
    }
    default:
      return unreachable(expr)
  }
}
