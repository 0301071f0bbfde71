import { type Batch, batchBytes, concatBatches } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { textLength } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { compactBatch } from './compact-batch.ts'
import type { HeldMemory } from './held-memory.ts'

const TEXT_BYTES_MAX = 2 ** 31 - 1

/** Keeps batches until all are there, within the memory budget when it is given one. */
export class BatchCollector {
  readonly #schema: Schema
  readonly #memory: HeldMemory | null
  #batches: Batch[] = []
  #rows = 0
  #bytes = 0

  constructor(schema: Schema, memory: HeldMemory | null = null) {
    this.#schema = schema
    this.#memory = memory
  }

  get rows(): number {
    return this.#rows
  }

  /** Bytes of the batches held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keeps `batch`. Throws LIMIT when that passes the memory budget. */
  add(batch: Batch): void {
    const compact = compactBatch(batch)
    const bytes = batchBytes(compact)
    this.#memory?.add(bytes)
    this.#batches.push(compact)
    this.#rows += batch.length
    this.#bytes += bytes
  }

  /** All rows as one batch, in the order in which they came; null when there are none. */
  all(): Batch | null {
    if (this.#batches.length === 0) return null
    for (const [position, { name }] of this.#schema.fields.entries()) {
      const size = this.#batches.reduce((sum, { columns }) => {
        const column = columns[position]!
        return column.layout === 'utf8' ? sum + textLength(column) : sum
      }, 0)
      if (size > TEXT_BYTES_MAX) {
        const message = `column "${name}" has ${size} bytes of text in one sort or join, the most is ${TEXT_BYTES_MAX}; leave it out or ask for fewer rows`
        throw new GraupelError('LIMIT', message, { column: name, bytes: size })
      }
    }
    const all = concatBatches(this.#schema, this.#batches)
    this.#batches = [all]
    return all
  }

  /** Lets everything go and gives it, batch by batch. */
  drain(): Batch[] {
    const batches = this.#batches
    this.#memory?.set(0)
    this.#batches = []
    this.#rows = 0
    this.#bytes = 0
    return batches
  }

  /** Lets everything go and keeps `batch` alone. */
  replace(batch: Batch): void {
    this.drain()
    this.add(batch)
  }
}
