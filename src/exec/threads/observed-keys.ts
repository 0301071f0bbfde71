import type { Batch } from '../../arrow/batch.ts'
import { isExact, layoutOf } from '../../arrow/data-type.ts'
import { KeySetBuilder } from '../../arrow/key-set.ts'
import { type Scalar, scalarAt } from '../../arrow/scalar.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { GroupIndex } from '../../kernel/group-index.ts'
import { newGroupIndex } from '../../kernel/new-group-index.ts'
import type { Expr } from '../../plan/expr.ts'
import { callExpr, inExpr, literalExpr, memberExpr } from '../../plan/expr-walk.ts'
import { evaluate } from '../evaluate.ts'

/** Distinct keys of which a list is worth asking for. */
const LISTED_MAX = 1000

/** What the rows of one side of a join have as one of their keys: its ends, and all values if few. */
export class ObservedKeys {
  readonly #key: Expr
  #least = Number.POSITIVE_INFINITY
  #greatest = Number.NEGATIVE_INFINITY
  /** False once a value came that is no float64. */
  #isRanged: boolean
  #listed: GroupIndex | null
  readonly #set = new KeySetBuilder()
  #ids: Int32Array = new Int32Array(0)

  constructor(key: Expr) {
    this.#key = key
    const { type } = key
    this.#isRanged = isExact(type) || type.name === 'date'
    this.#listed = this.#isRanged || layoutOf(type) === 'utf8' ? newGroupIndex(type) : null
  }

  note(batch: Batch): void {
    if (!this.#isRanged && this.#listed === null) return
    const vector = evaluate(this.#key, batch)
    if (this.#isRanged) this.#widen(vector)
    if (this.#listed === null) return
    if (this.#ids.length < batch.length) this.#ids = new Int32Array(batch.length)
    this.#listed.assign(vector, this.#ids)
    if (this.#listed.count > LISTED_MAX) this.#listed = null
  }

  /** What is true of `other` in every row that joins; nothing when too little is known. */
  conjuncts(other: Expr): Expr[] {
    const values = this.#values()
    if (values !== null && this.#isShort(values)) return [inExpr(other, values)]
    if (!this.#isRanged || this.#least > this.#greatest) return []
    const set = this.#set.finish()
    if (set !== null && set.count * 2 <= this.#greatest - this.#least + 1) {
      return [memberExpr(other, set)]
    }
    const { type } = this.#key
    const literal = (value: number) =>
      literalExpr(layoutOf(type) === 'i32' ? value : BigInt(value), type)
    return [
      callExpr('gte', [other, literal(this.#least)]),
      callExpr('lte', [other, literal(this.#greatest)]),
    ]
  }

  #widen(vector: Vector): void {
    if (vector.layout !== 'i32' && vector.layout !== 'f64') {
      this.#isRanged = false
      return
    }
    const { values, validity, length } = vector
    this.#set.add(values, validity, length)
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = values[row]!
      if (value < this.#least) this.#least = value
      if (value > this.#greatest) this.#greatest = value
    }
  }

  #values(): Scalar[] | null {
    if (this.#listed === null) return null
    const keys = this.#listed.keys()
    const values: Scalar[] = []
    for (let row = 0; row < keys.length; row++) {
      const value = scalarAt(keys, row)
      if (value !== null) values.push(value)
    }
    return values.length === 0 ? null : values
  }

  /** A list that leaves no gap between its ends says no more than they do. */
  #isShort(values: readonly Scalar[]): boolean {
    return !this.#isRanged || values.length * 2 <= this.#greatest - this.#least + 1
  }
}
