import type { Batch } from '../../src/arrow/batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'
import type { Operator } from '../../src/exec/operator.ts'

/** Yields batches and writes down how many were asked for and whether it was ended. */
export class WatchedOperator implements Operator {
  readonly name = 'watched'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  given = 0
  ended = 0
  readonly #batches: readonly Batch[]

  constructor(schema: Schema, batches: readonly Batch[]) {
    this.schema = schema
    this.#batches = batches
  }

  async *execute(): AsyncGenerator<Batch, void, undefined> {
    try {
      for (const batch of this.#batches) {
        this.given += 1
        yield batch
      }
    } finally {
      this.ended += 1
    }
  }
}
