import { type Batch, batchBytes } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { type SpillFile, SpillFolder, type SpillWriter } from '../../io/spill-folder.ts'
import type { ExecContext } from '../context.ts'
import { slicesOf } from '../operator/slices.ts'

const MIB = 2 ** 20

/** The files that one operator spills to; `remove` lets go of them all. */
export class SpillSpace {
  readonly context: ExecContext
  /** Files that are written or read at the same time: few where little memory is for each. */
  readonly fanBits: number
  readonly #folder: SpillFolder

  constructor(context: ExecContext) {
    this.context = context
    this.fanBits = context.memoryShare < MIB ? 2 : context.memoryShare < 16 * MIB ? 3 : 5
    this.#folder = new SpillFolder(context.spillFolder)
  }

  get fanOut(): number {
    return 1 << this.fanBits
  }

  /** Rows of `bytesPerRow` that a block should have, so that one of each file can be held. */
  blockRows(bytesPerRow: number): number {
    const bytes = Math.min(MIB, this.context.memoryShare / (4 * this.fanOut))
    const rows = Math.floor(bytes / Math.max(1, bytesPerRow))
    return Math.max(1, Math.min(this.context.batchRowsMax, Math.max(rows, 16)))
  }

  writer(of: Schema): SpillWriter {
    return this.#folder.writer(of)
  }

  append(writer: SpillWriter, rows: Batch): void {
    this.context.onSpilled(writer.append(rows))
  }

  /** As `append`, in blocks of which one of each file can be held: for runs to be merged. */
  appendRun(writer: SpillWriter, rows: Batch): void {
    const blockRows = this.blockRows(batchBytes(rows) / Math.max(1, rows.length))
    for (const block of slicesOf(rows, blockRows)) this.append(writer, block)
  }

  /** Writes all of `batches`, which are in order, to one file. */
  async write(of: Schema, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<SpillFile> {
    const writer = this.writer(of)
    for await (const batch of batches) this.appendRun(writer, batch)
    return writer.finish()
  }

  remove(): void {
    this.#folder.remove()
  }
}
