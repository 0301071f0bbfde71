import { type LogicalPlan, limit, withScan } from '../logical-plan.ts'
import { alwaysMatches } from '../prune.ts'
import { keptPartitions, statisticsIn } from '../scan-statistics.ts'
import { rowsNeeded } from './push-limit.ts'

/**
 * Leaves out the partitions that a limit cannot reach.
 *
 *     Limit 10                                   Limit 10
 *       Scan t where p  partitions 96/96   ==>     Scan t where p  partitions 3/96
 *
 * Holds because rows come in the order of partitions: once those before are proved to yield enough
 * rows, as all their rows pass p or there is no p, none of a later one is looked at. A partition
 * of which only some rows may pass counts as none and is kept. Not applied before the partitions
 * are bound, nor where something stands between the limit and the scan. Costs a look at p for each
 * partition that is kept.
 */
export function pruneByLimit(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'limit' || plan.input.kind !== 'scan') return plan
  const { input } = plan
  if (input.partitions === null) return plan
  const { all, kept, pruned } = input.partitions
  const statisticsOf = statisticsIn(input.table, all)
  const reason = `limit ${plan.count}${plan.offset === 0 ? '' : ` offset ${plan.offset}`}`
  const reasons = new Map(pruned)
  let missing = rowsNeeded(plan)
  for (const partition of keptPartitions(all, kept)) {
    if (missing <= 0) reasons.set(partition.id, reason)
    else if (input.predicate === null || alwaysMatches(input.predicate, statisticsOf(partition))) {
      missing -= partition.rows
    }
  }
  if (reasons.size === pruned.size) return plan
  const left = Object.freeze(kept.filter((id) => !reasons.has(id)))
  const partitions = Object.freeze({ all, kept: left, pruned: reasons })
  return limit(withScan(input, { partitions }), plan)
}
