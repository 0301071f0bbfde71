import { schemasEqual } from '../arrow/schema.ts'
import { isExactAggregate } from './exact-aggregate.ts'
import type { AggregateExpr, Expr } from './expr.ts'
import { joinGraph } from './join-graph.ts'
import { InputJoiner, inPlan, type Joined } from './joined-inputs.ts'
import { type LogicalPlan, mapInputs } from './logical-plan.ts'
import { mayThrow, planMayThrow } from './may-throw.ts'
import { isUniqueBy } from './unique-keys.ts'
import { isUniqueByStatistics } from './unique-statistics.ts'

/** The part of the supposed cost that another order may have at most to be taken. */
const GAIN = 0.8
/** More inputs are left as they are: the search looks at every pair. */
const INPUTS_MAX = 24

/** Whether the order of a node's rows can be seen in the result. */
type Order = 'seen' | 'unseen'

/**
 * Joins what makes few rows first, and collects the smaller side of a join.
 *
 *     Aggregate sum(z)                           Aggregate sum(z)
 *       Join inner on b                            Project
 *         Join inner on a                ==>         Join inner on a
 *           small                                      huge
 *           huge                                       Join inner on b
 *         one row                                        small
 *                                                        one row
 *
 * Inner joins give the same rows whatever their order, but not in the same order. Where nobody can
 * see it (below sums, counts and ends without keys, below a sort that tells all rows apart, on the
 * right of a semi join) two inputs at a time are joined, those first that are likely to make the
 * fewest rows. Elsewhere the first input stays first, and only joins that find one row at most for
 * each are moved: rows keep their order then. Other joins are neither moved nor crossed. Not
 * applied where a key or an input may raise an error, nor for a gain that may be a wrong guess.
 * For plans whose partitions are bound. Costs a guess for each pair of inputs.
 */
export function orderJoins(plan: LogicalPlan): LogicalPlan {
  return ordered(plan, 'seen')
}

function ordered(plan: LogicalPlan, order: Order): LogicalPlan {
  const better = plan.kind === 'join' || plan.kind === 'project' ? reordered(plan, order) : plan
  if (better !== plan) return better
  return mapInputs(plan, (input) => ordered(input, orderOf(plan, input, order)))
}

/** Whether the order of the rows of `input` can be seen, given what can be seen of those of `plan`. */
function orderOf(plan: LogicalPlan, input: LogicalPlan, order: Order): Order {
  switch (plan.kind) {
    case 'aggregate': {
      const isFree = plan.keys.length === 0 || order === 'unseen'
      return isFree && plan.aggregates.every(isOrderless) ? 'unseen' : 'seen'
    }
    case 'sort':
    case 'top-k': {
      const keys = plan.keys.map(({ expr }) => expr)
      if (isUniqueBy(input, keys, 'equal')) return 'unseen'
      return plan.kind === 'sort' ? order : 'seen'
    }
    case 'join': {
      const isTested = plan.how === 'semi' || plan.how === 'anti'
      return isTested && input === plan.right ? 'unseen' : order
    }
    case 'filter':
    case 'project':
    case 'union':
    case 'explode':
      return order
    default:
      return 'seen'
  }
}

const isOrderless = (of: AggregateExpr): boolean =>
  of.aggregate === 'countDistinct' || isExactAggregate(of)

/** The joins at the top of `plan` in a better order, and all below them; `plan` if there is none. */
function reordered(plan: LogicalPlan, order: Order): LogicalPlan {
  const graph = joinGraph(plan, order === 'unseen' ? 'whole' : 'spine')
  const { inputs, equalities } = graph
  if (inputs.length < 2 || inputs.length > INPUTS_MAX) return plan
  if (equalities.some(({ sides }) => sides.some(mayThrow)) || inputs.some(planMayThrow)) return plan
  if (equalities.some((of) => of.inputs.some((side) => side.size !== 1))) return plan
  const joiner = new InputJoiner(graph)
  const better = order === 'unseen' ? greedy(inputs, joiner) : inTurn(inputs, joiner)
  const cost = joiner.inOrder(graph.shape).cost
  if (better === null || better.cost > cost * GAIN) return plan
  const found = joiner.finished(better, plan)
  if (!schemasEqual(found.schema, plan.schema)) return plan
  return withInputs(found, new Set(inputs), order)
}

/** The same tree with the joins below its inputs put in order, too. */
function withInputs(
  plan: LogicalPlan,
  inputs: ReadonlySet<LogicalPlan>,
  order: Order,
): LogicalPlan {
  if (inputs.has(plan)) return ordered(plan, order)
  return mapInputs(plan, (input) => withInputs(input, inputs, order))
}

/** Always joins the two that are likely to make the fewest rows, and collects the one of which fewer values can count. */
function greedy(inputs: readonly LogicalPlan[], joiner: InputJoiner): Joined | null {
  const open = inputs.map((_, number) => joiner.alone(number))
  while (open.length > 1) {
    let best: { a: Joined; b: Joined; rows: number } | null = null
    for (const [position, a] of open.entries()) {
      for (const b of open.slice(position + 1)) {
        if (joiner.between(a, b).length === 0) continue
        const rows = joiner.rowsOf(a, b)
        if (best === null || rows < best.rows) best = { a, b, rows }
      }
    }
    if (best === null) return null
    const { a, b } = best
    const size = (of: Joined, other: Joined) => joiner.rowsFound(of, other) * of.names.size
    const joined = size(b, a) > size(a, b) ? joiner.join(b, a) : joiner.join(a, b)
    open.splice(open.indexOf(b), 1)
    open.splice(open.indexOf(a), 1, joined)
  }
  return open[0]!
}

/** From the first on, always the one that is likely to make the fewest rows and keeps the order. */
function inTurn(inputs: readonly LogicalPlan[], joiner: InputJoiner): Joined | null {
  let joined = joiner.alone(0)
  let open = inputs.slice(1).map((_, position) => joiner.alone(position + 1))
  while (open.length > 0) {
    let best: { next: Joined; rows: number } | null = null
    let isFirst = true
    for (const next of open) {
      const pairs = joiner.between(joined, next)
      const keys = pairs.map(([, key]) => inPlan(next, key))
      const isLone = pairs.length > 0 && keepsRowsApart(next.plan, keys)
      const mayCome = isLone || (isFirst && pairs.length > 0)
      if (!isLone) isFirst = false
      if (!mayCome) continue
      const rows = joiner.rowsOf(joined, next)
      if (best === null || rows < best.rows) best = { next, rows }
    }
    if (best === null) return null
    const { next } = best
    joined = joiner.join(joined, next)
    open = open.filter((other) => other !== next)
  }
  return joined
}

/** Whether no two rows of `plan` have the same keys, so that a row finds one of them at most. */
function keepsRowsApart(plan: LogicalPlan, keys: readonly Expr[]): boolean {
  return isUniqueBy(plan, keys, 'distinct') || keys.some((key) => isUniqueByStatistics(plan, key))
}
