import { isFloat } from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import type { ColumnStatistics } from '../arrow/statistics.ts'
import { unreachable } from '../error.ts'
import type { CallExpr, ColumnExpr, Expr } from './expr.ts'
import { hasValue, hull, type Interval, ONLY_NULL, singleton } from './interval.ts'
import {
  absOf,
  addOf,
  divOf,
  floorOf,
  intDivOf,
  mulOf,
  negOf,
  type Ordinary,
} from './interval-arithmetic.ts'
import { castEnds, truncateEnds, yearEnds } from './interval-monotone.ts'
import { prefixEnds } from './like-prefix.ts'

/** What is known of one column in one partition. */
export interface KnownColumn {
  readonly statistics: ColumnStatistics
  /** Rows of the partition. */
  readonly rows: number
}

/**
 * What is known of a column in one partition: its statistics; `all-null` for a column that is
 * younger than the partition; undefined when nothing is known.
 */
export type StatisticsOf = (columnName: string) => KnownColumn | 'all-null' | undefined

/** The interval that holds every value of `expr` where columns are as `statisticsOf` says. */
export function boundsOf(expr: Expr, statisticsOf: StatisticsOf): Interval {
  switch (expr.kind) {
    case 'column':
      return boundsOfColumn(expr, statisticsOf)
    case 'literal':
      return expr.value === null ? ONLY_NULL : singleton(expr.value)
    case 'cast': {
      const input = boundsOf(expr.input, statisticsOf)
      const canBeNull = input.canBeNull || expr.orNull
      if (!hasValue(input)) return { ...ONLY_NULL, canBeNull }
      return within(expr, castEnds(input, expr.input.type, expr.type), canBeNull)
    }
    case 'case':
      return [expr.otherwise, ...expr.branches.map(({ then }) => then)]
        .map((result) => boundsOf(result, statisticsOf))
        .reduce(hull)
    case 'in':
    case 'member':
    case 'user':
      return unknown(expr, true)
    case 'call':
      return boundsOfCall(expr, statisticsOf)
    default:
      return unreachable(expr)
  }
}

function boundsOfColumn(expr: ColumnExpr, statisticsOf: StatisticsOf): Interval {
  const known = statisticsOf(expr.name)
  if (known === 'all-null') return ONLY_NULL
  if (known === undefined) return unknown(expr, true)
  const { nulls, nans, min, max } = known.statistics
  return {
    some: known.rows > nulls + nans,
    least: min,
    greatest: max,
    canBeNan: nans > 0,
    canBeNull: nulls > 0,
  }
}

/** Some value of the type of `of`, nothing else being known. */
function unknown({ type }: Expr, canBeNull: boolean): Interval {
  return { some: true, least: null, greatest: null, canBeNan: isFloat(type), canBeNull }
}

function within(expr: Expr, ends: Ordinary | undefined, canBeNull: boolean): Interval {
  return ends === undefined ? unknown(expr, canBeNull) : { some: true, ...ends, canBeNull }
}

function boundsOfCall(expr: CallExpr, statisticsOf: StatisticsOf): Interval {
  const args = expr.args.map((arg) => boundsOf(arg, statisticsOf))
  if (expr.name === 'coalesce') return args.reduce(firstOf)
  if (expr.name === 'nullIf') return { ...args[0]!, canBeNull: true }
  if (expr.type.name === 'bool' || !STRICT.has(expr.name)) return unknown(expr, true)
  const canBeNull = args.some((arg) => arg.canBeNull)
  if (!args.every(hasValue)) return { ...ONLY_NULL, canBeNull }
  return within(expr, endsOfCall(expr, args), canBeNull)
}

/** The functions whose values are looked into: null where an argument is, and only there. */
const STRICT = new Set<string>(
  `add sub mul div intDiv mod neg abs round floor ceil sqrt pow exp ln lower upper length trim
  trimStart trimEnd slice left replace year quarter month day dayOfWeek dayOfYear hour minute second
  date truncate`.split(/\s+/),
)

/** `a`, or `b` where `a` is null. */
function firstOf(a: Interval, b: Interval): Interval {
  return a.canBeNull ? hull({ ...a, canBeNull: false }, b) : a
}

function constantOf(arg: Expr | undefined): Scalar {
  return arg?.kind === 'literal' ? arg.value : null
}

function endsOfCall(expr: CallExpr, bounds: readonly Interval[]): Ordinary | undefined {
  const a = bounds[0]!
  const b = bounds[1]
  const { args, type } = expr
  const types = args.map((arg) => arg.type)
  switch (expr.name) {
    case 'add':
      return addOf(a, b!, types, type)
    case 'sub': {
      const negative = negOf(b!)
      return negative && addOf(a, { ...b!, ...negative }, types, type)
    }
    case 'mul':
      return mulOf(a, b!, types, type)
    case 'div':
      return divOf(a, b!, types)
    case 'intDiv':
      return intDivOf(a, constantOf(args[1]), type)
    case 'left':
      return prefixEnds(a, Number(constantOf(args[1]) ?? Number.NaN))
    case 'slice':
      return Number(constantOf(args[1]) ?? Number.NaN) === 0
        ? prefixEnds(a, Number(constantOf(args[2]) ?? Number.NaN))
        : undefined
    case 'neg':
      return negOf(a)
    case 'abs':
      return absOf(a)
    case 'floor':
    case 'ceil':
      return floorOf(a, expr.name, type)
    case 'year':
      return yearEnds(a, types[0]!)
    case 'date':
      return castEnds(a, types[0]!, type)
    case 'truncate':
      return args[1]?.kind === 'literal'
        ? truncateEnds(a, types[0]!, String(args[1].value))
        : undefined
    default:
      return undefined
  }
}
