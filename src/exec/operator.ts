import type { Batch } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { ExecContext } from './context.ts'

/**
 * A step of a physical plan: pulls batches from its inputs and yields batches.
 *
 * Every yielded batch has `schema`, at least one row and at most `context.batchRowsMax` rows. Row
 * order is that of the input unless the operator's own doc says otherwise. Ending the iteration
 * early (`break`, `return`) releases what the operator and its inputs hold.
 */
export interface Operator {
  /** For `explain({ analyze: true })`: the node's kind. */
  readonly name: string
  readonly schema: Schema
  readonly inputs: readonly Operator[]
  execute(context: ExecContext): AsyncGenerator<Batch, void, undefined>
}
