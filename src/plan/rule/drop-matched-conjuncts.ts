import { conjoin, conjuncts } from '../expr-walk.ts'
import { type LogicalPlan, withScan } from '../logical-plan.ts'
import { alwaysMatches } from '../prune.ts'
import { keptPartitions, statisticsIn } from '../scan-statistics.ts'

/**
 * Stops testing what the statistics of all kept partitions prove to be true for every row.
 *
 *     Scan t where day >= '2024-01-01' and p     ==>     Scan t where p
 *
 * Holds because `alwaysMatches` answers true only when that is proved. Not applied before the
 * partitions are bound. Then a scan without a predicate may take a limit or answer from metadata,
 * and the dropped conjuncts' columns are not read. Costs a look at each conjunct for each kept
 * partition.
 */
export function dropMatchedConjuncts(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'scan' || plan.partitions === null || plan.predicate === null) return plan
  const { all, kept } = plan.partitions
  const statisticsOf = statisticsIn(plan.table, all)
  const known = keptPartitions(all, kept).map(statisticsOf)
  const parts = conjuncts(plan.predicate)
  const left = parts.filter((part) => !known.every((of) => alwaysMatches(part, of)))
  if (left.length === parts.length) return plan
  return withScan(plan, { predicate: left.length === 0 ? null : conjoin(left) })
}
