import { int64 } from '../../arrow/data-type.ts'
import { isNull, type Vector } from '../../arrow/vector.ts'
import { compareValues } from '../../kernel/compare-rows.ts'
import type { WindowOrder } from './window-order.ts'

/** By place, how often the value has changed since the partition's first row; null equals null. */
export function runIds({ length, start }: WindowOrder, vector: Vector): Vector {
  const values = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    if (start[i] !== i) values[i] = values[i - 1]! + (isSame(vector, i - 1, i) ? 0 : 1)
  }
  return { type: int64, layout: 'f64', length, validity: null, values }
}

function isSame(vector: Vector, a: number, b: number): boolean {
  if (isNull(vector, a) || isNull(vector, b)) return isNull(vector, a) && isNull(vector, b)
  return compareValues(vector, a, vector, b) === 0
}
