import { isUtf8 } from 'node:buffer'
import { type Batch, batch } from '../../arrow/batch.ts'
import { type DataType, isFloat, utf8 } from '../../arrow/data-type.ts'
import { type Field, fieldNames, type Schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { vectorFrom } from '../../arrow/vector-from.ts'
import { clip, GraupelError, invalid, nameNotFound, throwIfAborted } from '../../error.ts'
import {
  type CsvImportOptions,
  type CsvRejects,
  REJECTS_KEPT,
  requireChoices,
} from './csv-batches.ts'
import { type CsvFile, csvFiles } from './csv-file.ts'
import { type CsvSource, shownText } from './csv-options.ts'
import { jsonMembers } from './json-members.ts'

type Options = Pick<
  CsvImportOptions,
  'onError' | 'onReject' | 'onRows' | 'extraColumns' | 'compression' | 'signal' | 'onProgress'
>

interface Line {
  readonly bytes: Buffer
  readonly number: number
}

/** A line as the values of the schema's columns, in order. */
interface Row {
  readonly line: number
  readonly values: readonly unknown[]
}

const NEWLINE = 10
const BLOCK_BYTES_MIN = 1 << 18

/**
 * Rows of JSON lines, one object a line, as batches of `schema`. Members are columns by name, a
 * missing one is null; empty lines are passed over. Numbers keep all their digits, json columns
 * their text; dates and times are ISO text, binary is hex.
 *
 * Throws INVALID with facts `file`, `line`, `column` and `value` for a line that is no JSON object,
 * a value of another type, a null in a column that takes none, and a member that is no column,
 * unless `extraColumns` says to ignore those; NOT_FOUND when no file matches; ABORTED.
 */
export async function* jsonLineBatches(
  source: CsvSource,
  schema: Schema,
  options: Options = {},
): AsyncGenerator<Batch> {
  requireChoices(options)
  const load = new JsonLineImport(schema, options)
  for (const file of await csvFiles(source, options.compression)) {
    for await (const lines of blocksOf(file, options.signal)) {
      const part = load.read(lines, file.name)
      if (part.length > 0) yield part
    }
  }
  load.tell('done')
}

class JsonLineImport {
  readonly #schema: Schema
  readonly #options: Options
  readonly #rejects: CsvRejects = { count: 0, errors: [] }
  /** Whether values are looked up in the text, since parsed ones may have lost digits. */
  readonly #needsText: boolean
  #rows = 0
  #bytes = 0

  constructor(schema: Schema, options: Options) {
    this.#schema = schema
    this.#options = options
    this.#needsText = schema.fields.some(({ type }) => isKeptAsText(type))
  }

  read(lines: readonly Line[], file: string): Batch {
    const rows: Row[] = []
    for (const { bytes, number } of lines) {
      this.#bytes += bytes.length + 1
      const row = this.#attempt(file, number, () => this.#rowOf(bytes, number))
      if (row !== undefined) rows.push(row)
    }
    const part = this.#batchOf(rows, file)
    this.#rows += part.length
    this.tell('load')
    return part
  }

  tell(phase: string): void {
    this.#options.onProgress?.({ phase, rows: this.#rows, bytes: this.#bytes })
  }

  #rowOf(bytes: Buffer, line: number): Row | undefined {
    if (!isUtf8(bytes)) throw invalid('the text is no UTF-8', { value: shownText(bytes) })
    const text = bytes.toString()
    if (text.trim() === '') return undefined
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw invalid(`no JSON: ${clip(reason)}`, { value: shownText(bytes) })
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw invalid('expected a JSON object', { value: shownText(bytes) })
    }
    const { fields, positions } = this.#schema
    if (this.#options.extraColumns !== 'ignore') {
      const extra = Object.keys(parsed).find((name) => !positions.has(name))
      if (extra !== undefined) throw nameNotFound('column', extra, fieldNames(this.#schema))
    }
    const texts = this.#needsText ? jsonMembers(text) : undefined
    const given = new Map(Object.entries(parsed))
    const values = fields.map(({ name, type }) => {
      return givenValue(type, given.get(name), texts?.get(name))
    })
    return { line, values }
  }

  #batchOf(rows: readonly Row[], file: string): Batch {
    const { fields } = this.#schema
    try {
      const columns = fields.map((field, at) => {
        return vectorOf(
          rows.map(({ values }) => values[at]),
          field,
        )
      })
      const { onRows } = this.#options
      onRows?.(
        file,
        Int32Array.from(rows, ({ line }) => line),
      )
      return batch(this.#schema, columns, rows.length)
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
    }
    // Some row has a value that does not fit: it is found, and told with its line.
    const kept = rows.filter(({ line, values }) => {
      const isTaken = this.#attempt(file, line, () => {
        for (const [at, field] of fields.entries()) vectorOf([values[at]], field)
        return true
      })
      return isTaken === true
    })
    return this.#batchOf(kept, file)
  }

  #attempt<T>(file: string, line: number, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
      const { row: _, name, ...facts } = error.facts
      const column = name === undefined ? {} : { column: name }
      // Values are tried one row at a time, so that the row is always the first.
      const reason = error.message.replace(', row 0: ', ': ')
      const told = invalid(`"${file}", line ${line}: ${reason}`, {
        ...{ ...facts, ...column },
        file,
        line,
      })
      const { onError, onReject } = this.#options
      if (onError !== 'skip' && onError !== 'continue') throw told
      this.#rejects.count++
      if (this.#rejects.errors.length < REJECTS_KEPT) this.#rejects.errors.push(told)
      onReject?.(this.#rejects)
      return undefined
    }
  }
}

