import type { Moment } from '../catalog/model/moment.ts'
import type { DataFrame } from './data-frame.ts'
import type { Transaction } from './transaction.ts'
import type { Unless, Utf8 } from './type-tag.ts'

/** Where a stream that does not exist yet begins. */
export interface StreamOptions {
  /** Changes after this moment; from the empty table on, so with all rows as inserts, unless told. */
  readonly from?: Moment
}

export interface ConsumeOptions {
  /** Ends the transaction with ABORTED at its next step; nothing is committed then. */
  readonly signal?: AbortSignal
}

/** The changes of a table after version `from` up to version `to`. */
export interface StreamBatch<S> {
  readonly from: number
  readonly to: number
  /** As of `Table.changes`: rows with `_change`. */
  readonly changes: DataFrame<
    Unless<S, { [K in keyof S | '_change']: K extends keyof S ? S[K] : Utf8 }>
  >
  /**
   * Options for one write to another table that is made of this batch: with them it is committed
   * once, however often the batch comes again.
   */
  readonly once: { readonly app: string; readonly sequence: number }
}

/**
 * The changes of a table that somebody consumes under a name, and how far. The offset is kept with
 * the table, and so are the versions that it needs.
 *
 * `for await (const batch of stream)` yields what came since, until nothing is new. The offset moves
 * on when the next batch is asked for, or the loop ends by itself: after a `break`, an error or a
 * crash the same batch comes again, with the same `from` and `to`. So a loop sees each change at
 * least once, and a write with `batch.once` commits it exactly once.
 */
export interface TableStream<S> extends AsyncIterable<StreamBatch<S>> {
  readonly name: string
  /**
   * Consumes what came since in one transaction: what `work` writes through `tx` is committed once,
   * whoever consumes the stream at the same time and wherever it breaks off; an error of `work`
   * commits nothing, and the batch comes again. What `work` does besides may be done more than once.
   * Answers the span, undefined when there was nothing new. Throws as `lake.transaction` does.
   */
  consume(
    work: (batch: StreamBatch<S>, tx: Transaction) => void | Promise<void>,
    options?: ConsumeOptions,
  ): Promise<{ readonly from: number; readonly to: number } | undefined>
}

/** A stream of a table, and the version up to which it is consumed. */
export interface StreamInfo {
  readonly name: string
  readonly version: number
}
