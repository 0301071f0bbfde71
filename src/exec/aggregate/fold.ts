import type { DataType } from '../../arrow/data-type.ts'
import { type Float64Vector, floatVector, type Vector } from '../../arrow/vector.ts'
import { bothValid } from '../../kernel/boolean.ts'
import { grownFloat64 } from '../../kernel/group-storage.ts'
import { vectorOfResults } from '../function/row-function.ts'
import type { AggregateState } from './aggregate-state.ts'

/**
 * An aggregate whose rows are folded into a few numbers, the same few however many rows there are.
 * All zeros stand for no rows.
 */
export interface Fold {
  /** How many numbers. */
  readonly width: number
  /** What is folded of each row: one list of numbers, or two. */
  columns(inputs: readonly Vector[]): readonly ArrayLike<number>[]
  /** Takes in one row. */
  enter(slots: Float64Array, at: number, x: number, y: number): void
  /** Takes in the rows of others, which come after. */
  join(slots: Float64Array, at: number, others: Float64Array, from: number): void
  result(slots: Float64Array, at: number): number | bigint | null
}

/** Valid where all of `inputs` are; null where none has nulls. */
export function allValid(inputs: readonly Vector[]): Uint8Array | null {
  return inputs.reduce<Uint8Array | null>(
    (valid, { validity, length }) =>
      validity === null ? valid : bothValid(valid, validity, length),
    null,
  )
}

/** One fold for each group. */
export class FoldState implements AggregateState {
  readonly #fold: Fold
  readonly #type: DataType
  #slots: Float64Array = new Float64Array(0)

  constructor(fold: Fold, type: DataType) {
    this.#fold = fold
    this.#type = type
  }

  get bytes(): number {
    return this.#slots.byteLength
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
    more: readonly Vector[] = [],
  ): void {
    const fold = this.#fold
    const slots = this.#grown(groupCount)
    const inputs = [input!, ...more]
    const [x, y = x] = fold.columns(inputs)
    const validity = allValid(inputs)
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      fold.enter(slots, (groups === null ? 0 : groups[row]!) * fold.width, x![row]!, y![row]!)
    }
  }

  parts(groupCount: number): Vector[] {
    return [floatVector(this.#grown(groupCount).slice(0, groupCount * this.#fold.width))]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    const { width } = this.#fold
    const slots = this.#grown(groupCount)
    const others = (parts[0] as Float64Vector).values
    for (let i = 0; i < groups.length; i++) {
      this.#fold.join(slots, groups[i]! * width, others, i * width)
    }
  }

  finish(groupCount: number): Vector {
    const slots = this.#grown(groupCount)
    const { width } = this.#fold
    const results = Array.from({ length: groupCount }, (_, group) =>
      this.#fold.result(slots, group * width),
    )
    return vectorOfResults(this.#type, results)
  }

  #grown(groupCount: number): Float64Array {
    this.#slots = grownFloat64(this.#slots, groupCount * this.#fold.width)
    return this.#slots
  }
}
