import { schemasEqual, schemaText } from '../arrow/schema.ts'
import { filterSides } from './filter-sides.ts'
import { groupBeforeJoin } from './group-before-join.ts'
import { type LogicalPlan, mapInputs } from './logical-plan.ts'
import { orderJoins } from './order-joins.ts'
import { answerFromMetadata } from './rule/answer-from-metadata.ts'
import { answerPartlyFromMetadata } from './rule/answer-partly-from-metadata.ts'
import { dropDeterminedKeys } from './rule/drop-determined-keys.ts'
import { dropMatchedConjuncts } from './rule/drop-matched-conjuncts.ts'
import { dropUnusedJoin } from './rule/drop-unused-join.ts'
import { type FoldConstant, foldConstants } from './rule/fold-constants.ts'
import { mergeFilters } from './rule/merge-filters.ts'
import { mergeProjects } from './rule/merge-projects.ts'
import { pruneByLimit } from './rule/prune-by-limit.ts'
import { pruneColumns } from './rule/prune-columns.ts'
import { prunePartitions } from './rule/prune-partitions.ts'
import { pushFilterBelowAggregate } from './rule/push-filter-below-aggregate.ts'
import { pushFilterBelowJoin } from './rule/push-filter-below-join.ts'
import { pushFilterBelowProject } from './rule/push-filter-below-project.ts'
import { pushFilterBelowSort } from './rule/push-filter-below-sort.ts'
import { pushFilterBelowUnion } from './rule/push-filter-below-union.ts'
import { pushFilterBelowWindow } from './rule/push-filter-below-window.ts'
import { pushFilterIntoScan } from './rule/push-filter-into-scan.ts'
import { pushLimit } from './rule/push-limit.ts'
import { removeUselessDistinct } from './rule/remove-useless-distinct.ts'
import { removeUselessProject } from './rule/remove-useless-project.ts'
import { simplifyBoolean } from './rule/simplify-boolean.ts'
import { sortLimitToTopK } from './rule/sort-limit-to-top-k.ts'

export type { FoldConstant } from './rule/fold-constants.ts'

/**
 * A rule answers an equal plan: same rows, same order, same schema. It looks at one node and its
 * inputs, and returns the node itself when it does not apply.
 */
export type Rule = (plan: LogicalPlan) => LogicalPlan

/** Every rule that needs no knowledge of partitions, in the order in which they run. */
export const RULES: readonly Rule[] = [
  simplifyBoolean, // first: what it removes need not be moved
  mergeFilters, // so that all conjuncts of a row travel together
  pushFilterBelowProject,
  pushFilterBelowSort,
  pushFilterBelowUnion,
  pushFilterBelowAggregate,
  pushFilterBelowJoin,
  pushFilterBelowWindow,
  pushFilterIntoScan, // the end of the way for a filter
  removeUselessDistinct, // before what is left of it is merged and pruned
  dropDeterminedKeys,
  dropUnusedJoin,
  mergeProjects,
  pushLimit, // below projects, where it may meet a sort
  sortLimitToTopK,
  pruneColumns, // after the filters: a column that only a scan's predicate names is not yielded
  removeUselessProject, // what pruning has left without work
]

/** Every rule that looks at the partitions of a scan, in the order in which they run. */
export const BOUND_RULES: readonly Rule[] = [
  prunePartitions,
  dropMatchedConjuncts, // only over what is kept: it holds for more conjuncts there
  pushLimit, // a scan that has lost its predicate may take a limit
  pruneByLimit,
  answerFromMetadata, // needs scans without a predicate
  answerPartlyFromMetadata, // last: what could not be answered as a whole
]

const PASSES_MAX = 20
const STEPS_MAX = 100_000

export interface OptimizeOptions {
  /** The value of an expression without columns; undefined when it throws. */
  readonly fold: FoldConstant
  /** For tests: some of `RULES`. */
  readonly rules?: readonly Rule[]
  /** Whether choices filter the sides of joins: they do, unless told or some rules only are asked for. */
  readonly choices?: 'for each side' | 'as written'
}

/**
 * A plan equal to `plan` that reads and computes less. For plans whose partitions are not bound.
 * Throws a plain Error when a rule changes a schema: that is a bug of ours.
 */
export function optimize(plan: LogicalPlan, options: OptimizeOptions): LogicalPlan {
  const { fold, choices = options.rules === undefined ? 'for each side' : 'as written' } = options
  const rules = [foldConstants(fold), ...(options.rules ?? RULES)]
  const settled = settle(plan, rules)
  if (choices === 'as written') return settled
  const split = filterSides(settled)
  return split === settled ? settled : settle(split, rules)
}

export interface BoundOptions {
  /** For tests: some of `BOUND_RULES`. */
  readonly rules?: readonly Rule[]
  /** Whether joins may be moved, and groups made before them: they may, unless told or some rules only are asked for. */
  readonly joins?: 'ordered' | 'as written'
}

/** The same for a plan whose partitions are bound: prunes them, and answers from metadata. */
export function optimizeBound(plan: LogicalPlan, options: BoundOptions = {}): LogicalPlan {
  const { rules, joins = rules === undefined ? 'ordered' : 'as written' } = options
  const settled = settle(plan, rules ?? BOUND_RULES)
  return joins === 'ordered' ? groupBeforeJoin(orderJoins(settled)) : settled
}

/** Applies `rules` in turn until none changes anything, at most `PASSES_MAX` times. */
function settle(plan: LogicalPlan, rules: readonly Rule[]): LogicalPlan {
  let settled = plan
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const before = settled
    for (const rule of rules) settled = applyRule(settled, rule)
    if (settled === before) break
  }
  return settled
}

/** `rule` at every node of `plan`, inputs after what stands above them, checked at each. */
export function applyRule(plan: LogicalPlan, rule: Rule): LogicalPlan {
  let node = plan
  for (let steps = 0; ; steps++) {
    const rewritten = rule(node)
    if (rewritten === node) break
    if (!schemasEqual(rewritten.schema, plan.schema)) {
      throw new Error(
        `rule ${rule.name} changed the schema of a ${plan.kind}: ` +
          `(${schemaText(plan.schema)}) became (${schemaText(rewritten.schema)})`,
      )
    }
    if (steps === STEPS_MAX) throw new Error(`rule ${rule.name} does not settle`)
    node = rewritten
  }
  return mapInputs(node, (input) => applyRule(input, rule))
}
