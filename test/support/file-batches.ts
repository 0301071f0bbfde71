import type { Batch } from '../../src/arrow/batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'
import { FileLoad, type RowGate } from '../../src/frame/file-load.ts'
import type { FileOptions } from '../../src/frame/load-type.ts'
import type { ImportSource } from '../../src/io/import/import-file.ts'

const ALL: RowGate = {
  async *taken(given) {
    for await (const { batch } of given) yield batch
  },
  mark() {},
  giveBack() {},
}

/** The rows of files as a load into a table of `of` reads them. */
export async function* fileBatches(
  source: ImportSource,
  of: Schema,
  options: FileOptions = {},
): AsyncGenerator<Batch> {
  yield* (await FileLoad.open(source, of, options)).batches(new Map(), ALL)
}
