import { type Batch, batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Operator } from '../operator.ts'
import { SpillAggregate } from '../spill/spill-aggregate.ts'
import { AggregateGroups, AggregateShape } from './aggregate-groups.ts'
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
  readonly #shape: AggregateShape

  constructor(plan: Aggregate, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#shape = new AggregateShape(plan)
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
    const groups = new AggregateGroups(this.#shape, context.batchRowsMax)
    for await (const input of this.inputs[0].execute(context)) {
      const { keys, inputs } = this.#evaluate(input)
      groups.add(keys, inputs, input.length)
      memory.set(groups.bytes)
    }
    const results = groups.states.map((state) => state.finish(groups.count))
    const all = batch(this.schema, [...groups.keys(), ...results], groups.count)
    yield* slicesOf(all, context.batchRowsMax)
  }

  async *#limited(context: ExecContext, memory: HeldMemory): AsyncGenerator<Batch> {
    const spill = new SpillAggregate(this.#shape, context, memory)
    try {
      for await (const input of this.inputs[0].execute(context)) {
        const { keys, inputs } = this.#evaluate(input)
        spill.add(keys, inputs, input.length)
      }
      yield* spill.results()
    } finally {
      spill.remove()
    }
  }

  #evaluate(input: Batch) {
    return {
      keys: this.#shape.plan.keys.map(({ expr }) => evaluate(expr, input)),
      inputs: this.#shape.inputs.map((expr) => evaluate(expr, input)),
    }
  }
}
