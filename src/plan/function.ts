/**
 * Names of the scalar functions. Types and nullability of each are in `plan/signature.ts`,
 * implementations in `exec/function/scalar-functions.ts`; the compiler checks both complete.
 */
export const FUNCTION_NAMES = [
  // arithmetic; errors on overflow, never wraps
  'add',
  'sub',
  'mul',
  'div',
  'intDiv',
  'mod',
  'neg',
  'abs',
  'round',
  'floor',
  'ceil',
  'sqrt',
  'pow',
  'exp',
  'ln',
  // comparison; NaN equals NaN and is greater than every number
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  // three-valued logic
  'and',
  'or',
  'not',
  'isNull',
  'isNotNull',
  'coalesce',
  'nullIf',
  // text; lengths and positions in characters (code points), positions from 0
  'lower',
  'upper',
  'length',
  'trim',
  'trimStart',
  'trimEnd',
  'startsWith',
  'endsWith',
  'contains',
  'like',
  'slice',
  'replace',
  'concat',
  // dates and times
  'year',
  'quarter',
  'month',
  'day',
  'dayOfWeek',
  'dayOfYear',
  'hour',
  'minute',
  'second',
  'date',
  'truncate',
] as const

export type FunctionName = (typeof FUNCTION_NAMES)[number]

/** Names of the aggregates; implementations in `exec/aggregate/aggregates.ts`. */
export const AGGREGATE_NAMES = [
  'count',
  'countDistinct',
  'sum',
  'mean',
  'min',
  'max',
  'any',
  'first',
  'last',
  'stddev',
  'variance',
  'median',
] as const

export type AggregateName = (typeof AGGREGATE_NAMES)[number]