const isKeptAsText = ({ name }: DataType) =>
  name === 'int64' || name === 'decimal' || name === 'json'

/** What `vectorOf` takes for a value. */
function givenValue(type: DataType, value: unknown, text: string | undefined): unknown {
  if (value === null || value === undefined) return null
  if (type.name === 'json') return text
  if (typeof value === 'number' && text !== undefined) {
    if (type.name === 'decimal' && /^-?\d+(\.\d+)?$/.test(text)) return text
    if (type.name === 'int64' && /^-?\d+$/.test(text)) return BigInt(text)
  }
  if (typeof value !== 'string') return value
  if (isFloat(type) && ['NaN', 'Infinity', '-Infinity'].includes(value)) return Number(value)
  if (type.name === 'binary' && /^([0-9a-f]{2})*$/i.test(value)) {
    return Uint8Array.from(Buffer.from(value, 'hex'))
  }
  return value
}

/** The texts of a json column are its values as they are. */
function vectorOf(values: readonly unknown[], field: Field): Vector {
  if (field.type.name !== 'json') return vectorFrom(values, field)
  const texts = vectorFrom(values, { ...field, type: utf8 })
  return { ...texts, type: field.type } as Vector
}

/** Whole lines, a block of them at a time. */
async function* blocksOf(
  file: CsvFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Line[]> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let carried = 0
  let number = 1
  const linesIn = (bytes: Buffer): Line[] => {
    const lines: Line[] = []
    for (let from = 0; from < bytes.length; ) {
      const found = bytes.indexOf(NEWLINE, from)
      const to = found < 0 ? bytes.length : found
      const isMarked = number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
      lines.push({ bytes: bytes.subarray(isMarked ? 3 : from, to), number: number++ })
      from = to + 1
    }
    return lines
  }
  for await (const chunk of file.chunks()) {
    throwIfAborted(signal)
    pending.push(chunk)
    pendingBytes += chunk.length
    // Twice what was left over, so that a line of many chunks is not scanned for each of them.
    if (pendingBytes < Math.max(BLOCK_BYTES_MIN, carried * 2)) continue
    const bytes = Buffer.concat(pending)
    const end = bytes.lastIndexOf(NEWLINE) + 1
    pending = [bytes.subarray(end)]
    pendingBytes = carried = bytes.length - end
    if (end > 0) yield linesIn(bytes.subarray(0, end))
  }
  throwIfAborted(signal)
  if (pendingBytes > 0) yield linesIn(Buffer.concat(pending))
}
