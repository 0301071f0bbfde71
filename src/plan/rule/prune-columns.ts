import { fieldNames } from '../../arrow/schema.ts'
import { unreachable } from '../../error.ts'
import type { Expr } from '../expr.ts'
import { inputsOfAggregate } from '../expr-children.ts'
import { columnExpr, columnsOf } from '../expr-walk.ts'
import {
  type Aggregate,
  aggregate,
  type Join,
  join,
  type LogicalPlan,
  mapInputs,
  project,
  type Union,
  union,
  type Window,
  window,
  withScan,
} from '../logical-plan.ts'

type Names = ReadonlySet<string>

/**
 * Reads and computes only the columns that somebody looks at.
 *
 *     Project x                   Project x
 *       Sort z            ==>       Sort z
 *         Scan t(x, y, z)             Scan t(x, z)
 *
 * A projection, an aggregate and the right side of a semi or anti join say which columns of their
 * input they name; that is handed down to where columns arise, and what nobody names is dropped
 * there: columns of a scan, of a projection, aggregates, outputs of a window. Holds because no node looks at a column
 * that it does not name. Keys of an aggregate stay, as they make the groups, and so does the only
 * aggregate of one without keys. Costs a projection above an input of a union that must hand on
 * more than is used; an error of a dropped column is no longer raised.
 */
export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'project': {
      const needed = namesOf(plan.columns.map(({ expr }) => expr))
      return mapInputs(plan, (input) => narrow(input, needed))
    }
    case 'aggregate': {
      const inputs = plan.aggregates.flatMap(inputsOfAggregate)
      const needed = namesOf([...plan.keys.map(({ expr }) => expr), ...inputs])
      return mapInputs(plan, (input) => narrow(input, needed))
    }
    case 'join': {
      if (plan.how !== 'semi' && plan.how !== 'anti') return plan
      return narrowJoin(plan, new Set(fieldNames(plan.schema)))
    }
    default:
      return plan
  }
}

function namesOf(exprs: readonly Expr[]): Set<string> {
  const names = new Set<string>()
  for (const expr of exprs) for (const name of columnsOf(expr)) names.add(name)
  return names
}

/**
 * `plan` with columns dropped that are not among `needed`; it may keep some of them. The others
 * keep their order. The same object when there is nothing to drop.
 */
function narrow(plan: LogicalPlan, needed: Names): LogicalPlan {
  switch (plan.kind) {
    case 'scan': {
      const columns = plan.columns.filter(({ name }) => needed.has(name))
      return columns.length === plan.columns.length ? plan : withScan(plan, { columns })
    }
    case 'values':
      return plan
    case 'filter': {
      const names = new Set([...needed, ...columnsOf(plan.predicate)])
      return mapInputs(plan, (input) => narrow(input, names))
    }
    case 'sort':
    case 'top-k': {
      const names = new Set([...needed, ...namesOf(plan.keys.map(({ expr }) => expr))])
      return mapInputs(plan, (input) => narrow(input, names))
    }
    case 'limit':
    case 'sample':
      return mapInputs(plan, (input) => narrow(input, needed))
    case 'explode':
      return mapInputs(plan, (input) => narrow(input, new Set([...needed, plan.name])))
    case 'project': {
      const columns = plan.columns.filter(({ name }) => needed.has(name))
      return columns.length === plan.columns.length ? plan : project(plan.input, columns)
    }
    case 'aggregate':
      return narrowAggregate(plan, needed)
    case 'join':
      return narrowJoin(plan, needed)
    case 'union':
      return narrowUnion(plan, needed)
    case 'window':
      return narrowWindow(plan, needed)
    default:
      return unreachable(plan)
  }
}

function narrowAggregate(plan: Aggregate, needed: Names): LogicalPlan {
  let aggregates = plan.aggregates.filter(({ name }) => needed.has(name))
  if (plan.keys.length === 0 && aggregates.length === 0) aggregates = plan.aggregates.slice(0, 1)
  if (aggregates.length === plan.aggregates.length) return plan
  return aggregate(plan.input, plan.keys, aggregates)
}

/** A window adds columns and neither drops nor moves rows: without outputs it is its input. */
function narrowWindow(plan: Window, needed: Names): LogicalPlan {
  const outputs = plan.outputs.filter(({ name }) => needed.has(name))
  if (outputs.length === 0) return narrow(plan.input, needed)
  const keys = [...plan.partitionBy, ...plan.orderBy.map(({ expr }) => expr)]
  const inputs = outputs.flatMap((of) => of.inputs)
  const input = narrow(plan.input, new Set([...needed, ...namesOf([...keys, ...inputs])]))
  if (input === plan.input && outputs.length === plan.outputs.length) return plan
  return window(input, { ...plan, outputs })
}

function narrowJoin(plan: Join, needed: Names): LogicalPlan {
  const left = narrow(plan.left, new Set([...needed, ...namesOf(plan.leftKeys)]))
  const outer = new Map(
    fieldNames(plan.right.schema).map((name, position) => [name, plan.rightNames[position]!]),
  )
  const isOnlyTested = plan.how === 'semi' || plan.how === 'anti'
  const rightNeeded = namesOf(plan.rightKeys)
  for (const [name, as] of outer) if (!isOnlyTested && needed.has(as)) rightNeeded.add(name)
  const right = narrow(plan.right, rightNeeded)
  if (left === plan.left && right === plan.right) return plan
  const rightNames = fieldNames(right.schema).map((name) => outer.get(name)!)
  return join(left, right, { ...plan, rightNames: isOnlyTested ? plan.rightNames : rightNames })
}

function narrowUnion(plan: Union, needed: Names): LogicalPlan {
  const fields = plan.schema.fields
  const positions = fields.flatMap(({ name }, position) => (needed.has(name) ? [position] : []))
  if (positions.length === fields.length) return plan
  return union(plan.inputs.map((input) => exactly(input, positions)))
}

/** `input` with just the columns at `positions`, as the inputs of a union must agree. */
function exactly(input: LogicalPlan, positions: readonly number[]): LogicalPlan {
  const wanted = positions.map((position) => input.schema.fields[position]!)
  const narrowed = narrow(input, new Set(wanted.map(({ name }) => name)))
  if (narrowed.schema.fields.length === wanted.length) return narrowed
  return project(
    narrowed,
    wanted.map((of) => ({ name: of.name, expr: columnExpr(of) })),
  )
}
