import { type Batch, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { sortRows } from '../../kernel/sort.ts'
import type { SortKey } from '../../plan/expr.ts'
import type { Sort } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { BatchCollector } from './batch-collector.ts'
import { HeldMemory } from './held-memory.ts'
import { Pacer } from './pacer.ts'
import { sortColumns } from './sort-keys.ts'

/** Collects its input and yields it stably ordered. */
export class SortOperator implements Operator {
  readonly name = 'sort'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #keys: readonly SortKey[]

  constructor(plan: Sort, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#keys = plan.keys
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const memory = new HeldMemory(context, 'sort')
    const pacer = new Pacer(context)
    try {
      const collector = new BatchCollector(this.schema, memory)
      for await (const batch of this.inputs[0].execute(context)) collector.add(batch)
      // The rows are copied once to stand together; then words and row numbers are moved.
      memory.add(collector.bytes + collector.rows * 24)
      const all = collector.all()
      if (all === null) return
      const rows = sortRows(sortColumns(this.#keys, all), all.length)
      for (let from = 0; from < rows.length; from += context.batchRowsMax) {
        const window = rows.subarray(from, from + context.batchRowsMax)
        await pacer.step(window.length * all.columns.length)
        yield takeBatch(all, window, window.length)
      }
    } finally {
      memory.release()
    }
  }
}
