import { layoutOf } from '../arrow/data-type.ts'
import { isNull, type Vector } from '../arrow/vector.ts'
import type { NumberRange } from '../kernel/select-numbers.ts'
import type { TopK } from '../plan/logical-plan.ts'
import { planMayThrow } from '../plan/may-throw.ts'
import { keyOverScan, pipelineScan } from '../plan/pipeline-scan.ts'

/**
 * What the first key of a top-k may at most be for a row to count, while it runs: the scan below
 * leaves out rows beyond it before it reads their other columns. Rows equal to it count.
 */
export class LiveBound {
  /** The column of the scan's table that is the key. */
  readonly column: string
  readonly keepsNulls: boolean
  readonly #descending: boolean
  readonly #range = { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY, flip: 1 }

  private constructor(column: string, descending: boolean, keepsNulls: boolean) {
    this.column = column
    this.#descending = descending
    this.keepsNulls = keepsNulls
  }

  /** For a plan whose first key is a column of numbers in a scan below it; else null. */
  static of(plan: TopK): LiveBound | null {
    const scan = pipelineScan(plan.input)
    // With a bound it would depend on chance which errors are met.
    if (scan === null || scan.limit !== null || planMayThrow(plan)) return null
    const key = keyOverScan(plan.keys[0], plan.input)
    if (key === null || key.expr.kind !== 'column') return null
    const layout = layoutOf(key.expr.type)
    if (layout !== 'i32' && layout !== 'f64') return null
    return new LiveBound(key.expr.name, key.descending, key.nulls === 'first')
  }

  /** The numbers that count, at first all; it changes with every `raise`. NaN counts. */
  get range(): NumberRange {
    return this.#range
  }

  /** The value at `row` of `keys` is that of the last row that counts so far. */
  raise(keys: Vector, row: number): void {
    if (isNull(keys, row) || (keys.layout !== 'i32' && keys.layout !== 'f64')) return
    const value = keys.values[row]!
    if (!Number.isFinite(value)) return
    // All numbers but those beyond the bound, which begin behind it.
    if (this.#descending) {
      this.#range.least = Number.NEGATIVE_INFINITY
      this.#range.greatest = below(value)
    } else {
      this.#range.least = -below(-value)
      this.#range.greatest = Number.POSITIVE_INFINITY
    }
  }
}

const float = new Float64Array(1)
const bits = new BigInt64Array(float.buffer)

/** The greatest float64 that is less than `value`, which is finite. */
function below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE
  float[0] = value
  bits[0]! += value > 0 ? -1n : 1n
  return float[0]!
}
