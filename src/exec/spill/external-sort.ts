import { type Batch, batchBytes, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { textLength } from '../../arrow/vector.ts'
import type { SpillFile } from '../../io/spill-folder.ts'
import { type SortColumn, sortRows } from '../../kernel/sort.ts'
import { BatchCollector } from '../operator/batch-collector.ts'
import type { HeldMemory } from '../operator/held-memory.ts'
import { Pacer } from '../operator/pacer.ts'
import { type KeysOf, mergeRuns } from './merge-runs.ts'
import type { SpillSpace } from './spill-space.ts'

/** What a sort takes for each row beside the rows: words, and row numbers that are moved. */
const SORT_BYTES = 24

/** Orders rows stably, in memory while they fit, else by runs in files that are merged. */
export class ExternalSort {
  readonly #space: SpillSpace
  readonly #memory: HeldMemory
  readonly #schema: Schema
  readonly #keysOf: KeysOf
  readonly #pacer: Pacer
  readonly #runs: SpillFile[] = []
  #collector: BatchCollector
  #needed = 0

  constructor(space: SpillSpace, memory: HeldMemory, of: Schema, keysOf: KeysOf) {
    this.#space = space
    this.#memory = memory
    this.#schema = of
    this.#keysOf = keysOf
    this.#pacer = new Pacer(space.context)
    this.#collector = new BatchCollector(of)
  }

  /** Takes in `batch`. Throws UNAVAILABLE when there is no room for what has to be spilled. */
  add(batch: Batch): void {
    // The rows are copied once to stand together, and once more as they leave.
    let more = 2 * batchBytes(batch) + batch.length * SORT_BYTES
    if (this.#memory.isLimited) more += textKeyBytes(this.#keysOf(batch))
    if (!this.#memory.fit(this.#needed + more)) {
      if (this.#collector.rows > 0) this.#spill()
      this.#memory.hold(this.#needed + more)
    }
    this.#needed += more
    this.#collector.add(batch)
  }

  /** All rows in order; once. */
  async *sorted(): AsyncGenerator<Batch, void, undefined> {
    if (this.#runs.length === 0) {
      const all = this.#collector.all()
      if (all !== null) yield* this.#ordered(all, this.#space.context.batchRowsMax)
      return
    }
    if (this.#collector.rows > 0) this.#spill()
    yield* mergeRuns(this.#space, this.#schema, this.#runs, this.#keysOf)
  }

  #spill(): void {
    const rows = this.#collector.rows
    const all = this.#collector.all()!
    const blockRows = this.#space.blockRows(batchBytes(all) / rows)
    const order = sortRows(this.#keysOf(all), rows)
    const writer = this.#space.writer(this.#schema)
    for (let from = 0; from < rows; from += blockRows) {
      const window = order.subarray(from, from + blockRows)
      this.#space.append(writer, takeBatch(all, window, window.length))
    }
    this.#runs.push(writer.finish())
    this.#collector = new BatchCollector(this.#schema)
    this.#needed = 0
    this.#memory.hold(0)
  }

  async *#ordered(all: Batch, rowsMax: number): AsyncGenerator<Batch, void, undefined> {
    const rows = sortRows(this.#keysOf(all), all.length)
    for (let from = 0; from < rows.length; from += rowsMax) {
      const window = rows.subarray(from, from + rowsMax)
      const pause = this.#pacer.step(window.length * all.columns.length)
      if (pause !== undefined) await pause
      yield takeBatch(all, window, window.length)
    }
  }
}

/** What it takes to rank the texts of keys. */
function textKeyBytes(keys: readonly SortColumn[]): number {
  let bytes = 0
  for (const { vector } of keys) {
    if (vector.layout === 'utf8') bytes += 2 * textLength(vector) + 32 * vector.length
  }
  return bytes
}
