import { int64 } from '../../arrow/data-type.ts'
import type { AggregateExpr } from '../../plan/expr.ts'
import { aggregatesEqual } from '../../plan/expr-children.ts'
import type { AggregateName } from '../../plan/function.ts'
import { aggregateSignature } from '../../plan/signature.ts'
import type { AggregateState } from './aggregate-state.ts'
import { CollectListState } from './collect-list.ts'
import { CountState } from './count.ts'
import { CountDistinctState } from './count-distinct.ts'
import { DISTINCT_SKETCH } from './distinct-sketch.ts'
import { ExtremeRowState } from './extreme-row.ts'
import { extremumState } from './extremum.ts'
import { FoldState } from './fold.ts'
import { FOLDS, type FoldName, isFoldName } from './folds.ts'
import { frequentSketch } from './frequent-sketch.ts'
import { listAgg } from './list-agg.ts'
import { LoneMeanState, MeanState } from './mean.ts'
import { MedianState } from './median.ts'
import { PickState } from './pick.ts'
import { quantile, quantileDisc } from './quantile.ts'
import { quantileSketch } from './quantile-sketch.ts'
import { RowsState } from './rows-state.ts'
import { entropy, histogram, mode } from './runs.ts'
import { SketchState } from './sketch-state.ts'
import { SumState } from './sum.ts'
import { VarianceState } from './variance.ts'

/** The quantile of those that are not told which. */
export const HALF = 0.5

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
  stddevPop: (expr) => new VarianceState(inputType(expr), 'stddevPop'),
  variancePop: (expr) => new VarianceState(inputType(expr), 'variancePop'),
  boolAnd: (expr) => extremumState(inputType(expr), 'min'),
  boolOr: (expr) => extremumState(inputType(expr), 'max'),
  maxBy: (expr) => new ExtremeRowState(inputType(expr), expr.more![0]!.type, 'maxBy'),
  minBy: (expr) => new ExtremeRowState(inputType(expr), expr.more![0]!.type, 'minBy'),
  approxCountDistinct: ({ type }) => new SketchState(DISTINCT_SKETCH, type),
  approxQuantile: ({ type, options }) => new SketchState(quantileSketch(options?.at ?? HALF), type),
  approxTopK: ({ type, options }) => new SketchState(frequentSketch(options?.count ?? 1), type),
  quantile: (expr) => new RowsState(quantile(inputType(expr), expr.options?.at ?? HALF)),
  quantileDisc: (expr) => new RowsState(quantileDisc(inputType(expr), expr.options?.at ?? HALF)),
  mode: (expr) => new RowsState(mode(inputType(expr))),
  entropy: (expr) => new RowsState(entropy(inputType(expr))),
  histogram: (expr) => new RowsState(histogram(inputType(expr))),
  listAgg: ({ more = [], options = {} }) =>
    new RowsState(
      listAgg(
        more.map(({ type }) => type),
        options,
      ),
    ),
} satisfies Record<
  Exclude<AggregateName, 'mean' | FoldName>,
  (expr: AggregateExpr) => AggregateState
>

/** An empty state of any aggregate but the mean, which is made of two others. */
function plainState(expr: AggregateExpr, name: Exclude<AggregateName, 'mean'>): AggregateState {
  return isFoldName(name) ? new FoldState(FOLDS[name], expr.type) : AGGREGATES[name](expr)
}

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
  if (expr.aggregate !== 'mean') return plainState(expr, expr.aggregate)
  const sum = new SumState({ ...expr, aggregate: 'sum', ...aggregateSignature('sum', expr.input) })
  return new LoneMeanState(inputType(expr), sum, new CountState())
}

/** Empty states of `aggregates`. */
export function aggregateStates(aggregates: readonly AggregateExpr[]): AggregateStates {
  const fed: FedState[] = []
  const shared = (expr: AggregateExpr): AggregateState => {
    const found = fed.find((other) => gatherTheSame(other.expr, expr))
    if (found !== undefined) return found.state
    const state = expr.aggregate === 'mean' ? meanOf(expr) : plainState(expr, expr.aggregate)
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
  return aggregatesEqual(counted(a), counted(b))
}

/** A count of what is never null is a count of rows. */
function counted(expr: AggregateExpr): AggregateExpr {
  return expr.aggregate === 'count' && expr.input?.nullable === false
    ? { ...expr, input: null }
    : expr
}
