import { typeText } from '../arrow/data-type.ts'
import { fieldNamed, fieldNames } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { Expr, NamedExpr } from '../plan/expr.ts'
import { callExpr, castExpr, columnExpr } from '../plan/expr-walk.ts'
import { type JoinHow, join, type LogicalPlan, project } from '../plan/logical-plan.ts'
import { superType } from '../plan/super-type.ts'

const HOWS: readonly JoinHow[] = ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross']

/** A pair of key names, left and right. */
type KeyPair = readonly [string, string]

/**
 * Plan of `join`. Throws INVALID for options that make no sense, keys whose types have nothing in
 * common, and names that clash; NOT_FOUND for a key that is no column.
 */
export function joinPlan(left: LogicalPlan, right: LogicalPlan, options: unknown): LogicalPlan {
  const { how, pairs, suffix } = checkedOptions(options)
  const merged = new Set(pairs.filter(([a, b]) => a === b).map(([name]) => name))
  const keys = pairs.map((pair) => keyExprs(left, right, pair))
  const on = { how, leftKeys: keys.map(([key]) => key), rightKeys: keys.map(([, key]) => key) }
  if (how === 'semi' || how === 'anti') return join(left, right, { ...on, rightNames: [] })
  const rightNames = namesOnRight(left, right, merged, suffix)
  const joined = join(left, right, { ...on, rightNames })
  if (merged.size === 0) return joined
  const keyNames = new Map(
    right.schema.fields.flatMap(({ name }, position) =>
      merged.has(name) ? [[name, rightNames[position]!] as const] : [],
    ),
  )
  const hidden = new Set(keyNames.values())
  const columns = joined.schema.fields.flatMap((field): NamedExpr[] => {
    if (hidden.has(field.name)) return []
    const column = columnExpr(field)
    const other = keyNames.get(field.name)
    if (other === undefined || (how !== 'right' && how !== 'full')) {
      return [{ name: field.name, expr: column }]
    }
    return [
      { name: field.name, expr: eitherKey(column, columnExpr(fieldNamed(joined.schema, other))) },
    ]
  })
  return project(joined, columns)
}

/** Plan of `naturalJoin`: a join on all the names that both sides have, at least one. */
export function naturalJoinPlan(
  left: LogicalPlan,
  right: LogicalPlan,
  options: unknown,
): LogicalPlan {
  const { how = 'inner', ...rest } = Object(options) as Record<string, unknown>
  const wrong = Object.keys(rest)[0]
  if (wrong !== undefined)
    throw invalid(`naturalJoin: unknown option "${clip(wrong)}"; options: how`)
  const on = fieldNames(left.schema).filter((name) => right.schema.positions.has(name))
  if (on.length === 0) throw invalid('naturalJoin: the frames have no column name in common')
  return joinPlan(left, right, { on, how })
}

/** The key of a row that may lack its left side. */
function eitherKey(left: Expr, right: Expr): Expr {
  const type = superType(left.type, right.type)!
  return callExpr('coalesce', [castExpr(left, type), castExpr(right, type)])
}

export function keyExprs(left: LogicalPlan, right: LogicalPlan, [a, b]: KeyPair): [Expr, Expr] {
  const leftKey = columnExpr(fieldNamed(left.schema, a))
  const rightKey = columnExpr(fieldNamed(right.schema, b))
  const type = superType(leftKey.type, rightKey.type)
  if (type === undefined) {
    throw invalid(
      `join: "${clip(a)}" is ${typeText(leftKey.type)} and "${clip(b)}" is ` +
        `${typeText(rightKey.type)}, which are never equal; cast one of them`,
      { left: a, right: b },
    )
  }
  return [castExpr(leftKey, type), castExpr(rightKey, type)]
}

/** What the right columns are called in the join: merged keys by names that nobody has. */
export function namesOnRight(
  left: LogicalPlan,
  right: LogicalPlan,
  merged: ReadonlySet<string>,
  suffix: string,
): string[] {
  const taken = new Set(left.schema.fields.map(({ name }) => name))
  const names = new Map<string, string>()
  for (const { name } of right.schema.fields) {
    if (merged.has(name)) continue
    const wanted = left.schema.positions.has(name) ? name + suffix : name
    if (taken.has(wanted)) {
      throw invalid(
        `join: two columns would be called "${clip(wanted)}"; rename one, or give another suffix`,
        { column: wanted, suffix },
      )
    }
    taken.add(wanted)
    names.set(name, wanted)
  }
  for (const name of merged) {
    let free = `${name}_right`
    while (taken.has(free)) free += '_'
    taken.add(free)
    names.set(name, free)
  }
  return right.schema.fields.map(({ name }) => names.get(name)!)
}

function checkedOptions(options: unknown): { how: JoinHow; pairs: KeyPair[]; suffix: string } {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`join: expected options such as { on: 'id' }, got ${typeof options}`)
  }
  const { on, how = 'inner', suffix = '_right', ...rest } = options as Record<string, unknown>
  const unknownOption = Object.keys(rest)[0]
  if (unknownOption !== undefined) {
    throw invalid(`join: unknown option "${clip(unknownOption)}"; options: on, how, suffix`)
  }
  if (!HOWS.includes(how as JoinHow)) {
    throw invalid(`join: how is "${clip(String(how))}"; it can be ${HOWS.join(', ')}`, { how })
  }
  if (typeof suffix !== 'string' || suffix === '') {
    throw invalid('join: suffix has to be a string that is not empty', { suffix })
  }
  if (how === 'cross') {
    if (on !== undefined) throw invalid('join: a cross join has no keys; leave out "on"')
    return { how, pairs: [], suffix }
  }
  return { how: how as JoinHow, pairs: keyPairs(on, 'join'), suffix }
}

/** Pairs of key names, left and right. Throws INVALID for what is none; `verb` names the method. */
export function keyPairs(on: unknown, verb: string): KeyPair[] {
  const keys: unknown[] = Array.isArray(on) ? on : [on]
  const pairs = keys.map((key): KeyPair => {
    if (typeof key === 'string') return [key, key]
    const [left, right]: unknown[] = Array.isArray(key) && key.length === 2 ? key : []
    if (typeof left === 'string' && typeof right === 'string') return [left, right]
    throw invalid(`${verb}: on has to be a name, a list of names, or pairs [['left', 'right']]`, {
      on,
    })
  })
  if (pairs.length > 0) return pairs
  const hint = verb === 'join' ? "; for all pairs say how: 'cross'" : ''
  throw invalid(`${verb}: on names no key${hint}`)
}
