import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import { filledGrouping } from '../aggregate/filled-grouping.ts'
import type { ExecContext } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Operator } from '../operator.ts'
import { SpillAggregate } from '../spill/spill-aggregate.ts'
import { AggregateShape } from './aggregate-groups.ts'
import { HeldMemory } from './held-memory.ts'
import { slicesOf } from './slices.ts'

/**
 * Numbers the groups of its input by hashing and feeds each aggregate the numbers. Groups come in
 * the order of their first rows, whether or not they had room in memory.
 */
export class HashAggregateOperator implements Operator {
  readonly name = 'aggregate'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #plan: Aggregate

  constructor(plan: Aggregate, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#plan = plan
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const memory = new HeldMemory(context, 'aggregate')
    try {
      if (memory.isLimited) yield* this.#limited(context, memory)
      else yield* this.#unlimited(context, memory)
    } finally {
      memory.release()
    }
  }

  async *#unlimited(context: ExecContext, memory: HeldMemory): AsyncGenerator<Batch> {
    const grouping = await filledGrouping(this.#plan, this.inputs[0], context, memory)
    yield* slicesOf(grouping.finish(), context.batchRowsMax)
  }

  async *#limited(context: ExecContext, memory: HeldMemory): AsyncGenerator<Batch> {
    const shape = new AggregateShape(this.#plan)
    const spill = new SpillAggregate(shape, context, memory)
    try {
      for await (const input of this.inputs[0].execute(context)) {
        const keys = shape.plan.keys.map(({ expr }) => evaluate(expr, input))
        const inputs = shape.inputs.map((expr) => evaluate(expr, input))
        spill.add(keys, inputs, input.length)
      }
      yield* spill.results()
    } finally {
      spill.remove()
    }
  }
}
