import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { SortKey } from '../../plan/expr.ts'
import type { Sort } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { ExternalSort } from '../spill/external-sort.ts'
import { SpillSpace } from '../spill/spill-space.ts'
import { HeldMemory } from './held-memory.ts'
import { sortColumns } from './sort-keys.ts'

/** Collects its input, in files what the memory limit has no room for, and yields it stably ordered. */
export class SortOperator implements Operator {
  readonly name = 'sort'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #keys: readonly SortKey[]

  constructor(plan: Pick<Sort, 'schema' | 'keys'>, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#keys = plan.keys
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const memory = new HeldMemory(context, 'sort')
    const space = new SpillSpace(context)
    try {
      const keysOf = (batch: Batch) => sortColumns(this.#keys, batch)
      const sort = new ExternalSort(space, memory, this.schema, keysOf)
      for await (const batch of this.inputs[0].execute(context)) sort.add(batch)
      yield* sort.sorted()
    } finally {
      space.remove()
      memory.release()
    }
  }
}
