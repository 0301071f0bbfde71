import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Batch, sliceBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { invalid } from '../../error.ts'
import { progressOf } from '../progress.ts'
import {
  type ExportFormat,
  type ExportOptions,
  exportFile,
  requireFormat,
  writing,
} from './export-file.ts'

export interface UnloadOptions extends ExportOptions {
  /** What the files are, and how their names end; `csv` unless told. */
  readonly format?: ExportFormat | undefined
  /** Rows of a file at most, 1 and up; 1,000,000 unless told. */
  readonly fileRows?: number | undefined
}

/** What was unloaded. */
export interface Unloaded {
  readonly files: number
  readonly rows: number
  readonly bytes: number
}

/**
 * Writes rows as files `part-00001.csv`, `part-00002.csv`, ... of a new folder, which is there
 * whole or not at all. No rows make one file without rows. Each file is as `exportFile` makes it.
 *
 * Throws INVALID when the folder exists or an option is impossible, UNAVAILABLE when it cannot be
 * written, ABORTED when the signal fires, and whatever `batches` throws.
 */
export async function unloadFiles(
  folder: string,
  schema: Schema,
  batches: AsyncGenerator<Batch, void, undefined>,
  options: UnloadOptions = {},
): Promise<Unloaded> {
  const { fileRows = 1_000_000, format = 'csv', ...rest } = options
  requireFormat(format, rest)
  if (typeof folder !== 'string' || folder === '') {
    throw invalid('the folder to unload to has to be a string that is not empty', { folder })
  }
  if (!Number.isSafeInteger(fileRows) || fileRows < 1) {
    throw invalid(`fileRows has to be a whole number from 1 on, got ${fileRows}`, { fileRows })
  }
  if (existsSync(folder)) {
    throw invalid(`"${folder}" exists; unload makes a folder of its own`, { folder })
  }
  const tell = progressOf('unload', options.onProgress)
  const staged = `${folder}.${randomBytes(6).toString('hex')}.tmp`
  const source = new RowSource(batches)
  let unloaded: Unloaded = { files: 0, rows: 0, bytes: 0 }
  try {
    await writing(folder, mkdir(staged, { recursive: true }))
    do {
      const files = unloaded.files + 1
      const path = join(staged, `part-${String(files).padStart(5, '0')}.${format}`)
      const part = { schema, batches: source.take(fileRows) }
      const { rows, bytes } = await exportFile(path, format, part, {
        ...rest,
        onProgress: (of) => {
          if (of.phase === 'done') return
          tell({ phase: 'write', rows: unloaded.rows + of.rows, bytes: unloaded.bytes + of.bytes })
        },
      })
      unloaded = { files, rows: unloaded.rows + rows, bytes: unloaded.bytes + bytes }
    } while (await source.hasMore())
    await writing(folder, rename(staged, folder))
  } catch (error) {
    await rm(staged, { recursive: true, force: true }).catch(() => {})
    throw error
  } finally {
    await batches.return()
  }
  tell({ phase: 'done', rows: unloaded.rows, bytes: unloaded.bytes })
  return unloaded
}

/** Batches that are taken a number of rows at a time. */
class RowSource {
  readonly #batches: AsyncGenerator<Batch, void, undefined>
  #rest: Batch | null = null

  constructor(batches: AsyncGenerator<Batch, void, undefined>) {
    this.#batches = batches
  }

  async hasMore(): Promise<boolean> {
    while (this.#rest === null || this.#rest.length === 0) {
      const next = await this.#batches.next()
      if (next.done === true) return false
      this.#rest = next.value
    }
    return true
  }

  /** The next `rowCount` rows, or fewer at the end. */
  async *take(rowCount: number): AsyncGenerator<Batch, void, undefined> {
    let left = rowCount
    while (left > 0 && (await this.hasMore())) {
      const rest = this.#rest!
      const rows = Math.min(left, rest.length)
      this.#rest = sliceBatch(rest, rows, rest.length)
      left -= rows
      yield sliceBatch(rest, 0, rows)
    }
  }
}
