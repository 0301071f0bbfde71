import type { Batch } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { ExecContext } from './context.ts'
import { slicesOf } from './operator/slices.ts'
import type { Operator } from './operator.ts'

/** The rows of a part of a plan that stands in it more than once: found once, held for the others. */
export class CommonRows {
  readonly #make: () => Operator
  #rows: Promise<readonly Batch[]> | null = null

  /** @param make Makes the operator that finds them; called once at most. */
  constructor(make: () => Operator) {
    this.#make = make
  }

  /** An operator that gives them, under the names of `schema`. */
  operator(schema: Schema): Operator {
    return { name: 'common', inputs: [], schema, execute: (context) => this.#read(context) }
  }

  async *#read(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    this.#rows ??= collected(this.#make(), context)
    for (const batch of await this.#rows) yield* slicesOf(batch, context.batchRowsMax)
  }
}

/** What only one place of the plan wants of its rows does not count. */
async function collected(operator: Operator, context: ExecContext): Promise<readonly Batch[]> {
  const batches: Batch[] = []
  for await (const batch of operator.execute({
    ...context,
    bound: null,
    blocks: null,
    rows: null,
  })) {
    batches.push(batch)
  }
  return batches
}
