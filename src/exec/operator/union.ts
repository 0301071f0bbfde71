import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Union } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'

/** Yields the rows of its inputs, one input after another, under the names of the first. */
export class UnionOperator implements Operator {
  readonly name = 'union'
  readonly inputs: readonly Operator[]
  readonly schema: Schema

  constructor(plan: Union, inputs: readonly Operator[]) {
    this.inputs = inputs
    this.schema = plan.schema
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { schema } = this
    for (const input of this.inputs) {
      for await (const batch of input.execute(context)) yield { ...batch, schema }
    }
  }
}
