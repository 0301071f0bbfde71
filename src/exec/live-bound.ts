import { type DataType, layoutOf } from '../arrow/data-type.ts'
import { isNull, type Vector } from '../arrow/vector.ts'
import type { NumberRange } from '../kernel/select-numbers.ts'
import type { ColumnExpr, SortKey } from '../plan/expr.ts'
import type { TopK } from '../plan/logical-plan.ts'
import { planMayThrow } from '../plan/may-throw.ts'
import { keyOverScan, pipelineScan } from '../plan/pipeline-scan.ts'
import { rangeOf } from './function/select-fast.ts'

/**
 * What the first key of a top-k may at most be for a row to count, while it runs: the scan below
 * leaves out rows beyond it before it reads their other columns. Rows equal to it count.
 */
export class LiveBound {
  /** The column of the scan's table that is the key. */
  readonly column: string
  readonly keepsNulls: boolean
  readonly #descending: boolean
  readonly #type: DataType
  #range: NumberRange = { least: 1, greatest: 0, flip: 1 }

  private constructor(column: ColumnExpr, { descending, nulls }: SortKey) {
    this.column = column.name
    this.#type = column.type
    this.#descending = descending
    this.keepsNulls = nulls === 'first'
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
    return new LiveBound(key.expr, key)
  }

  /** The numbers that count, at first all; it changes with every `raise`. NaN counts. */
  get range(): NumberRange {
    return this.#range
  }

  /** The value at `row` of `keys` is that of the last row that counts so far. */
  raise(keys: Vector, row: number): void {
    if (isNull(keys, row) || (keys.layout !== 'i32' && keys.layout !== 'f64')) return
    const value = keys.values[row]!
    if (Number.isNaN(value)) return
    this.#range = rangeOf(this.#type, {
      column: this.column,
      op: this.#descending ? 'gte' : 'lte',
      value,
    })
  }
}
