import { int32, int64, isNumeric, typeText, utf8 } from '../arrow/data-type.ts'
import { fieldNamed, fieldNames } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { Expr, NamedExpr, SortKey, WindowExpr } from '../plan/expr.ts'
import {
  callExpr,
  caseExpr,
  castExpr,
  columnExpr,
  conjoin,
  literalExpr,
} from '../plan/expr-walk.ts'
import { filter, join, type LogicalPlan, project, union, window } from '../plan/logical-plan.ts'
import { adoptLiteral } from '../plan/resolve-literal.ts'
import { freshName } from './fresh-name.ts'
import { keyExprs, keyPairs, namesOnRight } from './join-verb.ts'
import { withNumber } from './join-where.ts'

type Pair = readonly [Expr, Expr]

/**
 * Plan of `joinAsof`: rows of both sides are ordered together by the key, and each left row takes
 * the last right row before it (or after it, going backwards). Throws INVALID for options that make
 * no sense and keys that have no order in common, NOT_FOUND for keys that are no columns.
 */
export function joinAsofPlan(left: LogicalPlan, right: LogicalPlan, options: unknown): LogicalPlan {
  const { on, by, direction, tolerance, suffix } = checkedOptions(options)
  const [onPair] = keyPairs(on, 'joinAsof')
  const byNames = by === undefined ? [] : keyPairs(by, 'joinAsof')
  const key = keyExprs(left, right, onPair!)
  const groups = byNames.map((pair) => keyExprs(left, right, pair))
  const [l, r] = [
    freshName('_left', left.schema, right.schema),
    freshName('_match', left.schema, right.schema),
  ]
  const usable = [key, ...groups].map(([, expr]) => callExpr('isNotNull', [expr]))
  const rows = withNumber(left, l)
  const others = withNumber(filter(right, conjoin(usable)), r)
  const found = matches(rows, others, { key, groups, l, r, direction, tolerance })
  const merged = new Set(byNames.filter(([a, b]) => a === b).map(([name]) => name))
  const matched = joined(rows, found, [l, l], 'inner', ['_', '_match'])
  const rightNames = namesOnRight(matched, others, merged, suffix)
  const result = join(matched, others, {
    how: 'left',
    leftKeys: [columnExpr(matched.schema.fields.at(-1)!)],
    rightKeys: [columnExpr(fieldNamed(others.schema, r))],
    rightNames,
  })
  const wanted = fieldNames(others.schema).flatMap((name, position) =>
    merged.has(name) || name === r ? [] : [rightNames[position]!],
  )
  return project(
    result,
    [...fieldNames(left.schema), ...wanted].map((name) => namedColumn(result, name)),
  )
}

const namedColumn = (plan: LogicalPlan, name: string): NamedExpr => ({
  name,
  expr: columnExpr(fieldNamed(plan.schema, name)),
})

/** `left` with the columns of `right` beside it, joined by one key each. */
function joined(
  left: LogicalPlan,
  right: LogicalPlan,
  [a, b]: readonly [string, string],
  how: 'inner',
  names: readonly string[],
): LogicalPlan {
  const rightNames: string[] = []
  for (const name of names) {
    let free = name
    while (left.schema.positions.has(free) || rightNames.includes(free)) free += '_'
    rightNames.push(free)
  }
  const leftKeys = [columnExpr(fieldNamed(left.schema, a))]
  const rightKeys = [columnExpr(fieldNamed(right.schema, b))]
  return join(left, right, { how, leftKeys, rightKeys, rightNames })
}

interface Match {
  readonly key: Pair
  readonly groups: readonly Pair[]
  /** Names of the row numbers. */
  readonly l: string
  readonly r: string
  readonly direction: 'backward' | 'forward'
  readonly tolerance: number | undefined
}

