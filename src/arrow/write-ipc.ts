import type * as arrow from 'apache-arrow'
import type { Batch } from './batch.ts'
import { toArrowBatch, toArrowTable } from './interop.ts'
import type { Schema } from './schema.ts'

/**
 * Arrow IPC bytes of batches, file or stream format; with each chunk, how many rows it ends. Types as in
 * `toArrowTable`.
 */
export async function* ipcChunks(
  schema: Schema,
  batches: AsyncIterable<Batch>,
  format: 'file' | 'stream',
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly rows: number }> {
  const { RecordBatchFileWriter, RecordBatchStreamWriter } = await import('apache-arrow')
  const pieces: Uint8Array[] = []
  const Base = (format === 'file'
    ? RecordBatchFileWriter
    : RecordBatchStreamWriter) as unknown as BatchWriter
  // The library's own queue would take batches however slowly its bytes are written.
  class Writer extends Base {
    override _write(chunk: ArrayBufferView | undefined): this {
      if (!this._started || chunk === undefined || chunk.byteLength === 0) return this
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      pieces.push(bytes)
      this._position += bytes.length
      return this
    }
  }
  const writer = new Writer()
  const taken = (rows: number) => ({ bytes: Buffer.concat(pieces.splice(0)), rows })
  writer.reset(undefined, (await toArrowTable(schema, [])).schema)
  for await (const batch of batches) {
    if (batch.length === 0) continue
    writer.write(await toArrowBatch(batch))
    yield taken(batch.length)
  }
  writer.finish()
  yield taken(0)
}

/** What the writers of Arrow have beside what their types tell. */
type BatchWriter = new () => {
  _started: boolean
  _position: number
  _write(chunk: ArrayBufferView | undefined): unknown
  reset(sink: undefined, schema: arrow.Schema): unknown
  write(batch: arrow.RecordBatch): void
  finish(): unknown
}
