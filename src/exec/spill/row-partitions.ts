import { type Batch, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { SpillFile, SpillWriter } from '../../io/spill-folder.ts'
import { dealRows, hashRows } from '../../kernel/deal-rows.ts'
import { BatchMerger } from '../operator/batch-merger.ts'
import type { SpillSpace } from './spill-space.ts'

/** Deals rows to files by a hash of their keys: rows of one key meet in one file, in their order. */
export class RowPartitions {
  readonly #space: SpillSpace
  readonly #schema: Schema
  readonly #seed: number
  readonly #writers: (SpillWriter | null)[]
  #hashes: Int32Array = new Int32Array(0)

  /** @param seed Another one deals otherwise: what fell together is then taken apart. */
  constructor(space: SpillSpace, of: Schema, seed: number) {
    this.#space = space
    this.#schema = of
    this.#seed = seed
    this.#writers = Array.from({ length: space.fanOut }, () => null)
  }

  add(rows: Batch, keys: readonly Vector[]): void {
    const { length } = rows
    if (this.#hashes.length < length) this.#hashes = new Int32Array(length)
    hashRows(keys, length, this.#seed, this.#hashes)
    const dealt = dealRows(this.#hashes, length, this.#space.fanBits)
    for (const [part, known] of this.#writers.entries()) {
      const own = dealt.rows.subarray(dealt.starts[part]!, dealt.starts[part + 1]!)
      if (own.length === 0) continue
      const writer = known ?? this.#space.writer(this.#schema)
      this.#writers[part] = writer
      this.#space.append(writer, takeBatch(rows, own, own.length))
    }
  }

  /** The files by part, null for parts without rows. */
  finish(): (SpillFile | null)[] {
    return this.#writers.map((writer) => writer?.finish() ?? null)
  }
}

/** The rows of a file in batches that are worth the effort. */
export function* mergedBatches(
  file: SpillFile,
  rowsMax: number,
): Generator<Batch, void, undefined> {
  const merger = new BatchMerger(file.schema, rowsMax)
  for (const block of file.batches()) yield* merger.push(block)
  yield* merger.flush()
}
