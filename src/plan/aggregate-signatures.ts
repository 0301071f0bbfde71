import { bool, type DataType, float64, int64, isInteger, json, utf8 } from '../arrow/data-type.ts'
import type { Expr } from './expr.ts'
import type { AggregateName } from './function.ts'
import { number, wants, withOrder } from './signature-rule.ts'

/** The type of an aggregate of `input`, and of `more` where it has several inputs. Throws INVALID. */
export type AggregateRule = (input: Expr, name: AggregateName, more: readonly Expr[]) => DataType

const statistic: AggregateRule = (input, name, more) => {
  for (const arg of [input, ...more]) number(arg, name)
  return float64
}

const pairs: AggregateRule = (input, name, more) => {
  statistic(input, name, more)
  return int64
}

const truth: AggregateRule = (input, name) => {
  if (input.type.name !== 'bool') throw wants(name, 'a bool', input)
  return bool
}

const bits: AggregateRule = (input, name) => {
  if (!isInteger(input.type)) throw wants(name, 'a whole number', input)
  return int64
}

const texts: AggregateRule = (input, name, more) => {
  for (const by of more) withOrder(by, name)
  if (input.type.name !== 'utf8') throw wants(name, 'text', input)
  return utf8
}

/** What can be told apart and written as JSON. */
const tally = (type: DataType | null): AggregateRule => {
  return (input, name) => {
    if (input.type.name === 'binary') throw wants(name, 'anything but binary', input)
    return type ?? input.type
  }
}

/** One of the values by their order. */
export const ordered: AggregateRule = (input, name) => withOrder(input, name).type

/** One of the values by the order of others. */
const orderedBy: AggregateRule = ({ type }, name, [by]) => {
  withOrder(by!, name)
  return type
}

/** The aggregates beyond the plainest. */
export const FURTHER_AGGREGATES = {
  stddevPop: statistic,
  variancePop: statistic,
  skewness: statistic,
  kurtosis: statistic,
  product: statistic,
  boolAnd: truth,
  boolOr: truth,
  bitwiseAnd: bits,
  bitwiseOr: bits,
  bitwiseXor: bits,
  quantile: statistic,
  quantileDisc: ordered,
  mode: ordered,
  entropy: tally(float64),
  histogram: tally(json),
  listAgg: texts,
  corr: statistic,
  covarPop: statistic,
  covarSamp: statistic,
  regrSlope: statistic,
  regrIntercept: statistic,
  regrR2: statistic,
  regrCount: pairs,
  regrAvgX: statistic,
  regrAvgY: statistic,
  regrSxx: statistic,
  regrSyy: statistic,
  regrSxy: statistic,
  maxBy: orderedBy,
  minBy: orderedBy,
  approxCountDistinct: (() => int64) as AggregateRule,
  approxQuantile: statistic,
  approxTopK: tally(json),
} satisfies Partial<Record<AggregateName, AggregateRule>>

/** Aggregates that count or collect, which is 0 or an empty list over nothing. */
export const NEVER_NULL: ReadonlySet<AggregateName> = new Set<AggregateName>([
  'count',
  'countDistinct',
  'approxCountDistinct',
  'regrCount',
  'collectList',
])

/** Those of two columns. */
export const PAIRED: ReadonlySet<string> = new Set<AggregateName>([
  ...(['corr', 'covarPop', 'covarSamp', 'maxBy', 'minBy', 'regrSlope', 'regrIntercept'] as const),
  ...(['regrR2', 'regrCount', 'regrAvgX', 'regrAvgY', 'regrSxx', 'regrSyy', 'regrSxy'] as const),
])

/** Whether `name` takes `count` columns beside the first. Those of listAgg order its texts. */
export function takesMore(name: AggregateName, count: number): boolean {
  return name === 'listAgg' || count === (PAIRED.has(name) ? 1 : 0)
}
