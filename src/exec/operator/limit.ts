import { type Batch, sliceBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Limit } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'

/** Yields a window of its input's rows and ends the input as soon as it has them. */
export class LimitOperator implements Operator {
  readonly name = 'limit'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #count: number
  readonly #offset: number

  constructor(plan: Pick<Limit, 'schema' | 'count' | 'offset'>, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#count = plan.count
    this.#offset = plan.offset
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    let toSkip = this.#offset
    let toGive = this.#count
    if (toGive === 0) return
    for await (const batch of this.inputs[0].execute(context)) {
      const from = Math.min(toSkip, batch.length)
      const to = Math.min(batch.length, from + toGive)
      toSkip -= from
      toGive -= to - from
      if (to > from) yield sliceBatch(batch, from, to)
      if (toGive === 0) return
    }
  }
}
