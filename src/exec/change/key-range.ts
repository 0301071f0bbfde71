import { bool } from '../../arrow/data-type.ts'
import { compareScalars, type Scalar, scalarAt } from '../../arrow/scalar.ts'
import { isNull, type Vector } from '../../arrow/vector.ts'
import type { Expr } from '../../plan/expr.ts'
import { callExpr, conjoin, inExpr, literalExpr } from '../../plan/expr-walk.ts'

/** Keys that are asked for one by one; of more only the range. */
const KEYS_MAX = 256

/** True, over `columns`, for every row whose key is that of a row of `keys`. */
export function keyRange(columns: readonly Expr[], keys: readonly Vector[]): Expr {
  const ranges = columns.map((column, position) => rangeOf(column, keys[position]!))
  return conjoin(ranges.filter((range) => range !== null))
}

/** True for all values that `keys` has; null when nothing can be said. */
function rangeOf(column: Expr, keys: Vector): Expr | null {
  const values: Scalar[] = []
  let least: Scalar = null
  let greatest: Scalar = null
  for (let row = 0; row < keys.length; row++) {
    if (isNull(keys, row)) continue
    const value = scalarAt(keys, row)
    if (Number.isNaN(value)) return null
    if (values.length <= KEYS_MAX) values.push(value)
    if (least === null || compareScalars(value, least) < 0) least = value
    if (greatest === null || compareScalars(value, greatest) > 0) greatest = value
  }
  if (values.length === 0) return literalExpr(false, bool)
  if (values.length <= KEYS_MAX) return inExpr(column, values)
  const { type } = column
  return conjoin([
    callExpr('gte', [column, literalExpr(least, type)]),
    callExpr('lte', [column, literalExpr(greatest, type)]),
  ])
}
