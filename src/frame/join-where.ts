import { int64 } from '../arrow/data-type.ts'
import { fieldNames } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { Expr } from '../plan/expr.ts'
import { columnExpr, columnsOf, conjoin, conjuncts } from '../plan/expr-walk.ts'
import { filter, join, type LogicalPlan, project, window } from '../plan/logical-plan.ts'
import { mayThrow } from '../plan/may-throw.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import { accessor } from './accessor.ts'
import { freshName } from './fresh-name.ts'
import { namesOnRight } from './join-verb.ts'
import { termOfExpr } from './lazy-expr.ts'

const HOWS = ['inner', 'left', 'semi', 'anti']

/**
 * Plan of `joinWhere`: pairs of rows for which a predicate over both is true. Equalities among its
 * conjuncts become keys of a hash join; the others are tested on each pair. Throws INVALID for
 * options that make no sense, names that clash and what is no predicate.
 */
export function joinWherePlan(
  left: LogicalPlan,
  right: LogicalPlan,
  predicate: unknown,
  options: unknown,
): LogicalPlan {
  const { how, suffix } = checkedOptions(options)
  if (typeof predicate !== 'function') {
    throw invalid(
      `joinWhere: expected a callback such as (l, r) => l.a.lt(r.b), got ${typeof predicate}`,
    )
  }
  const number = freshName('_row', left.schema, right.schema)
  const rows = how === 'inner' ? left : withNumber(left, number)
  const rightNames = namesOnRight(rows, right, new Set(), suffix)
  const nameOf = (name: string): string => rightNames[right.schema.positions.get(name)!]!
  const answer: unknown = predicate(accessor(left.schema), accessor(right.schema, nameOf))
  const cross = join(rows, right, { how: 'cross', leftKeys: [], rightKeys: [], rightNames })
  const test = resolveTerm(termOfExpr(answer, 'joinWhere'), cross.schema)
  const pairs = pairsOf(rows, right, rightNames, test)
  if (how === 'inner') return pairs
  const numberExpr = columnExpr({ name: number, type: int64, nullable: false })
  const kept = how === 'left' ? rightNames : []
  const other = freshName('_pair', pairs.schema)
  const partners = project(pairs, [
    { name: other, expr: numberExpr },
    ...kept.map((name) => ({
      name,
      expr: columnExpr(pairs.schema.fields[pairs.schema.positions.get(name)!]!),
    })),
  ])
  const joined = join(rows, partners, {
    how: how as 'left' | 'semi' | 'anti',
    leftKeys: [numberExpr],
    rightKeys: [columnExpr(partners.schema.fields[0]!)],
    rightNames: how === 'left' ? fieldNames(partners.schema) : [],
  })
  const wanted = joined.schema.fields.filter(({ name }) => name !== number && name !== other)
  return project(
    joined,
    wanted.map((of) => ({ name: of.name, expr: columnExpr(of) })),
  )
}

/** `input` with its rows' numbers beside them. */
export function withNumber(input: LogicalPlan, name: string): LogicalPlan {
  const head = { function: 'rowNumber', inputs: [], count: 0, ignoreNulls: false } as const
  const output = { ...head, name, frame: null, type: int64, nullable: false }
  return window(input, { partitionBy: [], orderBy: [], outputs: [output] })
}

function pairsOf(
  left: LogicalPlan,
  right: LogicalPlan,
  rightNames: readonly string[],
  test: Expr,
): LogicalPlan {
  const ofRight = new Map(
    rightNames.map((name, position) => [name, right.schema.fields[position]!]),
  )
  const isLeft = (expr: Expr): boolean => [...columnsOf(expr)].every((name) => !ofRight.has(name))
  const leftKeys: Expr[] = []
  const rightKeys: Expr[] = []
  const rest = conjuncts(test).filter((part) => {
    if (part.kind !== 'call' || part.name !== 'eq') return true
    const [a, b] = part.args as [Expr, Expr]
    const [l, r] = a.kind === 'column' && ofRight.has(a.name) ? [b, a] : [a, b]
    const of = r.kind === 'column' ? ofRight.get(r.name) : undefined
    if (of === undefined || !isLeft(l) || mayThrow(l)) return true
    leftKeys.push(l)
    rightKeys.push(columnExpr(of))
    return false
  })
  const how = leftKeys.length === 0 ? 'cross' : 'inner'
  const joined = join(left, right, { how, leftKeys, rightKeys, rightNames })
  return rest.length === 0 ? joined : filter(joined, conjoin(rest))
}

function checkedOptions(options: unknown): { how: string; suffix: string } {
  const { how = 'inner', suffix = '_right', ...rest } = Object(options) as Record<string, unknown>
  const wrong = Object.keys(rest)[0]
  if (wrong !== undefined) {
    throw invalid(`joinWhere: unknown option "${clip(wrong)}"; options: how, suffix`)
  }
  if (!HOWS.includes(how as string)) {
    throw invalid(`joinWhere: how is "${clip(String(how))}"; it can be ${HOWS.join(', ')}`)
  }
  if (typeof suffix !== 'string' || suffix === '') {
    throw invalid('joinWhere: suffix has to be a string that is not empty')
  }
  return { how: how as string, suffix }
}
