import { conjuncts } from '../expr-walk.ts'
import { type LogicalPlan, withScan } from '../logical-plan.ts'
import { printExpr } from '../print.ts'
import { mightMatch } from '../prune.ts'
import { keptPartitions, statisticsIn } from '../scan-statistics.ts'

/**
 * Leaves out partitions in which no row can pass the scan's predicate.
 *
 *     Scan t where p   partitions 96/96     ==>     Scan t where p   partitions 12/96
 *
 * Holds because `mightMatch` answers false only when the statistics prove that p is true for no
 * row. The first conjunct that excludes a partition is kept as the reason, for people. Not applied
 * before the partitions are bound, nor without a predicate. Costs a look at each conjunct for each
 * partition, and no read.
 */
export function prunePartitions(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'scan' || plan.partitions === null || plan.predicate === null) return plan
  const { all, kept, pruned } = plan.partitions
  const parts = conjuncts(plan.predicate)
  const texts = new Map<number, string>()
  const statisticsOf = statisticsIn(plan.table, all)
  const reasons = new Map(pruned)
  for (const partition of keptPartitions(all, kept)) {
    const known = statisticsOf(partition)
    const position = parts.findIndex((part) => !mightMatch(part, known))
    if (position < 0) continue
    const text = texts.get(position) ?? printExpr(parts[position]!)
    texts.set(position, text)
    reasons.set(partition.id, text)
  }
  if (reasons.size === pruned.size) return plan
  const left = Object.freeze(kept.filter((id) => !reasons.has(id)))
  return withScan(plan, { partitions: Object.freeze({ all, kept: left, pruned: reasons }) })
}
