import { fieldNames, type Schema } from '../arrow/schema.ts'
import { invalid, nameNotFound } from '../error.ts'
import { type CsvDialect, csvDialect } from '../io/import/csv-options.ts'
import { type CsvPartsOptions, csvParts } from '../io/import/csv-parts.ts'
import { type ImportFile, streamFile, unpackedChunks } from '../io/import/import-file.ts'
import { formatOf } from '../io/import/import-format.ts'
import type { ImportPart } from '../io/import/import-part.ts'
import { jsonLineParts } from '../io/import/json-line-parts.ts'
import type { Reject } from '../io/import/rejects.ts'
import { peeked, rowParts } from '../io/import/row-parts.ts'
import type { TextFile } from '../io/import/text-file.ts'
import { openTyped } from '../io/import/typed-file.ts'
import type { FileOptions } from './load-type.ts'
import { matchingColumns, namedByCallback, partTransform, transformed } from './part-transform.ts'

/** What is told while a file is read. */
export interface FileListeners {
  readonly reject: Reject
  /** Told of each chunk of the file as it is stored; undefined when nobody asks. */
  readonly tap: ((chunk: Uint8Array) => void) | undefined
}

type RowOptions = FileOptions & Pick<CsvPartsOptions, 'readBlocks'>

/**
 * Reads files as rows of a table, whatever their format. Checks the options that are about
 * files when it is made; throws INVALID for those that cannot be.
 */
export class FileRows {
  readonly #target: Schema
  readonly #options: RowOptions
  readonly #dialect: CsvDialect

  constructor(target: Schema, options: RowOptions) {
    this.#target = target
    this.#options = options
    this.#dialect = csvDialect(options)
    formatOf('', options.format)
    const { extraColumns, select } = options
    if (extraColumns !== undefined && extraColumns !== 'refuse' && extraColumns !== 'ignore') {
      throw invalid(
        `extraColumns can be "refuse" or "ignore", got ${JSON.stringify(extraColumns)}`,
        { extraColumns },
      )
    }
    if (select !== undefined && typeof select !== 'function') {
      throw invalid(
        `load: select has to be a callback such as f => ({ id: f.a }), got ${typeof select}`,
      )
    }
  }

  /** The rows of a file, in its order. */
  async *read(file: ImportFile, listeners: FileListeners): AsyncGenerator<ImportPart> {
    const format = formatOf(file.name, this.#options.format)
    if (format !== 'csv') this.#refuseCsvOptions(format)
    if (file.stream === undefined) {
      yield* this.#bytes(file, format, listeners)
      return
    }
    const { stream, gives } = await peeked(file.stream)
    const again = streamFile(file.name, file.packed, stream)
    yield* gives === 'rows' ? this.#rows(again, listeners) : this.#bytes(again, format, listeners)
  }

  #bytes(
    file: ImportFile,
    format: ReturnType<typeof formatOf>,
    listeners: FileListeners,
  ): AsyncGenerator<ImportPart> {
    const isTyped = format === 'arrow' || format === 'parquet'
    return isTyped ? this.#typed(file, format, listeners) : this.#text(file, format, listeners)
  }

  async *#rows(
    file: ImportFile & { readonly stream: NonNullable<ImportFile['stream']> },
    { reject }: FileListeners,
  ): AsyncGenerator<ImportPart> {
    const { select, signal } = this.#options
    if (select !== undefined) throw invalid('load: select is for files; map the rows as they come')
    yield* rowParts(file, this.#target, { signal, reject })
  }

  async *#text(
    file: ImportFile,
    format: 'csv' | 'ndjson',
    { reject, tap }: FileListeners,
  ): AsyncGenerator<ImportPart> {
    const { select, signal, extraColumns } = this.#options
    const text: TextFile = {
      name: file.name,
      chunks: (life) => unpackedChunks(file, tap, life),
    }
    // A stream may stop for good: nobody waits for more of it than is needed.
    const readBlocks = file.stream === undefined ? this.#options.readBlocks : undefined
    const parts = (schema: Schema, how: 'table' | 'text'): AsyncGenerator<ImportPart> => {
      const isText = how === 'text'
      const more = { signal, reject, extraColumns: isText ? 'ignore' : extraColumns } as const
      if (format === 'ndjson') {
        return jsonLineParts(text, schema, { ...more, values: isText ? 'text' : undefined })
      }
      const byName = isText ? 'always' : undefined
      return csvParts(text, schema, { ...more, byName, dialect: this.#dialect, readBlocks })
    }
    if (select === undefined) {
      yield* parts(this.#target, 'table')
      return
    }
    const of = namedByCallback(select)
    const transform = partTransform(of, this.#target, [select], signal)
    for await (const part of parts(of, 'text')) {
      yield* transformed(part, transform, { file: file.name, reject })
    }
  }

  async *#typed(
    file: ImportFile,
    format: 'arrow' | 'parquet',
    { reject, tap }: FileListeners,
  ): AsyncGenerator<ImportPart> {
    const { select, signal, extraColumns } = this.#options
    const open = await openTyped(file, format, tap)
    try {
      const { schema: of, refused } = open
      const names =
        select === undefined ? matchingColumns(of, refused, this.#target, extraColumns) : null
      const wanted = names ?? namedIn(of, select!)
      const chosen = open.columns(wanted)
      const transform = partTransform(chosen, this.#target, names ?? [select], signal)
      for await (const part of open.parts(wanted)) {
        yield* transformed(part, transform, { file: file.name, reject })
      }
    } finally {
      await open.close()
    }
  }

  #refuseCsvOptions(format: string): void {
    for (const name of ['header', 'delimiter', 'quote', 'nullValues'] as const) {
      if (this.#options[name] === undefined) continue
      const what = format === 'ndjson' ? 'JSON lines' : format
      throw invalid(`${name} is about CSV; the source is read as ${what}`, { option: name })
    }
  }
}

/** Names of the columns of a typed file that a callback names. Throws NOT_FOUND for others. */
function namedIn(of: Schema, select: (file: never) => unknown): string[] {
  const names = fieldNames(namedByCallback(select))
  const stranger = names.find((name) => !of.positions.has(name))
  if (stranger === undefined) return names
  throw nameNotFound('column', stranger, fieldNames(of))
}
