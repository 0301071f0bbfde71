import { int64 } from '../../arrow/data-type.ts'
import type { AggregateExpr, Expr } from '../../plan/expr.ts'
import { exprsEqual } from '../../plan/expr-children.ts'
import type { AggregateName } from '../../plan/function.ts'
import { aggregateSignature } from '../../plan/signature.ts'
import type { AggregateState } from './aggregate-state.ts'
import { CollectListState } from './collect-list.ts'
import { CountState } from './count.ts'
import { CountDistinctState } from './count-distinct.ts'
import { extremumState } from './extremum.ts'
import { LoneMeanState, MeanState } from './mean.ts'
import { MedianState } from './median.ts'
import { PickState } from './pick.ts'
import { SumState } from './sum.ts'
import { VarianceState } from './variance.ts'

const inputType = ({ name, input }: AggregateExpr) => {
  if (input === null) throw new Error(`aggregate "${name}" has no input`)
  return input.type
}

/** How each aggregate starts. */
const AGGREGATES = {
  count: () => new CountState(),
  countDistinct: (expr) => new CountDistinctState(inputType(expr)),
  sum: (expr) => new SumState(expr),
  min: (expr) => extremumState(inputType(expr), 'min'),
  max: (expr) => extremumState(inputType(expr), 'max'),
  any: (expr) => new PickState(inputType(expr), 'any'),
  first: (expr) => new PickState(inputType(expr), 'first'),
  last: (expr) => new PickState(inputType(expr), 'last'),
  stddev: (expr) => new VarianceState(inputType(expr), 'stddev'),
  variance: (expr) => new VarianceState(inputType(expr), 'variance'),
  collectList: (expr) => new CollectListState(expr.type),
  median: (expr) => new MedianState(inputType(expr)),
} satisfies Record<Exclude<AggregateName, 'mean'>, (expr: AggregateExpr) => AggregateState>

/** A state to be fed, and what it is fed. */
export interface FedState {
  readonly state: AggregateState
  readonly expr: AggregateExpr
}

/** The states of the aggregates of one node: what two of them need is gathered once. */
export interface AggregateStates {
  /** All that have to be fed, each once. */
  readonly fed: readonly FedState[]
  /** Per aggregate, the state that gives its result. */
  readonly results: readonly AggregateState[]
}

/** An empty state of one aggregate, which shares with no other. */
export function aggregateState(expr: AggregateExpr): AggregateState {
  if (expr.aggregate !== 'mean') return AGGREGATES[expr.aggregate](expr)
  const sum = new SumState({ ...expr, aggregate: 'sum', ...aggregateSignature('sum', expr.input) })
  return new LoneMeanState(inputType(expr), sum, new CountState())
}

/** Empty states of `aggregates`. */
export function aggregateStates(aggregates: readonly AggregateExpr[]): AggregateStates {
  const fed: FedState[] = []
  const shared = (expr: AggregateExpr): AggregateState => {
    const found = fed.find((other) => gatherTheSame(other.expr, expr))
    if (found !== undefined) return found.state
    const state = expr.aggregate === 'mean' ? meanOf(expr) : AGGREGATES[expr.aggregate](expr)
    if (expr.aggregate !== 'mean') fed.push({ state, expr })
    return state
  }
  const meanOf = (expr: AggregateExpr): AggregateState => {
    const sum = shared({ ...expr, aggregate: 'sum', ...aggregateSignature('sum', expr.input) })
    const count = shared({ ...expr, aggregate: 'count', type: int64, nullable: false })
    return new MeanState(inputType(expr), sum as SumState, count as CountState)
  }
  return { results: aggregates.map(shared), fed }
}

/** Whether one state does for both. A sum that overflows is reported by the name it has. */
function gatherTheSame(a: AggregateExpr, b: AggregateExpr): boolean {
  if (a.aggregate !== b.aggregate) return false
  const [x, y] = [countedOf(a), countedOf(b)]
  return x === null || y === null ? x === y : exprsEqual(x, y)
}

/** A count of what is never null is a count of rows. */
function countedOf({ aggregate, input }: AggregateExpr): Expr | null {
  return aggregate === 'count' && input?.nullable === false ? null : input
}
