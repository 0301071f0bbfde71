import { expand } from '../../arrow/constant-vector.ts'
import { isNull, take } from '../../arrow/vector.ts'
import type { ScalarFunction } from './argument.ts'
import { compareVectors } from './comparison.ts'
import { assemble } from './logic.ts'

/** The argument that stands in `comparison` to the others; nulls are left out. */
function extreme(comparison: 'gt' | 'lt'): ScalarFunction {
  return (args, type, length) => {
    let best = expand(args[0]!, length)
    for (const arg of args.slice(1)) {
      const next = expand(arg, length)
      const better = compareVectors(comparison, next, best, length)
      const rows = new Uint32Array(length)
      let count = 0
      for (let row = 0; row < length; row++) {
        const wins = better.values[row] === 1 && !isNull(better, row)
        if (wins || (isNull(best, row) && !isNull(next, row))) rows[count++] = row
      }
      const taken = { vector: take(next, rows, count), rows, count }
      best = assemble(type, [{ vector: best, rows: null, count: length }, taken], length)
    }
    return best
  }
}

export const greatest = extreme('gt')
export const least = extreme('lt')
