import { isFloat, isInteger, typeText } from '../arrow/data-type.ts'
import type { AggregateExpr } from '../plan/expr.ts'
import { refused } from './refused.ts'
import { type ExprScope, sqlOfExpr } from './sql-of-expr.ts'
import { narrowed, wideType } from './sql-type.ts'

/** An aggregate in exactly ClickHouse's type for it. Throws INVALID for one that differs there. */
export function sqlOfAggregate(of: AggregateExpr, scope: ExprScope): string {
  const { aggregate, input, type } = of
  if (input === null) return 'toInt64(count())'
  const sql = sqlOfExpr(input, scope)
  const float = isFloat(input.type)
  switch (aggregate) {
    case 'count':
      return `toInt64(count(${sql}))`
    case 'countDistinct':
      if (float) throw refused('countDistinct', 'of floats, where -0 and NaN have several forms')
      return `toInt64(uniqExact(${sql}))`
    case 'sum':
      if (float) return `sumOrNull(toFloat64(${sql}))`
      return narrowed(totalSql(of, sql), type, scope.fresh())
    case 'mean':
      return float
        ? `avgOrNull(toFloat64(${sql}))`
        : `(toFloat64(${totalSql(of, sql)}) / count(${sql}))`
    case 'min':
    case 'max':
      return float ? extremeFloat(aggregate, sql) : `${aggregate}OrNull(${sql})`
    case 'boolAnd':
      return `minOrNull(${sql})`
    case 'boolOr':
      return `maxOrNull(${sql})`
    case 'stddev':
      return `if(count(${sql}) < 2,NULL,stddevSampStableOrNull(toFloat64(${sql})))`
    case 'variance':
      return `if(count(${sql}) < 2,NULL,varSampStableOrNull(toFloat64(${sql})))`
    default:
      throw refused(`the aggregate ${aggregate}`, 'it is not translated')
  }
}

function totalSql({ aggregate, input }: AggregateExpr, sql: string): string {
  const { type } = input!
  if (isInteger(type) || type.name === 'decimal') {
    return `sumOrNull(CAST(${sql} AS ${wideType(type)}))`
  }
  throw refused(`the aggregate ${aggregate}`, `of a ${typeText(type)} it is not translated`)
}

/** NaN is greater than every number: the least value is one only where there is nothing else. */
function extremeFloat(aggregate: 'min' | 'max', sql: string): string {
  const numbers = `${aggregate}OrNullIf(${sql},NOT isNaN(${sql}))`
  const nans = `countIf(isNaN(${sql}))`
  if (aggregate === 'max') return `if(${nans} > 0,nan,${numbers})`
  return `if(${nans} > 0 AND isNull(${numbers}),nan,${numbers})`
}
