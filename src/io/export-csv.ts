import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import type { Batch } from '../arrow/batch.ts'
import { scalarAt, scalarText } from '../arrow/scalar.ts'
import { fieldNames, type Schema } from '../arrow/schema.ts'
import { textAt, type Vector } from '../arrow/vector.ts'
import { GraupelError, invalid, throwIfAborted } from '../error.ts'
import { type CsvFormat, csvDialect } from './import/csv-options.ts'
import { type OnProgress, progressOf } from './progress.ts'

/** Null is written as the first of `nullValues`; a text that is one of them is quoted. */
export interface CsvExportOptions extends CsvFormat {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Rows that are made text at once. */
const CHUNK_ROWS = 4096

/**
 * Writes rows as one CSV file (RFC 4180, UTF-8, `\n` line ends), which is there whole or not at
 * all: it is written beside its place and moved there at the end. Loading it back gives the same
 * rows in the same format: null is an empty field, the empty string `""`; binary is hex, times
 * are ISO 8601.
 *
 * Throws INVALID for an impossible option, UNAVAILABLE when the file cannot be written, ABORTED
 * when the signal fires, and whatever `batches` throws.
 *
 * @returns The rows written and the file's size in bytes.
 */
export async function writeCsv(
  path: string,
  schema: Schema,
  batches: AsyncIterable<Batch>,
  options: CsvExportOptions = {},
): Promise<{ rows: number; bytes: number }> {
  if (typeof path !== 'string' || path === '') {
    throw invalid('the path of the CSV file has to be a string that is not empty', { path })
  }
  const format = stringifyOptions(options)
  throwIfAborted(options.signal)
  const tell = progressOf('toCSV', options.onProgress)
  const staged = `${path}.${randomBytes(6).toString('hex')}.tmp`
  let handle: FileHandle | undefined
  let rows = 0
  let bytes = 0
  try {
    handle = await writing(path, open(staged, 'wx'))
    const write = async (text: string): Promise<void> => {
      const body = Buffer.from(text)
      await writing(path, handle!.writeFile(body))
      bytes += body.length
    }
    if (options.header !== false) await write(stringify([fieldNames(schema)], format))
    for await (const part of batches) {
      const readers = part.columns.map(textReader)
      for (let from = 0; from < part.length; from += CHUNK_ROWS) {
        throwIfAborted(options.signal)
        const to = Math.min(part.length, from + CHUNK_ROWS)
        await write(stringify(records(readers, from, to), format))
        rows += to - from
        tell({ phase: 'write', rows, bytes })
      }
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
  tell({ phase: 'done', rows, bytes })
  return { rows, bytes }
}

/** `step`; a failure of it is UNAVAILABLE, naming `path`. */
export async function writing<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GraupelError(
      'UNAVAILABLE',
      `"${path}" cannot be written: ${reason}`,
      { path },
      { cause },
    )
  }
}

function stringifyOptions(options: CsvExportOptions) {
  csvDialect(options)
  const { delimiter = ',', quote = '"', nullValues = [''] } = options
  const nullValue = nullValues[0]
  if (quote === null) throw invalid('a CSV file is written with a quote; got null', { quote })
  if (nullValue === undefined) throw invalid('nullValues has no text to write for null')
  if (/[\r\n]/.test(nullValue) || nullValue.includes(quote) || nullValue.includes(delimiter)) {
    throw invalid(`nullValues ${JSON.stringify(nullValue)} would have to be quoted`, { nullValues })
  }
  const unquoted = { value: nullValue, quoted_match: null }
  return {
    delimiter,
    quote,
    escape: quote,
    // Its default record_delimiter, \n, also quotes \r; the same one given does not.
    // What a reader would otherwise take for null, and a text that would begin the file with what
    // looks like a byte order mark.
    quoted_match: [
      /^(?:\\N)?$/,
      /^\uFEFF/,
      ...nullValues.map((text) => new RegExp(`^${escaped(text)}$`)),
    ],
    ...(nullValue === '' ? {} : { cast: { null: () => unquoted } }),
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

type TextReader = (row: number) => string | null

function textReader(vector: Vector): TextReader {
  const { type, validity } = vector
  if (vector.layout === 'utf8' && type.name !== 'binary') {
    return (row) => (validity !== null && validity[row] === 0 ? null : textAt(vector, row))
  }
  return (row) => {
    const value = scalarAt(vector, row)
    return value === null ? null : scalarText(value, type)
  }
}

function records(readers: readonly TextReader[], from: number, to: number): (string | null)[][] {
  const rows: (string | null)[][] = []
  for (let row = from; row < to; row++) rows.push(readers.map((read) => read(row)))
  return rows
}
