import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Values } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { Pacer } from './pacer.ts'
import { slicesOf } from './slices.ts'

/** Yields rows that are in memory already. */
export class ValuesOperator implements Operator {
  readonly name = 'values'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #batches: readonly Batch[]

  constructor(plan: Values) {
    this.schema = plan.schema
    this.#batches = plan.batches
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { schema } = this
    const pacer = new Pacer(context)
    for (const batch of this.#batches) {
      for (const slice of slicesOf({ ...batch, schema }, context.batchRowsMax)) {
        const pause = pacer.step(slice.length * Math.max(1, slice.columns.length))
        if (pause !== undefined) await pause
        yield slice
      }
    }
  }
}
