import type { Vector } from '../../arrow/vector.ts'
import { GroupTable } from '../../kernel/group-table.ts'
import type { Expr } from '../../plan/expr.ts'
import { inputsOfAggregate } from '../../plan/expr-children.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import type { AggregateState } from '../aggregate/aggregate-state.ts'
import { aggregateState } from '../aggregate/aggregates.ts'
import { feed, positionsIn } from '../aggregate/feed.ts'

/** What an aggregate computes of each row: every distinct expression once. */
export class AggregateShape {
  readonly plan: Aggregate
  /** The distinct inputs of the aggregates, and the positions of each aggregate's among them. */
  readonly inputs: readonly Expr[]
  readonly positions: readonly (readonly number[])[]

  constructor(plan: Aggregate) {
    const inputs: Expr[] = []
    this.plan = plan
    this.inputs = inputs
    this.positions = plan.aggregates.map((of) => positionsIn(inputs, inputsOfAggregate(of)))
  }
}

/** Numbers groups by hashing and feeds each aggregate the numbers. */
export class AggregateGroups {
  readonly states: readonly AggregateState[]
  readonly #shape: AggregateShape
  readonly #table: GroupTable | null
  readonly #ids: Int32Array | null

  /** @param rowsMax Rows of the largest batch. */
  constructor(shape: AggregateShape, rowsMax: number) {
    const { keys, aggregates } = shape.plan
    this.#shape = shape
    this.#table = keys.length === 0 ? null : new GroupTable(keys.map(({ expr }) => expr.type))
    this.#ids = keys.length === 0 ? null : new Int32Array(rowsMax)
    this.states = aggregates.map(aggregateState)
  }

  get count(): number {
    return this.#table?.count ?? 1
  }

  get bytes(): number {
    return this.states.reduce((sum, { bytes }) => sum + bytes, this.#table?.bytes ?? 0)
  }

  /** Takes in `length` rows; the groups of each, or null when there is but one. */
  add(keys: readonly Vector[], inputs: readonly Vector[], length: number): Int32Array | null {
    this.#table?.assign(keys, length, this.#ids!)
    this.update(this.#ids, inputs, length)
    return this.#ids
  }

  /** The group of each row, -1 for rows of none; null when there is but one. */
  find(keys: readonly Vector[], length: number): Int32Array | null {
    this.#table?.find(keys, length, this.#ids!)
    return this.#ids
  }

  /** Feeds rows whose groups are known to the states. */
  update(ids: Int32Array | null, inputs: readonly Vector[], length: number): void {
    const { count } = this
    for (const [position, state] of this.states.entries()) {
      feed(state, this.#shape.positions[position]!, inputs, { ids, length, count })
    }
  }

  keys(): Vector[] {
    return this.#table?.keys() ?? []
  }
}
