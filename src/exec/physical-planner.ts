import { unreachable } from '../error.ts'
import { inputsOf, type LogicalPlan } from '../plan/logical-plan.ts'
import { CrossJoinOperator } from './operator/cross-join.ts'
import { ExplodeOperator } from './operator/explode.ts'
import { FilterOperator } from './operator/filter.ts'
import { HashAggregateOperator } from './operator/hash-aggregate.ts'
import { HashJoinOperator } from './operator/hash-join.ts'
import { LimitOperator } from './operator/limit.ts'
import { ProjectOperator } from './operator/project.ts'
import { SampleOperator } from './operator/sample.ts'
import { ScanOperator } from './operator/scan.ts'
import { SortOperator } from './operator/sort.ts'
import { TopKOperator } from './operator/top-k.ts'
import { UnionOperator } from './operator/union.ts'
import { ValuesOperator } from './operator/values.ts'
import { WindowOperator } from './operator/window.ts'
import type { Operator } from './operator.ts'

/**
 * The operators that run `plan`, one per node. Pure: nothing is opened.
 *
 * @param wrap Called with every operator and its node; its answer takes the operator's place.
 * @param instead An operator for a node and all below it; null for the usual ones.
 */
export function physicalPlan(
  plan: LogicalPlan,
  wrap: (operator: Operator, plan: LogicalPlan) => Operator = (operator) => operator,
  instead: (plan: LogicalPlan) => Operator | null = () => null,
): Operator {
  const other = instead(plan)
  if (other !== null) return wrap(other, plan)
  const inputs = inputsOf(plan).map((input) => physicalPlan(input, wrap, instead))
  return wrap(operatorOf(plan, inputs), plan)
}

function operatorOf(plan: LogicalPlan, inputs: readonly Operator[]): Operator {
  const input = inputs[0]!
  switch (plan.kind) {
    case 'scan':
      return new ScanOperator(plan)
    case 'values':
      return new ValuesOperator(plan)
    case 'filter':
      return new FilterOperator(plan, input)
    case 'project':
      return new ProjectOperator(plan, input)
    case 'aggregate':
      return new HashAggregateOperator(plan, input)
    case 'join':
      return plan.how === 'cross'
        ? new CrossJoinOperator(plan, input, inputs[1]!)
        : new HashJoinOperator(plan, input, inputs[1]!)
    case 'sort':
      return new SortOperator(plan, input)
    case 'top-k':
      return new TopKOperator(plan, input)
    case 'limit':
      return new LimitOperator(plan, input)
    case 'union':
      return new UnionOperator(plan, inputs)
    case 'sample':
      return new SampleOperator(plan, input)
    case 'explode':
      return new ExplodeOperator(plan, input)
    case 'window':
      return new WindowOperator(plan, input)
    default:
      return unreachable(plan)
  }
}
