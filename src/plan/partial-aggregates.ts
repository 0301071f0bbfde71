import type { Partition } from '../catalog/model/table.ts'
import type { StatisticsOf } from './bounds.ts'
import { isExactAggregate } from './exact-aggregate.ts'
import type { Expr } from './expr.ts'
import { columnsOf } from './expr-children.ts'
import { substitute } from './expr-walk.ts'
import { type Aggregate, inputsOf, type LogicalPlan, withScan } from './logical-plan.ts'
import { mapScan, pipelineScan } from './pipeline-scan.ts'
import { planKey } from './plan-key.ts'
import { dropMatchedConjuncts } from './rule/drop-matched-conjuncts.ts'
import { keptPartitions, statisticsIn } from './scan-statistics.ts'

/** Groups of one partition that are worth keeping. */
const GROUPS_MAX = 65_536

/**
 * For each partition that an aggregate reads, ascending, the key of its groups there: equal keys
 * stand for equal groups, whatever else is in the table. Null where groups are not kept by
 * partition: when the input is more than filters and projections over one scan, when putting parts
 * together could give another answer than going through all rows (sums of floats, `first`), or when
 * there may be so many groups that each partition's would be too large.
 */
function partialKeys(
  plan: Aggregate,
  storeName: (url: string) => string,
): ReadonlyMap<number, string> | null {
  const scan = pipelineScan(plan.input)
  if (scan === null || scan.partitions === null || scan.limit !== null) return null
  if (!plan.aggregates.every(isExactAggregate)) return null
  const { all, kept } = scan.partitions
  const partitions = keptPartitions(all, kept)
  const statisticsOf = statisticsIn(scan.table, all)
  const keys = plan.keys.map(({ expr }) => overTable(expr, plan.input))
  if (partitions.some((of) => groupsMax(keys, of, statisticsOf(of)) > GROUPS_MAX)) return null
  const found = new Map<number, string>()
  for (const partition of partitions) {
    // What its statistics prove to be true of it says nothing of its groups.
    const alone = mapScan(plan, (of) => {
      const only = { all: { ...all, partitions: [partition] }, kept: [partition.id] }
      const partitions = { ...only, pruned: new Map<number, string>() }
      return dropMatchedConjuncts(withScan(of, { partitions })) as typeof of
    })
    const text = planKey(alone, storeName)
    if (text === null) return null
    found.set(partition.id, text)
  }
  return found
}

/** The aggregates of `plan` whose groups are kept by partition, with the keys of these. */
export function partialAggregates(
  plan: LogicalPlan,
  storeName: (url: string) => string,
): ReadonlyMap<LogicalPlan, ReadonlyMap<number, string>> {
  const found = new Map<LogicalPlan, ReadonlyMap<number, string>>()
  const look = (node: LogicalPlan): void => {
    const keys = node.kind === 'aggregate' ? partialKeys(node, storeName) : null
    if (keys !== null && keys.size > 0) found.set(node, keys)
    for (const input of inputsOf(node)) look(input)
  }
  look(plan)
  return found
}

/** `expr` over the columns of the table below `input`'s projections. */
function overTable(expr: Expr, input: LogicalPlan): Expr {
  if (input.kind === 'project') return overTable(substitute(expr, input.columns), input.input)
  return input.kind === 'filter' ? overTable(expr, input.input) : expr
}

/** No fewer groups than `partition` can have: one for each tuple of the columns of the keys. */
function groupsMax(keys: readonly Expr[], { rows }: Partition, statisticsOf: StatisticsOf): number {
  const names = new Set(keys.flatMap((key) => [...columnsOf(key)]))
  let groups = 1
  for (const name of names) {
    const known = statisticsOf(name)
    if (known === undefined) return rows
    groups *= known === 'all-null' ? 1 : known.statistics.distinct + 1
  }
  return Math.min(groups, rows)
}
