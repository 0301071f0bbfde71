import { bool, typesEqual } from '../arrow/data-type.ts'
import { hasKeyBetween } from '../arrow/key-set.ts'
import { unreachable } from '../error.ts'
import { boundsOf, type StatisticsOf } from './bounds.ts'
import type { CallExpr, Expr, InExpr, MemberExpr } from './expr.ts'
import {
  allAtMost,
  allLess,
  hasValue,
  type Interval,
  mayOverlap,
  sameSingleton,
  singleton,
} from './interval.ts'
import { likePrefix, prefixPossible } from './like-prefix.ts'

/** Which of the three truth values a bool may take over the rows of a partition: never fewer. */
export interface Possible {
  readonly canBeTrue: boolean
  readonly canBeFalse: boolean
  readonly canBeNull: boolean
}

const ANY: Possible = { canBeTrue: true, canBeFalse: true, canBeNull: true }
const NONE: Possible = { canBeTrue: false, canBeFalse: false, canBeNull: false }

/** The truth values that the bool `expr` may take where columns are as `statisticsOf` says. */
export function possibleOf(expr: Expr, statisticsOf: StatisticsOf): Possible {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return possibleOfInterval(boundsOf(expr, statisticsOf))
    case 'in':
      return possibleOfIn(expr, boundsOf(expr.input, statisticsOf))
    case 'member':
      return possibleOfMember(expr, boundsOf(expr.input, statisticsOf))
    case 'case':
      return [expr.otherwise, ...expr.branches.map(({ then }) => then)]
        .map((result) => possibleOf(result, statisticsOf))
        .reduce(either)
    case 'cast':
    case 'user':
      return ANY
    case 'call':
      return possibleOfCall(expr, statisticsOf)
    default:
      return unreachable(expr)
  }
}

function possibleOfInterval(of: Interval): Possible {
  return {
    canBeTrue: of.some && of.greatest !== false,
    canBeFalse: of.some && of.least !== true,
    canBeNull: of.canBeNull,
  }
}

const either = (a: Possible, b: Possible): Possible => ({
  canBeTrue: a.canBeTrue || b.canBeTrue,
  canBeFalse: a.canBeFalse || b.canBeFalse,
  canBeNull: a.canBeNull || b.canBeNull,
})

const negated = (of: Possible): Possible => ({
  canBeTrue: of.canBeFalse,
  canBeFalse: of.canBeTrue,
  canBeNull: of.canBeNull,
})

const both = (a: Possible, b: Possible): Possible => ({
  canBeTrue: a.canBeTrue && b.canBeTrue,
  canBeFalse: a.canBeFalse || b.canBeFalse,
  canBeNull:
    (a.canBeNull && (b.canBeNull || b.canBeTrue)) || (b.canBeNull && (a.canBeNull || a.canBeTrue)),
})

function possibleOfCall(expr: CallExpr, statisticsOf: StatisticsOf): Possible {
  const args = (): Possible[] => expr.args.map((arg) => possibleOf(arg, statisticsOf))
  switch (expr.name) {
    case 'and':
      return args().reduce(both)
    case 'or':
      return negated(args().map(negated).reduce(both))
    case 'not':
      return negated(args()[0]!)
    case 'coalesce':
      return args().reduce(firstOf)
    case 'nullIf':
      return { ...args()[0]!, canBeNull: true }
    case 'isNull':
      return possibleNull(expr.args[0]!, statisticsOf)
    case 'isNotNull':
      return negated(possibleNull(expr.args[0]!, statisticsOf))
    default:
      return possibleOfValues(expr, statisticsOf)
  }
}

/** `a`, or `b` where `a` is null. */
function firstOf(a: Possible, b: Possible): Possible {
  return a.canBeNull ? either({ ...a, canBeNull: false }, b) : a
}

function possibleNull(of: Expr, statisticsOf: StatisticsOf): Possible {
  if (typesEqual(of.type, bool)) {
    const { canBeTrue, canBeFalse, canBeNull } = possibleOf(of, statisticsOf)
    return { canBeTrue: canBeNull, canBeFalse: canBeTrue || canBeFalse, canBeNull: false }
  }
  const bounds = boundsOf(of, statisticsOf)
  return { canBeTrue: bounds.canBeNull, canBeFalse: hasValue(bounds), canBeNull: false }
}

/** Functions that are null where one of their arguments is, and only there. */
function possibleOfValues({ name, args }: CallExpr, statisticsOf: StatisticsOf): Possible {
  const [left, right] = args
  if (left === undefined || right === undefined || args.length !== 2) return ANY
  if (!typesEqual(left.type, right.type)) return ANY
  const a = boundsOf(left, statisticsOf)
  const b = boundsOf(right, statisticsOf)
  const canBeNull = a.canBeNull || b.canBeNull
  if (!hasValue(a) || !hasValue(b)) return { ...NONE, canBeNull }
  switch (name) {
    case 'eq':
      return { canBeTrue: mayOverlap(a, b), canBeFalse: !sameSingleton(a, b), canBeNull }
    case 'ne':
      return { canBeTrue: !sameSingleton(a, b), canBeFalse: mayOverlap(a, b), canBeNull }
    case 'lt':
      return { canBeTrue: !allAtMost(b, a), canBeFalse: !allLess(a, b), canBeNull }
    case 'lte':
      return { canBeTrue: !allLess(b, a), canBeFalse: !allAtMost(a, b), canBeNull }
    case 'gt':
      return { canBeTrue: !allAtMost(a, b), canBeFalse: !allLess(b, a), canBeNull }
    case 'gte':
      return { canBeTrue: !allLess(a, b), canBeFalse: !allAtMost(b, a), canBeNull }
    case 'startsWith': {
      if (right.kind !== 'literal') return { canBeTrue: true, canBeFalse: true, canBeNull }
      return { ...prefixPossible(a, { prefix: right.value as string, rest: 'any' }), canBeNull }
    }
    case 'like': {
      const pattern = likePrefix(right.kind === 'literal' ? (right.value as string) : '%_')
      return { ...prefixPossible(a, pattern), canBeNull }
    }
    default:
      return { canBeTrue: true, canBeFalse: true, canBeNull }
  }
}

function possibleOfMember({ keys }: MemberExpr, input: Interval): Possible {
  const { some, least, greatest, canBeNull } = input
  const from = least === null ? Number.NEGATIVE_INFINITY : Number(least)
  const to = greatest === null ? Number.POSITIVE_INFINITY : Number(greatest)
  return { canBeTrue: some && hasKeyBetween(keys, from, to), canBeFalse: some, canBeNull }
}

function possibleOfIn(expr: InExpr, input: Interval): Possible {
  if (expr.values.length === 0) return ANY
  const listed = expr.values.filter((value) => value !== null).map(singleton)
  const hasNull = listed.length < expr.values.length
  const canBeFound = listed.some((value) => mayOverlap(input, value))
  const canBeMissed = hasValue(input) && !listed.some((value) => sameSingleton(input, value))
  return {
    canBeTrue: canBeFound,
    canBeFalse: canBeMissed && !hasNull,
    canBeNull: input.canBeNull || (canBeMissed && hasNull),
  }
}
