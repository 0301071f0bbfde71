import { int64 } from '../arrow/data-type.ts'
import { fieldNamed, fieldNames } from '../arrow/schema.ts'
import { estimateRows } from './estimate-rows.ts'
import type { AggregateExpr, NamedExpr } from './expr.ts'
import { callExpr, columnExpr, columnsOf, literalExpr } from './expr-walk.ts'
import {
  type Aggregate,
  aggregate,
  type Join,
  join,
  type LogicalPlan,
  mapInputs,
} from './logical-plan.ts'
import { mayThrow } from './may-throw.ts'

/** Rows that a group is likely to have at least, for it to be made before they are joined. */
const ROWS_PER_GROUP = 3

/**
 * Groups the right rows of a join by its keys before they are joined, where above the join nothing
 * but their number and their ends is asked for.
 *
 *     Aggregate by k: n = count(y)           Aggregate by k: n = sum(coalesce(m, 0))
 *       Join left on a = b                     Join left on a = b
 *         left (a, k)                ==>         left (a, k)
 *         right (b, y)                           Aggregate by b: m = count(y)
 *                                                  right (b, y)
 *
 * Holds for inner and left joins, as the right rows of one key all meet the same left rows, which
 * keep their order, and so do the groups. What is grouped above must be of the left side alone,
 * what is counted columns of the right one: of a row that is missing they are null, so that it
 * counts as none. Not applied to sums, which might overflow in groups that find no partner, nor to
 * keys that may raise an error, nor where it is not likely to leave a third of the rows. For plans
 * whose partitions are bound.
 */
export function groupBeforeJoin(plan: LogicalPlan): LogicalPlan {
  const better =
    plan.kind === 'aggregate' && plan.input.kind === 'join' ? grouped(plan, plan.input) : plan
  return mapInputs(better, groupBeforeJoin)
}

function grouped(plan: Aggregate, on: Join): LogicalPlan {
  if (on.how !== 'left' && on.how !== 'inner') return plan
  if (plan.aggregates.length === 0 || on.rightKeys.some(mayThrow)) return plan
  const leftNames = new Set(fieldNames(on.left.schema))
  const isLeft = ({ expr }: NamedExpr): boolean =>
    [...columnsOf(expr)].every((name) => leftNames.has(name))
  if (plan.keys.length === 0 || !plan.keys.every(isLeft)) return plan
  const inputs = plan.aggregates.map((of) => inputOf(of, on))
  if (inputs.includes(undefined)) return plan
  const taken = new Set(leftNames)
  const keys = on.rightKeys.map((expr) => ({ name: freshName('key', taken), expr }))
  const parts = plan.aggregates.map((of, position): AggregateExpr => {
    return { ...of, name: freshName(of.name, taken), input: inputs[position]! }
  })
  const right = aggregate(on.right, keys, parts)
  if (estimateRows(right) * ROWS_PER_GROUP > estimateRows(on.right)) return plan
  const joined = join(on.left, right, {
    how: on.how,
    leftKeys: on.leftKeys,
    rightKeys: keys.map(({ name }) => columnExpr(fieldNamed(right.schema, name))),
    rightNames: fieldNames(right.schema),
  })
  return aggregate(
    joined,
    plan.keys,
    plan.aggregates.map((of, position): AggregateExpr => {
      const part = columnExpr(fieldNamed(joined.schema, parts[position]!.name))
      if (of.aggregate !== 'count') return { ...of, input: part }
      const counted = callExpr('coalesce', [part, literalExpr(0n, int64)])
      return { ...of, aggregate: 'sum', input: counted }
    }),
  )
}

/** What `of` looks at, over the columns of the right side; undefined when it is not of that kind. */
function inputOf({ aggregate: name, input, more, options }: AggregateExpr, on: Join) {
  if (more !== undefined || options !== undefined) return undefined
  if (name !== 'count' && name !== 'min' && name !== 'max') return undefined
  // A row without a partner counts once.
  if (input === null) return on.how === 'inner' ? null : undefined
  const position = input.kind === 'column' ? on.rightNames.indexOf(input.name) : -1
  return position < 0 ? undefined : columnExpr(on.right.schema.fields[position]!)
}

function freshName(like: string, taken: Set<string>): string {
  let name = like
  for (let n = 2; taken.has(name); n++) name = `${like}_${n}`
  taken.add(name)
  return name
}
