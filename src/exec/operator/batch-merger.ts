import { type Batch, concatBatches } from '../../arrow/batch.ts'
import { ownBatch } from '../../arrow/own-vector.ts'
import type { Schema } from '../../arrow/schema.ts'
import { compactBatch } from './compact-batch.ts'

/** Pushes that may pass, empty ones included, before rows held back are let go. */
const PUSHES_MAX = 16

/** Joins small batches into larger ones, since each costs a fixed effort further up. */
export class BatchMerger {
  readonly #schema: Schema
  readonly #rowsMax: number
  readonly #enough: number
  readonly #kept: (batch: Batch) => Batch
  #held: Batch[] = []
  #rows = 0
  #pushes = 0

  /**
   * @param rowsMax Rows of the largest batch to give.
   * @param options `enough`: rows of the smallest one worth giving before the end; `borrowed`:
   *   batches are void once the next one is pushed, so that what is held has to be copied.
   */
  constructor(
    schema: Schema,
    rowsMax: number,
    options: { readonly enough?: number; readonly borrowed?: boolean } = {},
  ) {
    this.#schema = schema
    this.#rowsMax = rowsMax
    this.#enough = options.enough ?? Math.ceil(rowsMax / 4)
    this.#kept = options.borrowed === true ? ownBatch : compactBatch
  }

  /** Takes the next rows, none as null, and answers the batches that are due. */
  push(batch: Batch | null): Batch[] {
    const due: Batch[] = []
    this.#pushes += 1
    if (batch !== null && batch.length > 0) {
      if (this.#rows + batch.length > this.#rowsMax) due.push(...this.flush())
      const whole = this.#rows === 0 && batch.length >= this.#enough
      this.#held.push(whole ? batch : this.#kept(batch))
      this.#rows += batch.length
    }
    if (this.#rows >= this.#enough || this.#pushes >= PUSHES_MAX) due.push(...this.flush())
    return due
  }

  /** The rows still held, as a list of at most one batch. */
  flush(): Batch[] {
    this.#pushes = 0
    if (this.#rows === 0) return []
    const merged = concatBatches(this.#schema, this.#held)
    this.#held = []
    this.#rows = 0
    return [merged]
  }
}
