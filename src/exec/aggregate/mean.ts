import { type DataType, decimal, float64, isFloat } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { ExactSums, FloatSums } from '../../kernel/sum.ts'
import type { AggregateState } from './aggregate-state.ts'
import { CountState } from './count.ts'

/** What the inner whole numbers of `type` have to be divided by to be its values. */
export function unitOf(type: DataType): number {
  return type.name === 'decimal' ? 10 ** type.scale : 1
}

/** The mean of the values that are not null, from an exact or compensated sum; null without any. */
export class MeanState implements AggregateState {
  readonly #unit: number
  readonly #counts = new CountState()
  readonly #exact: ExactSums | null
  readonly #float: FloatSums | null

  constructor(input: DataType) {
    this.#unit = unitOf(input)
    this.#exact = isFloat(input) ? null : new ExactSums()
    this.#float = isFloat(input) ? new FloatSums() : null
  }

  get bytes(): number {
    return this.#counts.bytes + (this.#exact?.bytes ?? 0) + (this.#float?.bytes ?? 0)
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    this.#counts.update(groups, input, length, groupCount)
    this.#exact?.add(input!, groups, groupCount)
    this.#float?.add(input!, groups, groupCount)
  }

  parts(groupCount: number): Vector[] {
    const sums =
      this.#exact === null
        ? this.#float!.parts(groupCount, null)
        : [this.#exact.totals(decimal(38, 0), groupCount, null)]
    return [...this.#counts.parts(groupCount), ...sums]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    const [counts, ...sums] = parts
    this.#counts.merge(groups, [counts!], groupCount)
    this.#exact?.add(sums[0]!, groups, groupCount)
    this.#float?.merge(groups, sums, groupCount)
  }

  finish(groupCount: number): Vector {
    const values = new Float64Array(groupCount)
    const validity = new Uint8Array(groupCount)
    const safe = this.#exact?.safeTotals(groupCount) ?? null
    for (let group = 0; group < groupCount; group++) {
      const total = safe?.[group] ?? this.#float?.total(group) ?? Number(this.#exact!.total(group))
      const count = this.#counts.of(group)
      if (count === 0) continue
      values[group] = total / (count * this.#unit)
      validity[group] = 1
    }
    return { type: float64, layout: 'f64', length: groupCount, validity, values }
  }
}
