import { isFloat, isInteger, typeText } from '../arrow/data-type.ts'
import type { AggregateExpr } from '../plan/expr.ts'
import type { ExprScope } from './expr-scope.ts'
import { refused } from './refused.ts'
import { sqlOfExpr } from './sql-of-expr.ts'
import { canonicalKey, narrowed, wideType } from './sql-type.ts'

/** What is asked of ClickHouse's own aggregate `name`, such as `sumOrNull`: over rows, states or a window. */
export type AggregateCall = (name: string, args: string) => string

type Aggregated = Pick<AggregateExpr, 'input' | 'options' | 'type'> & {
  readonly aggregate: string
}

/**
 * An aggregate in exactly ClickHouse's type for it, made of those of ClickHouse's own that `call`
 * writes. Throws INVALID for one that differs there.
 */
export function sqlOfAggregate(of: Aggregated, scope: ExprScope, call: AggregateCall): string {
  const { aggregate, input, type } = of
  if (input === null) return `toInt64(${call('count', '')})`
  const sql = sqlOfExpr(input, scope)
  const float = isFloat(input.type)
  const count = () => call('count', sql)
  switch (aggregate) {
    case 'count':
      return `toInt64(${count()})`
    case 'countDistinct':
      return `toInt64(${call('uniqExact', canonicalKey(sql, input.type))})`
    case 'sum':
      if (float) return call('sumOrNull', `toFloat64(${sql})`)
      return narrowed(totalSql(of, sql, call), type, scope.fresh())
    case 'mean':
      return float
        ? call('avgOrNull', `toFloat64(${sql})`)
        : `(toFloat64(${totalSql(of, sql, call)}) / ${count()})`
    case 'min':
    case 'max':
      return float ? extremeFloat(aggregate, sql, call) : call(`${aggregate}OrNull`, sql)
    case 'boolAnd':
      return call('minOrNull', sql)
    case 'boolOr':
      return call('maxOrNull', sql)
    case 'stddev':
    case 'variance': {
      const name = aggregate === 'stddev' ? 'stddevSampStableOrNull' : 'varSampStableOrNull'
      return `if(${count()} < 2,NULL,${call(name, `toFloat64(${sql})`)})`
    }
    case 'median':
      return middleSql(call('groupArray', `toFloat64(${sql})`), scope)
    default:
      throw refused(`the aggregate ${aggregate}`, 'it is not translated')
  }
}

function totalSql({ aggregate, input }: Aggregated, sql: string, call: AggregateCall): string {
  const { type } = input!
  if (isInteger(type) || type.name === 'decimal') {
    return call('sumOrNull', `CAST(${sql} AS ${wideType(type)})`)
  }
  throw refused(`the aggregate ${aggregate}`, `of a ${typeText(type)} it is not translated`)
}

/** NaN is greater than every number: the least value is one only where there is nothing else. */
function extremeFloat(aggregate: 'min' | 'max', sql: string, call: AggregateCall): string {
  const numbers = call(`${aggregate}OrNullIf`, `${sql},NOT isNaN(${sql})`)
  const nans = call('countIf', `isNaN(${sql})`)
  if (aggregate === 'max') return `if(${nans} > 0,nan,${numbers})`
  return `if(${nans} > 0 AND isNull(${numbers}),nan,${numbers})`
}

/** The middle of `array`, or the mean of its two middle values; NaN sorts last there as here. */
function middleSql(array: string, scope: ExprScope): string {
  const sorted = scope.fresh()
  const low = `${sorted}[intDiv(length(${sorted}) + 1,2)]`
  const high = `${sorted}[intDiv(length(${sorted}),2) + 1]`
  const mean = `if(${low} = ${high},${low},${low} + (${high} - ${low}) / 2)`
  return `if(length(arraySort(${array}) AS ${sorted}) = 0,NULL,${mean})`
}
