import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { ipcChunks } from '../../arrow/write-ipc.ts'
import { clip, GraupelError, invalid, throwIfAborted } from '../../error.ts'
import type { CsvFormat } from '../import/csv-options.ts'
import type { OnProgress } from '../progress.ts'
import { csvChunks } from './csv-chunks.ts'
import type { ExportChunk } from './export-chunk.ts'
import { jsonLineChunks } from './json-chunks.ts'
import { parquetChunks } from './parquet-chunks.ts'

/** What a file is written as. `arrow` is the file format of Arrow IPC, `arrows` its stream format. */
export type ExportFormat = 'csv' | 'ndjson' | 'arrow' | 'arrows' | 'parquet'

const FORMATS: readonly unknown[] = ['csv', 'ndjson', 'arrow', 'arrows', 'parquet']

/**
 * For CSV how it is written: null as the first of `nullValues`; a text that is one of them is
 * quoted.
 */
export interface ExportOptions extends CsvFormat {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/**
 * Writes rows as one file, which is there whole or not at all: it is written beside its place and
 * moved there at the end. Loading it back gives the same rows. CSV is RFC 4180 in UTF-8 with `\n` line
 * ends: null is an empty field, the empty string `""`; binary is hex, times are ISO 8601.
 *
 * Throws INVALID for an impossible option, UNAVAILABLE when the file cannot be written, ABORTED
 * when the signal fires, and whatever `batches` throws.
 *
 * @returns The rows written and the file's size in bytes.
 */
export async function exportFile(
  path: string,
  format: ExportFormat,
  { schema, batches }: { readonly schema: Schema; readonly batches: AsyncIterable<Batch> },
  options: ExportOptions = {},
): Promise<{ rows: number; bytes: number }> {
  if (typeof path !== 'string' || path === '') {
    throw invalid('the path of the file to write has to be a string that is not empty', { path })
  }
  const chunks = chunksOf(format, schema, batches, options)
  throwIfAborted(options.signal)
  const staged = `${path}.${randomBytes(6).toString('hex')}.tmp`
  let handle: FileHandle | undefined
  let rows = 0
  let bytes = 0
  try {
    handle = await writing(path, open(staged, 'wx'))
    for await (const chunk of chunks) {
      throwIfAborted(options.signal)
      await writing(path, handle.writeFile(chunk.bytes))
      bytes += chunk.bytes.length
      rows += chunk.rows
      if (chunk.rows > 0) options.onProgress?.({ phase: 'write', rows, bytes })
    }
    throwIfAborted(options.signal)
    await writing(path, handle.sync())
    await handle.close()
    handle = undefined
    await writing(path, rename(staged, path))
  } catch (error) {
    await handle?.close().catch(() => {})
    await rm(staged, { force: true }).catch(() => {})
    throw error
  }
  options.onProgress?.({ phase: 'done', rows, bytes })
  return { rows, bytes }
}

function chunksOf(
  format: ExportFormat,
  schema: Schema,
  batches: AsyncIterable<Batch>,
  options: ExportOptions,
): AsyncGenerator<ExportChunk> {
  requireFormat(format, options)
  switch (format) {
    case 'csv':
      return csvChunks(schema, batches, options)
    case 'ndjson':
      return jsonLineChunks(schema, batches)
    case 'arrow':
      return ipcChunks(schema, batches, 'file')
    case 'arrows':
      return ipcChunks(schema, batches, 'stream')
    case 'parquet':
      return parquetChunks(schema, batches)
  }
}

/** Throws INVALID for a format that is none, and for options of CSV with another. */
export function requireFormat(format: unknown, options: CsvFormat): void {
  if (!FORMATS.includes(format)) {
    const words = FORMATS.map((word) => `"${word}"`).join(', ')
    throw invalid(`format can be ${words}, got ${JSON.stringify(format)}`, { format })
  }
  if (format === 'csv') return
  for (const name of ['header', 'delimiter', 'quote', 'nullValues'] as const) {
    if (options[name] === undefined) continue
    throw invalid(`${name} is about CSV; the file is written as ${format}`, { option: name })
  }
}

/** `step`; a failure of it is UNAVAILABLE, naming `path`. */
export async function writing<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GraupelError(
      'UNAVAILABLE',
      `"${clip(path)}" cannot be written: ${reason}`,
      { path },
      { cause },
    )
  }
}
