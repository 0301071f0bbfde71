import { integerRange, isFloat, typeText } from '../../arrow/data-type.ts'
import { decimalText } from '../../arrow/scalar.ts'
import { exactVector, SAFE, type Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import { ExactSums, FloatSums } from '../../kernel/sum.ts'
import type { AggregateExpr } from '../../plan/expr.ts'
import type { AggregateState } from './aggregate-state.ts'
import { Presence } from './presence.ts'

const SAFE_BIG = BigInt(SAFE)

/** The sum of the values that are not null; null when there are none. INVALID on overflow. */
export class SumState implements AggregateState {
  readonly #expr: AggregateExpr
  readonly #presence = new Presence()
  readonly #exact: ExactSums | null
  readonly #float: FloatSums | null

  constructor(expr: AggregateExpr) {
    this.#expr = expr
    const float = isFloat(expr.input!.type)
    this.#exact = float ? null : new ExactSums()
    this.#float = float ? new FloatSums() : null
  }

  get bytes(): number {
    return this.#presence.bytes + (this.#exact?.bytes ?? 0) + (this.#float?.bytes ?? 0)
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    this.#presence.note(groups, input!, length, groupCount)
    this.#exact?.add(input!, groups, groupCount)
    this.#float?.add(input!, groups, groupCount)
  }

  /** The sums as the nearest float64s, of decimals unscaled; whether or not they fit the type. */
  floats(groupCount: number): Float64Array {
    const safe = this.#exact?.safeTotals(groupCount) ?? null
    if (safe !== null) return safe
    return Float64Array.from({ length: groupCount }, (_, group) =>
      Number(this.#exact?.total(group) ?? this.#float!.total(group)),
    )
  }

  finish(groupCount: number): Vector {
    const validity = this.#presence.validity(groupCount)
    if (this.#exact !== null) return this.#exactSums(this.#exact, groupCount, validity)
    const values = this.floats(groupCount)
    return { type: this.#expr.type, layout: 'f64', length: groupCount, validity, values }
  }

  parts(groupCount: number): Vector[] {
    const validity = this.#presence.validity(groupCount)
    const { type } = this.#expr
    if (this.#exact !== null) return [this.#exact.totals(type, groupCount, validity)]
    return this.#float!.parts(groupCount, validity)
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.#presence.note(groups, parts[0]!, groups.length, groupCount)
    this.#exact?.add(parts[0]!, groups, groupCount)
    this.#float?.merge(groups, parts, groupCount)
  }

  #exactSums(sums: ExactSums, groupCount: number, validity: Uint8Array | null): Vector {
    const { name, type } = this.#expr
    const [least, greatest] = integerRange(type)
    const safe = sums.safeTotals(groupCount)
    if (safe !== null && least <= -SAFE_BIG && greatest >= SAFE_BIG) {
      return { type, layout: 'f64', length: groupCount, validity, values: safe }
    }
    const values: bigint[] = []
    for (let group = 0; group < groupCount; group++) {
      const total = sums.total(group)
      if (total < least || total > greatest) {
        const text = decimalText(total, type.name === 'decimal' ? type.scale : 0)
        throw invalid(`sum "${name}" is ${text}, which is beyond ${typeText(type)}`, {
          column: name,
          value: text,
          type: typeText(type),
        })
      }
      values.push(total)
    }
    return exactVector(type, values, validity)
  }
}
