import { type Batch, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Expr } from '../../plan/expr.ts'
import type { Filter } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { selectRows } from '../evaluate.ts'
import type { Operator } from '../operator.ts'
import { BatchMerger } from './batch-merger.ts'

/** Yields the rows of its input for which the predicate is true. */
export class FilterOperator implements Operator {
  readonly name = 'filter'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #predicate: Expr

  constructor(plan: Filter, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#predicate = plan.predicate
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const borrowed = context.blocks !== null
    const merger = new BatchMerger(this.schema, context.batchRowsMax, { borrowed })
    const rows = new Uint32Array(context.batchRowsMax)
    for await (const batch of this.inputs[0].execute(context)) {
      const count = selectRows(this.#predicate, batch, null, batch.length, rows)
      const kept = count === batch.length ? batch : takeBatch(batch, rows, count)
      yield* merger.push(kept)
    }
    yield* merger.flush()
  }
}
