import { isFloat } from '../arrow/data-type.ts'
import type { AggregateExpr } from './expr.ts'

/**
 * Whether an aggregate gives the same to the last bit whatever the order of its rows, and put
 * together from parts of them as gone through at once.
 */
export function isExactAggregate({ aggregate, input }: AggregateExpr): boolean {
  switch (aggregate) {
    case 'count':
    case 'min':
    case 'max':
    case 'boolAnd':
    case 'boolOr':
      return true
    case 'sum':
    case 'mean':
      return input !== null && !isFloat(input.type)
    default:
      return false
  }
}
