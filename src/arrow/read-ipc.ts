import type * as arrow from 'apache-arrow'
import { GraupelError, invalid } from '../error.ts'
import type { Batch } from './batch.ts'
import { fromArrowTable } from './from-arrow.ts'
import { field, type Schema, schema } from './schema.ts'

/** What Arrow reads a file by: `FileHandle` of Node. */
interface OpenFile {
  stat(): Promise<{ readonly size: number }>
  close(): Promise<void>
}

/** Of the forms of `from` the last, which takes files. */
type FileSource = Parameters<typeof arrow.RecordBatchReader.from>[0]

/** An Arrow IPC file or stream that is being read. All of its columns may be null. */
export interface IpcReader {
  readonly schema: Schema
  batches(): AsyncGenerator<Batch>
}

/**
 * Opens Arrow IPC, file or stream format, batch by batch. Throws INVALID for what is neither, for
 * compressed buffers, and for types and values as `fromArrowTable` does.
 */
export async function readIpc(from: OpenFile | AsyncIterable<Uint8Array>): Promise<IpcReader> {
  const { RecordBatchReader, Table } = await import('apache-arrow')
  const reader = await understood(async () => {
    const opened = await RecordBatchReader.from(from as unknown as FileSource)
    await opened.open()
    return opened
  })
  const found = reader.schema as arrow.Schema | undefined
  if (found === undefined || found.fields.length === 0) {
    throw invalid('the bytes are no Arrow IPC file or stream, or one without columns')
  }
  const of = nullable(fromArrowTable(new Table(found)).schema)
  return {
    schema: of,
    async *batches() {
      for (;;) {
        const next = await understood(async () => reader.next())
        if (next.done === true) return
        const { batches } = await understood(async () => fromArrowTable(new Table([next.value])))
        for (const { columns, length } of batches) yield { schema: of, columns, length }
      }
    },
  }
}

function nullable({ fields }: Schema): Schema {
  return schema(fields.map(({ name, type }) => field(name, type, true)))
}

async function understood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof GraupelError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw invalid(`the bytes are no Arrow IPC file or stream that can be read: ${reason}`, {
      cause: reason,
    })
  }
}
