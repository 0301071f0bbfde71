import type { AggregateExpr } from '../../plan/expr.ts'
import type { AggregateName } from '../../plan/function.ts'
import type { AggregateState } from './aggregate-state.ts'
import { CountState } from './count.ts'
import { CountDistinctState } from './count-distinct.ts'
import { extremumState } from './extremum.ts'
import { MeanState } from './mean.ts'
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
  mean: (expr) => new MeanState(inputType(expr)),
  min: (expr) => extremumState(inputType(expr), 'min'),
  max: (expr) => extremumState(inputType(expr), 'max'),
  any: (expr) => new PickState(inputType(expr), 'any'),
  first: (expr) => new PickState(inputType(expr), 'first'),
  last: (expr) => new PickState(inputType(expr), 'last'),
  stddev: (expr) => new VarianceState(inputType(expr), 'stddev'),
  variance: (expr) => new VarianceState(inputType(expr), 'variance'),
  median: (expr) => new MedianState(inputType(expr)),
} satisfies Record<AggregateName, (expr: AggregateExpr) => AggregateState>

/** An empty state of `expr`'s aggregate. */
export function aggregateState(expr: AggregateExpr): AggregateState {
  return AGGREGATES[expr.aggregate](expr)
}