/** For each left row its number and that of the right row that it takes; null where there is none. */
function matches(left: LogicalPlan, right: LogicalPlan, of: Match): LogicalPlan {
  const { key, groups, l, r, direction, tolerance } = of
  const side = (input: LogicalPlan, which: 0 | 1): LogicalPlan => {
    const number = (name: string): Expr =>
      input.schema.positions.has(name)
        ? columnExpr(fieldNamed(input.schema, name))
        : literalExpr(null, int64)
    return project(input, [
      { name: l, expr: number(l) },
      { name: r, expr: number(r) },
      { name: 'side', expr: literalExpr(which, int32) },
      { name: 'key', expr: key[which === 0 ? 1 : 0] },
      { name: 'value', expr: which === 0 ? key[1] : literalExpr(null, key[0].type) },
      ...groups.map((pair, at) => ({ name: `by ${at}`, expr: pair[which === 0 ? 1 : 0] })),
    ])
  }
  const both = union([side(left, 1), side(right, 0)])
  const column = (name: string) => columnExpr(fieldNamed(both.schema, name))
  const descending = direction === 'forward'
  const orderBy: SortKey[] = [
    // A left row without a key comes before all right ones, and finds none.
    { expr: column('key'), descending, nulls: 'first' },
    { expr: column('side'), descending: false, nulls: 'last' },
    { expr: column(r), descending, nulls: 'last' },
  ]
  const last = (name: string, input: string): WindowExpr => {
    const frame = { unit: 'rows', from: -Infinity, to: 0 } as const
    const expr = column(input)
    const head = { name, function: 'last', inputs: [expr], count: 0, ignoreNulls: true } as const
    return { ...head, frame, type: expr.type, nullable: true }
  }
  const outputs = [last('match', r), last('reached', 'value')]
  const partitionBy = groups.map((_, at) => column(`by ${at}`))
  const all = window(both, { partitionBy, orderBy, outputs })
  const rows = filter(all, callExpr('isNotNull', [column(l)]))
  const match = columnExpr(fieldNamed(rows.schema, 'match'))
  const reached = columnExpr(fieldNamed(rows.schema, 'reached'))
  const isNear =
    tolerance === undefined ? null : within(column('key'), reached, tolerance, direction)
  // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
  const branches = isNear === null ? [] : [{ when: isNear, then: match }]
  const taken = isNear === null ? match : caseExpr(branches, literalExpr(null, int64))
  return project(rows, [
    { name: l, expr: column(l) },
    { name: r, expr: taken },
  ])
}

/** Whether `key` and the `reached` one are at most `tolerance` apart. */
function within(key: Expr, reached: Expr, tolerance: number, direction: Match['direction']): Expr {
  const [early, late] = direction === 'backward' ? [reached, key] : [key, reached]
  if (isNumeric(key.type)) {
    const distance = callExpr('sub', [late, early])
    const most = adoptLiteral(tolerance, distance.type, 'compare')
    const type = distance.type.name === most.type.name ? distance.type : most.type
    return callExpr('lte', [castExpr(distance, type), most])
  }
  const { name } = key.type
  if (name !== 'date' && name !== 'timestamp') {
    throw invalid(
      `joinAsof: a tolerance needs a number, date or timestamp, not ${typeText(key.type)}`,
    )
  }
  const unit = name === 'date' ? 'day' : 'microsecond'
  const distance = callExpr('dateDiff', [late, early, literalExpr(unit, utf8)])
  const most = BigInt(Math.floor(name === 'date' ? tolerance : tolerance * 1000))
  return callExpr('lte', [distance, literalExpr(most, int64)])
}

function checkedOptions(options: unknown) {
  const {
    on,
    by,
    direction = 'backward',
    tolerance,
    suffix = '_right',
    ...rest
  } = Object(options) as Record<string, unknown>
  const wrong = Object.keys(rest)[0]
  if (wrong !== undefined) {
    throw invalid(
      `joinAsof: unknown option "${clip(wrong)}"; options: on, by, direction, tolerance, suffix`,
    )
  }
  if (direction !== 'backward' && direction !== 'forward') {
    throw invalid(
      `joinAsof: direction is "${clip(String(direction))}"; it can be backward, forward`,
    )
  }
  if (tolerance !== undefined && !(typeof tolerance === 'number' && tolerance >= 0)) {
    throw invalid('joinAsof: tolerance has to be a number of at least 0')
  }
  if (typeof suffix !== 'string' || suffix === '') {
    throw invalid('joinAsof: suffix has to be a string that is not empty')
  }
  const pair = typeof on === 'string' ? on : [on]
  return { on: pair, by, direction, tolerance, suffix } as const
}
