import { int32, int64 } from '../arrow/data-type.ts'
import { fieldNames } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { AggregateExpr } from '../plan/expr.ts'
import { callExpr, columnExpr, conjoin, literalExpr } from '../plan/expr-walk.ts'
import {
  aggregate,
  filter,
  type LogicalPlan,
  project,
  union,
  window,
} from '../plan/logical-plan.ts'
import { freshName } from './fresh-name.ts'
import { dropPlan } from './project-verbs.ts'
import { unionPlan } from './row-verbs.ts'

type SetVerb = 'intersect' | 'except'

/**
 * Plan of `intersect` and `except`: the rows of the first side that are in the second, or are not, in the
 * order of the first; null equals null. Equal rows are told apart by their numbers where they are
 * kept. Throws INVALID for columns that do not pair up, and other options.
 */
export function setPlan(
  verb: SetVerb,
  [left, right]: readonly [LogicalPlan, LogicalPlan],
  options: unknown,
): LogicalPlan {
  const { duplicates = 'dropped', ...others } = Object(options) as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw invalid(`${verb}: unknown option "${clip(unknown)}"; options: duplicates`)
  }
  if (duplicates === 'dropped') return distinctRows(verb, left, right)
  if (duplicates !== 'kept') {
    throw invalid(`${verb}: duplicates are "dropped" or "kept", got ${clip(String(duplicates))}`)
  }
  const both = unionPlan(left, right, verb)
  const number = freshName('_number', both.schema)
  const [above, below] = both.inputs.map((input) => numberedAmongEqual(input, number))
  return dropPlan(distinctRows(verb, above!, below!), [number])
}

/** `input` with the number of each row among those that are equal to it. */
function numberedAmongEqual(input: LogicalPlan, name: string): LogicalPlan {
  const head = { function: 'rowNumber', inputs: [], count: 0, ignoreNulls: false } as const
  const output = { ...head, name, frame: null, type: int64, nullable: false }
  return window(input, {
    partitionBy: input.schema.fields.map(columnExpr),
    orderBy: [],
    outputs: [output],
  })
}

function distinctRows(verb: SetVerb, left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  const both = unionPlan(left, right, verb)
  const side = freshName('_side', both.schema)
  const sided = both.inputs.map((input, position) => {
    const columns = input.schema.fields.map((of) => ({ name: of.name, expr: columnExpr(of) }))
    return project(input, [...columns, { name: side, expr: literalExpr(position, int32) }])
  })
  const rows = union(sided)
  const keys = both.schema.fields.map((of) => ({ name: of.name, expr: columnExpr(of) }))
  const input = columnExpr(rows.schema.fields.at(-1)!)
  const most = freshName('_last', rows.schema)
  const sides = (['min', 'max'] as const).map((of): AggregateExpr => {
    const name = of === 'min' ? side : most
    return { name, aggregate: of, input, type: int32, nullable: true }
  })
  const grouped = aggregate(rows, keys, sides)
  const [first, last] = grouped.schema.fields.slice(-2).map(columnExpr)
  const is = (expr: typeof first, value: number) =>
    callExpr('eq', [expr!, literalExpr(value, int32)])
  const wanted = verb === 'except' ? is(last, 0) : conjoin([is(first, 0), is(last, 1)])
  return project(filter(grouped, wanted), keys)
}

/** Plan of `unionByName`: columns of the same names, in whatever order those of `bottom` stand. */
export function unionByNamePlan(top: LogicalPlan, bottom: LogicalPlan): LogicalPlan {
  const [above, below] = [fieldNames(top.schema), fieldNames(bottom.schema)]
  const missing = above.find((name) => !bottom.schema.positions.has(name))
  const extra = below.find((name) => !top.schema.positions.has(name))
  const wrong = missing ?? extra
  if (wrong !== undefined) {
    throw invalid(
      `unionByName: only the ${missing === undefined ? 'second' : 'first'} frame has "${clip(wrong)}"; ` +
        'add it to the other with withColumns, or drop it',
      { column: wrong },
    )
  }
  const same = above.map((name) => {
    const of = bottom.schema.fields[bottom.schema.positions.get(name)!]!
    return { name, expr: columnExpr(of) }
  })
  return unionPlan(top, project(bottom, same), 'unionByName')
}
