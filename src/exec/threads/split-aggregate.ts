import { type DataType, isInteger } from '../../arrow/data-type.ts'
import { fieldNamed } from '../../arrow/schema.ts'
import type { AggregateExpr } from '../../plan/expr.ts'
import { columnExpr } from '../../plan/expr-walk.ts'
import {
  type Aggregate,
  aggregate,
  filter,
  type LogicalPlan,
  project,
  type Scan,
  withScan,
} from '../../plan/logical-plan.ts'

/** An aggregate cut in two: once over each partition, then over what came of those. */
export interface SplitAggregate {
  readonly scan: Scan
  /** The aggregate over one partition alone. */
  partial(partitionId: number): Aggregate
  /** The aggregate over `partials`, which are the partial ones' rows in order of partitions. */
  total(partials: LogicalPlan): Aggregate
}

/** Groups of one partition that are worth handing over. */
const GROUPS_MAX = 10_000

/**
 * Cuts an aggregate over the rows of one table where that gives the very same result: counts,
 * extremes, and sums that are exact and cannot overflow in a part and not in the whole. Groups keep
 * the order of their first rows, because the parts are put together in order. Null for all others.
 */
export function splitAggregate(plan: Aggregate): SplitAggregate | null {
  const scan = scanOf(plan.input)
  if (scan === null || scan.partitions === null || scan.limit !== null) return null
  const rows = scan.partitions.all.partitions.reduce((sum, of) => sum + of.rows, 0)
  if (!plan.aggregates.every((of) => isSplittable(of, rows))) return null
  if (groupsAtMost(plan, scan) > GROUPS_MAX) return null
  const { partitions } = scan
  return {
    scan,
    partial: (partitionId) => {
      const alone = withScan(scan, { partitions: { ...partitions, kept: [partitionId] } })
      return aggregate(overScan(plan.input, alone), plan.keys, plan.aggregates)
    },
    total: (partials) => {
      const named = (name: string) => columnExpr(fieldNamed(partials.schema, name))
      return aggregate(
        partials,
        plan.keys.map(({ name }) => ({ name, expr: named(name) })),
        plan.aggregates.map((of): AggregateExpr => {
          const again = of.aggregate === 'count' ? 'sum' : of.aggregate
          return { ...of, aggregate: again, input: named(of.name) }
        }),
      )
    },
  }
}

function scanOf(plan: LogicalPlan): Scan | null {
  if (plan.kind === 'scan') return plan
  return plan.kind === 'filter' || plan.kind === 'project' ? scanOf(plan.input) : null
}

function overScan(plan: LogicalPlan, scan: Scan): LogicalPlan {
  if (plan.kind === 'filter') return filter(overScan(plan.input, scan), plan.predicate)
  if (plan.kind === 'project') return project(overScan(plan.input, scan), plan.columns)
  return scan
}

function isSplittable({ aggregate: name, input }: AggregateExpr, rows: number): boolean {
  if (name === 'count' || name === 'min' || name === 'max') return true
  return name === 'sum' && input !== null && cannotOverflow(input.type, rows)
}

/** Whether no sum of at most `rows` values can be beyond the sum's type: of no part, then. */
function cannotOverflow(type: DataType, rows: number): boolean {
  if (type.name === 'decimal') return type.precision + String(rows).length <= 38
  return isInteger(type) && type.name !== 'int64' && rows < 2 ** 31
}

function groupsAtMost(plan: Aggregate, scan: Scan): number {
  let groups = 1
  for (const { expr } of plan.keys) {
    const column =
      expr.kind === 'column' ? scan.columns.find(({ name }) => name === expr.name) : null
    const known = column == null ? undefined : scan.partitions?.all.statistics.get(column.id)
    if (known === undefined) return Number.POSITIVE_INFINITY
    const distinct = [...known.values()].reduce((most, of) => Math.max(most, of.distinct), 0)
    groups *= distinct + 1
  }
  return groups
}
