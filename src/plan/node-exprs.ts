import { unreachable } from '../error.ts'
import type { AggregateExpr, Expr, NamedExpr, SortKey, WindowExpr } from './expr.ts'
import {
  aggregate,
  filter,
  join,
  type LogicalPlan,
  project,
  sort,
  topK,
  window,
  withScan,
} from './logical-plan.ts'

/** `plan` with each of its own expressions rewritten; the same object when none changed. */
export function mapNodeExprs(plan: LogicalPlan, rewrite: (expr: Expr) => Expr): LogicalPlan {
  switch (plan.kind) {
    case 'scan': {
      const predicate = plan.predicate === null ? null : rewrite(plan.predicate)
      return predicate === plan.predicate ? plan : withScan(plan, { predicate })
    }
    case 'filter': {
      const predicate = rewrite(plan.predicate)
      return predicate === plan.predicate ? plan : filter(plan.input, predicate)
    }
    case 'project': {
      const columns = mapSame(plan.columns, (of) => mapNamed(of, rewrite))
      return columns === plan.columns ? plan : project(plan.input, columns)
    }
    case 'aggregate': {
      const keys = mapSame(plan.keys, (of) => mapNamed(of, rewrite))
      const aggregates = mapSame(plan.aggregates, (of) => mapInput(of, rewrite))
      if (keys === plan.keys && aggregates === plan.aggregates) return plan
      return aggregate(plan.input, keys, aggregates)
    }
    case 'join': {
      const leftKeys = mapSame(plan.leftKeys, rewrite)
      const rightKeys = mapSame(plan.rightKeys, rewrite)
      if (leftKeys === plan.leftKeys && rightKeys === plan.rightKeys) return plan
      return join(plan.left, plan.right, { ...plan, leftKeys, rightKeys })
    }
    case 'sort':
    case 'top-k': {
      const keys = mapSame(plan.keys, (of) => mapKey(of, rewrite))
      if (keys === plan.keys) return plan
      return plan.kind === 'sort' ? sort(plan.input, keys) : topK(plan.input, keys, plan)
    }
    case 'window': {
      const partitionBy = mapSame(plan.partitionBy, rewrite)
      const orderBy = mapSame(plan.orderBy, (of) => mapKey(of, rewrite))
      const outputs = mapSame(plan.outputs, (of) => mapInputs(of, rewrite))
      const changed =
        partitionBy !== plan.partitionBy || orderBy !== plan.orderBy || outputs !== plan.outputs
      return changed ? window(plan.input, { partitionBy, orderBy, outputs }) : plan
    }
    case 'values':
    case 'limit':
    case 'sample':
    case 'explode':
    case 'union':
      return plan
    default:
      return unreachable(plan)
  }
}

function mapSame<T>(before: readonly T[], rewrite: (of: T) => T): readonly T[] {
  const after = before.map(rewrite)
  return after.every((of, position) => of === before[position]) ? before : after
}

function mapNamed(of: NamedExpr, rewrite: (expr: Expr) => Expr): NamedExpr {
  const expr = rewrite(of.expr)
  return expr === of.expr ? of : Object.freeze({ name: of.name, expr })
}

function mapInput(of: AggregateExpr, rewrite: (expr: Expr) => Expr): AggregateExpr {
  const input = of.input === null ? null : rewrite(of.input)
  const more = of.more && mapSame(of.more, rewrite)
  if (input === of.input && more === of.more) return of
  return Object.freeze({ ...of, input, ...(more && { more }) })
}

function mapInputs(of: WindowExpr, rewrite: (expr: Expr) => Expr): WindowExpr {
  const inputs = mapSame(of.inputs, rewrite)
  return inputs === of.inputs ? of : Object.freeze({ ...of, inputs })
}

function mapKey(of: SortKey, rewrite: (expr: Expr) => Expr): SortKey {
  const expr = rewrite(of.expr)
  return expr === of.expr ? of : Object.freeze({ ...of, expr })
}

/** The expressions that stand in `plan` itself. */
export function exprsOf(plan: LogicalPlan): Expr[] {
  const exprs: Expr[] = []
  mapNodeExprs(plan, (expr) => {
    exprs.push(expr)
    return expr
  })
  return exprs
}
