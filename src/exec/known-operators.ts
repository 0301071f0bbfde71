import { commonSubplans } from '../plan/common-subplans.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { CachedGroupsOperator } from './cache/cached-groups.ts'
import { CommonRows } from './common-rows.ts'
import type { ExecContext } from './context.ts'
import { physicalPlan } from './physical-planner.ts'
import { type KnownOperators, partitionedOperators } from './threads/partitioned-operators.ts'

/**
 * Operators for those nodes of `plan` of which more is known: that they stand in it more than once,
 * or that the cache may have parts of them.
 */
export function knownOperators(plan: LogicalPlan, context: ExecContext): KnownOperators {
  const { cache, stores, memory } = context
  const groups = cache?.groupKeys(plan, stores) ?? new Map<LogicalPlan, never>()
  const partial: KnownOperators = (node) => {
    const keys = groups.get(node)
    const results = cache?.results ?? null
    if (keys === undefined || results === null || node.kind !== 'aggregate') return null
    return () => new CachedGroupsOperator(node, keys, results)
  }
  // What is held for others is in nobody's share of a limited memory.
  if (memory.bytesMax !== Number.POSITIVE_INFINITY) return partial
  const common = commonSubplans(plan, (url) => url)
  const rows = new Map<string, CommonRows>()
  const known: KnownOperators = (node) => {
    const key = common.get(node)
    if (key === undefined) return partial(node)
    const own: KnownOperators = (below) => (below === node ? partial : known)(below)
    const make = () => physicalPlan(node, undefined, partitionedOperators(node, context, own))
    const found = rows.get(key) ?? new CommonRows(make)
    rows.set(key, found)
    return () => found.operator(node.schema)
  }
  return known
}
