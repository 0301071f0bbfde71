import type { FileHandle } from 'node:fs/promises'
import type { AsyncBuffer, ColumnMetaData, FileMetaData } from 'hyparquet'
import { type Batch, batch } from '../../arrow/batch.ts'
import { field, type Schema, schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { clip, GraupelError, invalid } from '../../error.ts'
import { ParquetColumn } from './parquet-column.ts'
import { parquetTypes } from './parquet-types.ts'

/** A Parquet file that is being read, a row group at a time. */
interface ParquetFile {
  readonly schema: Schema
  readonly refused: ReadonlyMap<string, string>
  columns(names: readonly string[]): Schema
  groups(names: readonly string[]): AsyncGenerator<Batch>
}

/**
 * Opens a Parquet file. Its columns are read as they are stored, and made ours from there, since the
 * library would make floats of decimals and milliseconds of all instants. Throws INVALID for
 * what is none.
 */
export async function openParquet(handle: FileHandle): Promise<ParquetFile> {
  const [{ parquetMetadataAsync, parquetRead }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  const file = await fileOf(handle)
  const metadata = await understood(() => parquetMetadataAsync(file, { geoparquet: false }))
  const { known, refused } = parquetTypes(metadata)
  const of = schema([...known].map(([name, { type }]) => field(name, type, true)))
  const stored = asStored(metadata)
  const readColumn = async (name: string, rows: { from: number; to: number }): Promise<Vector> => {
    const column = new ParquetColumn(name, known.get(name)!, rows.to - rows.from)
    await understood(() =>
      parquetRead({
        file,
        metadata: stored,
        columns: [name],
        rowStart: rows.from,
        rowEnd: rows.to,
        utf8: false,
        geoparquet: false,
        compressors,
        parsers: { timestampFromNanoseconds: (nanos: bigint) => nanos },
        onChunk: ({ columnData, rowStart }) => column.put(columnData, rowStart - rows.from),
      }),
    )
    return column.vector()
  }
  const columns = (names: readonly string[]) =>
    schema(of.fields.filter(({ name }) => names.includes(name)))
  return {
    schema: of,
    refused,
    columns,
    async *groups(names) {
      const chosen = columns(names)
      let from = 0
      for (const group of metadata.row_groups) {
        const rows = { from, to: from + Number(group.num_rows) }
        from = rows.to
        const vectors: Vector[] = []
        for (const { name } of chosen.fields) vectors.push(await readColumn(name, rows))
        yield batch(chosen, vectors, rows.to - rows.from)
      }
    },
  }
}

async function fileOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size: byteLength } = await handle.stat()
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = start < 0 ? Math.max(0, byteLength + start) : start
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - from))
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at)
        if (bytesRead === 0) throw new Error('the file ends before its last byte')
        at += bytesRead
      }
      return bytes.buffer
    },
  }
}

/** The metadata without what columns mean, so that their values come as they are stored. */
function asStored(metadata: FileMetaData): FileMetaData {
  const plain = metadata.schema.map(
    ({ converted_type: _, logical_type: __, ...element }) => element,
  )
  const groups = metadata.row_groups.map((group) => ({
    ...group,
    columns: group.columns.map((chunk) => {
      const { meta_data: of } = chunk
      return of === undefined ? chunk : { ...chunk, meta_data: { ...of, type: widened(of) } }
    }),
  }))
  return { ...metadata, schema: plain, row_groups: groups }
}

/**
 * Some writers take differences of 32-bit numbers in 64 bits, which the library would cut: they are read as
 * 64-bit numbers, whose lower half is right whatever the writer did.
 */
function widened({ type, encodings }: ColumnMetaData): ColumnMetaData['type'] {
  const isDelta = encodings.every((name) => name === 'DELTA_BINARY_PACKED' || name === 'RLE')
  return type === 'INT32' && isDelta && encodings.length > 0 ? 'INT64' : type
}

async function understood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof GraupelError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw invalid(`the bytes are no Parquet file that can be read: ${clip(reason)}`, {
      cause: reason,
    })
  }
}
