import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Expr } from '../../plan/expr.ts'
import { conjoin } from '../../plan/expr-walk.ts'
import { filter, type Join, type LogicalPlan } from '../../plan/logical-plan.ts'
import { mayThrow } from '../../plan/may-throw.ts'
import { optimizeBound } from '../../plan/optimizer.ts'
import { dropMatchedConjuncts } from '../../plan/rule/drop-matched-conjuncts.ts'
import { mergeFilters } from '../../plan/rule/merge-filters.ts'
import { prunePartitions } from '../../plan/rule/prune-partitions.ts'
import { pushFilterBelowAggregate } from '../../plan/rule/push-filter-below-aggregate.ts'
import { pushFilterBelowJoin } from '../../plan/rule/push-filter-below-join.ts'
import { pushFilterBelowProject } from '../../plan/rule/push-filter-below-project.ts'
import { pushFilterBelowSort } from '../../plan/rule/push-filter-below-sort.ts'
import { pushFilterBelowUnion } from '../../plan/rule/push-filter-below-union.ts'
import { pushFilterIntoScan } from '../../plan/rule/push-filter-into-scan.ts'
import type { ExecContext } from '../context.ts'
import { HashJoinOperator } from '../operator/hash-join.ts'
import type { Operator } from '../operator.ts'
import { ObservedKeys } from './observed-keys.ts'

const RULES = [
  mergeFilters,
  pushFilterBelowProject,
  pushFilterBelowSort,
  pushFilterBelowUnion,
  pushFilterBelowAggregate,
  pushFilterBelowJoin,
  pushFilterIntoScan,
  prunePartitions,
  dropMatchedConjuncts,
]

/** How a plan becomes an operator while a query runs. */
export type MakeOperator = (plan: LogicalPlan, context: ExecContext) => Operator

/**
 * A join that looks at the keys of its right side while it collects them, and reads of the left
 * side only partitions and rows that can have one of them.
 */
export function narrowedJoin(plan: Join, right: Operator, make: MakeOperator): Operator {
  const observed = plan.rightKeys.map((key) => new ObservedKeys(key))
  const seen = new ObservedInput(right, observed)
  return new HashJoinOperator(plan, new NarrowedInput(plan, seen, observed, make), seen)
}

/** Hands batches on and notes their keys. */
class ObservedInput implements Operator {
  readonly inputs: readonly Operator[]
  readonly #input: Operator
  readonly #keys: readonly ObservedKeys[]
  /** Whether all rows have been seen. */
  isComplete = false

  constructor(input: Operator, keys: readonly ObservedKeys[]) {
    this.inputs = input.inputs
    this.#input = input
    this.#keys = keys
  }

  get name(): string {
    return this.#input.name
  }

  get schema(): Schema {
    return this.#input.schema
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    for await (const batch of this.#input.execute(context)) {
      for (const keys of this.#keys) keys.note(batch)
      yield batch
    }
    this.isComplete = true
  }
}

/** The left side of a join, planned when it is asked for: the right side is known by then. */
class NarrowedInput implements Operator {
  readonly name = 'narrowed'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: Join
  readonly #right: ObservedInput
  readonly #keys: readonly ObservedKeys[]
  readonly #make: MakeOperator

  constructor(plan: Join, right: ObservedInput, keys: readonly ObservedKeys[], make: MakeOperator) {
    this.schema = plan.left.schema
    this.#plan = plan
    this.#right = right
    this.#keys = keys
    this.#make = make
  }

  execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { left, leftKeys } = this.#plan
    const plan = this.#right.isComplete ? narrowed(left, leftKeys, this.#keys) : left
    return this.#make(plan, context).execute(context)
  }
}

/** `side` without rows whose `keys` are none of those `observed` on the other side. */
export function narrowed(
  side: LogicalPlan,
  keys: readonly Expr[],
  observed: readonly ObservedKeys[],
): LogicalPlan {
  const known = keys.flatMap((key, position) =>
    mayThrow(key) ? [] : observed[position]!.conjuncts(key),
  )
  return known.length === 0 ? side : optimizeBound(filter(side, conjoin(known)), { rules: RULES })
}
