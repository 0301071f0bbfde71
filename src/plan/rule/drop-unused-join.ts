import type { Expr } from '../expr.ts'
import { columnsOf } from '../expr-walk.ts'
import { type Join, type LogicalPlan, mapInputs } from '../logical-plan.ts'
import { isUniqueBy } from '../unique-keys.ts'

type Names = ReadonlySet<string>

/**
 * Drops a left join that adds columns which nobody looks at.
 *
 *     Project x                              Project x
 *       Filter p(x)                            Filter p(x)
 *         Join left on k = id          ==>       left (x, k)
 *           left (x, k)
 *           right (id, y), unique by id
 *
 * Holds because each row of the left side meets one row at most, so that it comes once, in its
 * place, and a join that is left keeps it where it meets none. Nulls may be in the key: they meet
 * nothing. Looked for below what names its columns, a projection or an aggregate, through filters,
 * sorts, limits and the left sides of joins. Costs nothing; an error of the right side is no longer
 * raised.
 */
export function dropUnusedJoin(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'project') {
    return mapInputs(plan, (input) => without(input, namesOf(plan.columns.map(({ expr }) => expr))))
  }
  if (plan.kind !== 'aggregate') return plan
  const inputs = plan.aggregates.flatMap(({ input }) => (input === null ? [] : [input]))
  const needed = namesOf([...plan.keys.map(({ expr }) => expr), ...inputs])
  return mapInputs(plan, (input) => without(input, needed))
}

function namesOf(exprs: readonly Expr[]): Set<string> {
  return new Set(exprs.flatMap((expr) => [...columnsOf(expr)]))
}

/** `plan` without joins of which it needs no column; the same object when there are none. */
function without(plan: LogicalPlan, needed: Names): LogicalPlan {
  switch (plan.kind) {
    case 'filter': {
      const names = new Set([...needed, ...columnsOf(plan.predicate)])
      return mapInputs(plan, (input) => without(input, names))
    }
    case 'sort':
    case 'top-k': {
      const names = new Set([...needed, ...namesOf(plan.keys.map(({ expr }) => expr))])
      return mapInputs(plan, (input) => without(input, names))
    }
    case 'limit':
      return mapInputs(plan, (input) => without(input, needed))
    case 'join':
      return isUnused(plan, needed) ? without(plan.left, needed) : withoutInLeft(plan, needed)
    default:
      return plan
  }
}

function isUnused(plan: Join, needed: Names): boolean {
  if (plan.how !== 'left' || plan.rightNames.some((name) => needed.has(name))) return false
  return isUniqueBy(plan.right, plan.rightKeys, 'distinct')
}

function withoutInLeft(plan: Join, needed: Names): LogicalPlan {
  const names = new Set([...needed, ...namesOf(plan.leftKeys)])
  return mapInputs(plan, (input) => (input === plan.left ? without(input, names) : input))
}
