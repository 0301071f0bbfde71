import { compareScalars, type Scalar } from '../arrow/scalar.ts'
import type { Expr } from './expr.ts'
import type { LogicalPlan, Scan } from './logical-plan.ts'
import { keptPartitions, statisticsIn } from './scan-statistics.ts'

/**
 * Whether no two rows of `plan`, a pipeline over a scan, have the same value in the column `key`,
 * nulls left out, as the statistics of the partitions that are read tell it: each value of a
 * partition is there once, and no other partition has values between its ends. Any doubt answers
 * false.
 */
export function isUniqueByStatistics(plan: LogicalPlan, key: Expr): boolean {
  if (key.kind !== 'column') return false
  switch (plan.kind) {
    case 'filter':
    case 'sort':
    case 'limit':
      return isUniqueByStatistics(plan.input, key)
    case 'project': {
      const expr = plan.columns.find(({ name }) => name === key.name)?.expr
      return expr !== undefined && isUniqueByStatistics(plan.input, expr)
    }
    case 'scan':
      return isUniqueInScan(plan, key.name)
    default:
      return false
  }
}

function isUniqueInScan({ table, partitions }: Scan, name: string): boolean {
  if (partitions === null) return false
  const { all, kept } = partitions
  const statisticsOf = statisticsIn(table, all)
  const ends: [least: Scalar, greatest: Scalar][] = []
  for (const partition of keptPartitions(all, kept)) {
    const known = statisticsOf(partition)(name)
    if (known === undefined) return false
    if (known === 'all-null') continue
    const { rows, nulls, nans, distinct, distinctExact, min, max } = known.statistics
    if (nans > 0 || !distinctExact || distinct !== rows - nulls) return false
    if (rows === nulls) continue
    if (min === null || max === null) return false
    ends.push([min, max])
  }
  ends.sort(([a], [b]) => compareScalars(a, b))
  return ends.every(([least], i) => i === 0 || compareScalars(ends[i - 1]![1], least) < 0)
}
