import { type DataType, integerRange, isExact, isFloat, isNumeric } from '../arrow/data-type.ts'
import { compareScalars, type Scalar } from '../arrow/scalar.ts'
import type { ColumnStatistics } from '../arrow/statistics.ts'
import type { StatisticsOf } from './bounds.ts'
import type { AggregateExpr, Expr } from './expr.ts'

/** Rows of which nothing but statistics is known. */
export interface KnownRows {
  readonly rows: number
  /** Per partition. */
  readonly known: readonly StatisticsOf[]
}

/**
 * What the aggregate `of` gives over all of `rows`; undefined when the statistics do not say so
 * exactly. Sums of no rows and ends of no rows are null.
 */
export function metadataAnswer(of: AggregateExpr, { rows, known }: KnownRows): Scalar | undefined {
  const { aggregate, input, type } = of
  if (input === null) return aggregate === 'count' ? BigInt(rows) : undefined
  if (input.kind !== 'column') return undefined
  const parts: ColumnStatistics[] = []
  for (const statisticsOf of known) {
    const column = statisticsOf(input.name)
    if (column === undefined) return undefined
    if (column !== 'all-null' && column.statistics.rows !== column.rows) return undefined
    if (column !== 'all-null') parts.push(column.statistics)
  }
  switch (aggregate) {
    case 'count':
      return parts.reduce((count, { rows, nulls }) => count + BigInt(rows - nulls), 0n)
    case 'min':
    case 'max':
      return endOf(parts, aggregate, type)
    case 'sum':
      return sumOf(parts, input.type, type)
    default:
      return undefined
  }
}

/** The value that `expr` has in every row of a partition; undefined when no statistics say so. */
export function constantIn(expr: Expr, statisticsOf: StatisticsOf): Scalar | undefined {
  if (expr.kind !== 'column') return undefined
  const known = statisticsOf(expr.name)
  if (known === undefined) return undefined
  if (known === 'all-null') return null
  const { rows, nulls, nans, min, max, minExact, maxExact } = known.statistics
  if (rows !== known.rows) return undefined
  if (nulls === rows) return null
  if (nulls > 0 || nans > 0 || !minExact || !maxExact || min === null || max === null) {
    return undefined
  }
  if (compareScalars(min, max) !== 0) return undefined
  return isFloat(expr.type) && min === 0 ? undefined : min // 0 may stand for -0.
}

function endOf(
  parts: readonly ColumnStatistics[],
  aggregate: 'min' | 'max',
  type: DataType,
): Scalar | undefined {
  let end: Scalar = null
  for (const of of parts) {
    if (of.nans > 0) return undefined
    if (of.rows === of.nulls) continue
    const value = of[aggregate]
    if (value === null) return undefined
    if (!(aggregate === 'min' ? of.minExact : of.maxExact)) return undefined
    const order = end === null ? 0 : compareScalars(value, end)
    if (end === null || (aggregate === 'min' ? order < 0 : order > 0)) end = value
  }
  return isFloat(type) && end === 0 ? undefined : end
}

function sumOf(
  parts: readonly ColumnStatistics[],
  from: DataType,
  type: DataType,
): Scalar | undefined {
  if (!isNumeric(from) || !isExact(from)) return undefined
  let total: bigint | null = null
  for (const { sum, rows, nulls } of parts) {
    if (rows === nulls) continue
    if (sum === null) return undefined
    total = (total ?? 0n) + sum
  }
  const [least, greatest] = integerRange(type)
  return total !== null && (total < least || total > greatest) ? undefined : total
}
