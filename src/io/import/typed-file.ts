import { type FileHandle, open } from 'node:fs/promises'
import { type Batch, sliceBatch } from '../../arrow/batch.ts'
import { readIpc } from '../../arrow/read-ipc.ts'
import type { Schema } from '../../arrow/schema.ts'
import { clip, GraupelError, invalid } from '../../error.ts'
import type { ImportFile } from './import-file.ts'
import type { ImportPart } from './import-part.ts'
import { type LocalCopy, localCopy } from './local-copy.ts'
import { openParquet } from './parquet-file.ts'

/** A file that tells the types of its columns. */
export interface TypedFile {
  readonly schema: Schema
  /** Columns whose type has no counterpart here: their types by name. */
  readonly refused: ReadonlyMap<string, string>
  /** The columns that `parts` of these names have: those, and perhaps others. */
  columns(names: readonly string[]): Schema
  /** The rows. */
  parts(names: readonly string[]): AsyncGenerator<ImportPart>
  close(): Promise<void>
}

const BATCH_ROWS = 65_536

/**
 * Opens an Arrow IPC or a Parquet file. Close it. Throws INVALID naming the file for what is none,
 * and for types and values that have no counterpart here.
 */
export async function openTyped(
  file: ImportFile,
  format: 'arrow' | 'parquet',
  tap: ((chunk: Uint8Array) => void) | undefined,
): Promise<TypedFile> {
  const copy = await localCopy(file, tap)
  const handle = await open(copy.path)
  try {
    const named = { file: file.name, handle, copy }
    return format === 'arrow' ? await openArrow(named) : await openRows(named)
  } catch (error) {
    await closed(handle, copy)
    throw inFile(error, file.name)
  }
}

interface Opened {
  readonly file: string
  readonly handle: FileHandle
  readonly copy: LocalCopy
}

async function openArrow({ file, handle, copy }: Opened): Promise<TypedFile> {
  const { schema, batches } = await readIpc(handle)
  return {
    schema,
    refused: new Map(),
    columns: () => schema,
    parts: () => partsOf(batches(), file),
    close: () => closed(handle, copy),
  }
}

async function openRows({ file, handle, copy }: Opened): Promise<TypedFile> {
  const { schema, refused, columns, groups } = await openParquet(handle)
  return {
    schema,
    refused,
    columns,
    parts: (names) => partsOf(groups(names), file),
    close: () => closed(handle, copy),
  }
}

async function closed(handle: FileHandle, copy: LocalCopy): Promise<void> {
  await handle.close().catch(() => {})
  await copy.remove()
}

async function* partsOf(batches: AsyncGenerator<Batch>, file: string): AsyncGenerator<ImportPart> {
  let before = 0
  try {
    for await (const whole of batches) {
      for (let from = 0; from < whole.length; from += BATCH_ROWS) {
        const batch = sliceBatch(whole, from, Math.min(whole.length, from + BATCH_ROWS))
        const first = before + from + 1
        yield { batch, lineOf: (row) => first + row }
      }
      before += whole.length
    }
  } catch (error) {
    throw inFile(error, file)
  }
}

function inFile(error: unknown, file: string): unknown {
  if (!(error instanceof GraupelError) || error.code !== 'INVALID') return error
  if (error.facts['file'] !== undefined) return error
  return invalid(`"${clip(file)}": ${error.message}`, { ...error.facts, file })
}
