import { type Batch, batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { GroupTable } from '../../kernel/group-table.ts'
import type { Expr } from '../../plan/expr.ts'
import { exprsEqual } from '../../plan/expr-children.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import type { AggregateState } from '../aggregate/aggregate-state.ts'
import { aggregateState } from '../aggregate/aggregates.ts'
import type { ExecContext } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Operator } from '../operator.ts'
import { HeldMemory } from './held-memory.ts'
import { slicesOf } from './slices.ts'

/** Numbers the groups of its input by hashing and feeds each aggregate the numbers. */
export class HashAggregateOperator implements Operator {
  readonly name = 'aggregate'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #plan: Aggregate
  /** The distinct inputs of the aggregates, and the position of each aggregate's among them. */
  readonly #exprs: Expr[] = []
  readonly #positions: readonly number[]

  constructor(plan: Aggregate, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#plan = plan
    this.#positions = plan.aggregates.map(({ input: expr }) => {
      if (expr === null) return -1
      const found = this.#exprs.findIndex((other) => exprsEqual(other, expr))
      return found < 0 ? this.#exprs.push(expr) - 1 : found
    })
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { keys, aggregates } = this.#plan
    const table = keys.length === 0 ? null : new GroupTable(keys.map(({ expr }) => expr.type))
    const states = aggregates.map(aggregateState)
    const ids = table === null ? null : new Int32Array(context.batchRowsMax)
    const memory = new HeldMemory(context, 'aggregate')
    try {
      for await (const input of this.inputs[0].execute(context)) {
        if (table !== null) {
          const vectors = keys.map(({ expr }) => evaluate(expr, input))
          table.assign(vectors, input.length, ids!)
        }
        this.#update(states, input, ids, table?.count ?? 1)
        memory.set(states.reduce((sum, { bytes }) => sum + bytes, table?.bytes ?? 0))
      }
      const groupCount = table?.count ?? 1
      const results = states.map((state) => state.finish(groupCount))
      const all = batch(this.schema, [...(table?.keys() ?? []), ...results], groupCount)
      yield* slicesOf(all, context.batchRowsMax)
    } finally {
      memory.release()
    }
  }

  #update(
    states: readonly AggregateState[],
    input: Batch,
    ids: Int32Array | null,
    groupCount: number,
  ): void {
    const vectors = this.#exprs.map((expr) => evaluate(expr, input))
    for (const [position, state] of states.entries()) {
      const vector = vectors[this.#positions[position]!] ?? null
      state.update(ids, vector, input.length, groupCount)
    }
  }
}
