import {
  type Limit,
  type LogicalPlan,
  limit,
  project,
  type Slice,
  type Union,
  union,
  withScan,
} from '../logical-plan.ts'

/**
 * Stops early: the inputs are told how many rows are needed.
 *
 *     Limit n           Project e(x)      Limit n           Limit n
 *       Project e(x) ==>  Limit n           Union    ==>      Union
 *         input             input             a                 Limit n
 *                                             b                   a ...
 *
 * and Limit over Scan tells the scan, Limit over Limit is one Limit. Holds because projections and
 * unions keep the order of rows, and a projection their number. Not applied to Filter, Aggregate
 * or Join, which drop or make rows; nor to a scan with a predicate, which cannot know how many
 * rows it must read. Costs nothing; rows past the limit raise no errors.
 */
export function pushLimit(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'limit') return plan
  const { input } = plan
  switch (input.kind) {
    case 'project':
      return project(limit(input.input, plan), input.columns)
    case 'limit': {
      const window = windowOf(plan, input)
      return window === undefined ? plan : limit(input.input, window)
    }
    case 'union':
      return belowUnion(plan, input)
    case 'scan': {
      const needed = rowsNeeded(plan)
      if (input.predicate !== null || (input.limit ?? Infinity) <= needed) return plan
      return limit(withScan(input, { limit: needed }), plan)
    }
    default:
      return plan
  }
}

/** Rows of its input that a limit looks at. */
export function rowsNeeded({ count, offset }: Slice): number {
  return count === 0 ? 0 : Math.min(count + offset, Number.MAX_SAFE_INTEGER)
}

/** `outer` of the rows of `inner` as one window; undefined when its offset would be too large. */
export function windowOf(outer: Slice, inner: Slice): Slice | undefined {
  const offset = outer.offset + inner.offset
  const count = Math.min(outer.count, Math.max(0, inner.count - outer.offset))
  return Number.isSafeInteger(offset) ? { count, offset } : undefined
}

function belowUnion(plan: Limit, input: Union): LogicalPlan {
  const needed = rowsNeeded(plan)
  const inputs = input.inputs.map((of) =>
    rowsMax(of) <= needed ? of : limit(of, { count: needed, offset: 0 }),
  )
  if (inputs.every((of, position) => of === input.inputs[position])) return plan
  return limit(union(inputs), plan)
}

/** A number of rows that `plan` is sure not to pass. */
function rowsMax(plan: LogicalPlan): number {
  switch (plan.kind) {
    case 'limit':
    case 'top-k':
      return Math.min(plan.count, rowsMax(plan.input))
    case 'project':
    case 'filter':
    case 'sort':
    case 'window':
    case 'sample':
      return rowsMax(plan.input)
    case 'values':
      return plan.batches.reduce((rows, { length }) => rows + length, 0)
    case 'union':
      return plan.inputs.reduce((rows, input) => rows + rowsMax(input), 0)
    case 'aggregate':
      return plan.keys.length === 0 ? 1 : rowsMax(plan.input)
    default:
      return Number.POSITIVE_INFINITY
  }
}
