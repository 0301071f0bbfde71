import { isUtf8 } from 'node:buffer'
import { batch } from '../../arrow/batch.ts'
import { type DataType, isFloat, utf8 } from '../../arrow/data-type.ts'
import { type Field, fieldNames, type Schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { vectorWithDefaults } from '../../arrow/vector-from.ts'
import { clip, GraupelError, invalid, nameNotFound, throwIfAborted } from '../../error.ts'
import { shownText } from './csv-options.ts'
import type { ImportPart } from './import-part.ts'
import { jsonMembers } from './json-members.ts'
import { placed, type Reject } from './rejects.ts'
import type { TextFile } from './text-file.ts'

export interface JsonPartsOptions {
  readonly extraColumns?: 'refuse' | 'ignore' | undefined
  /** `text`: all columns are utf8, and take any value: a string as it is, of others their JSON. */
  readonly values?: 'text' | undefined
  readonly signal?: AbortSignal | undefined
  readonly reject: Reject
}

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
 * missing one is the column's default, or null; empty lines are passed over. Numbers keep all their digits, json columns
 * their text; dates and times are ISO text, binary is hex.
 *
 * Tells `reject` of each line that is no JSON object, has a value of another type, a null in a column
 * that takes none, or a member that is no column, unless `extraColumns` says to ignore those: INVALID
 * with facts `file`, `line`, `column` and `value`. Throws ABORTED.
 */
export async function* jsonLineParts(
  file: TextFile,
  schema: Schema,
  options: JsonPartsOptions,
): AsyncGenerator<ImportPart> {
  const reader = new JsonLineReader(file.name, schema, options)
  for await (const lines of blocksOf(file, options.signal)) {
    const part = reader.read(lines)
    if (part.batch.length > 0) yield part
  }
}

class JsonLineReader {
  readonly #file: string
  readonly #schema: Schema
  readonly #options: JsonPartsOptions
  /** Whether values are looked up in the text, since parsed ones may have lost digits. */
  readonly #needsText: boolean

  constructor(file: string, schema: Schema, options: JsonPartsOptions) {
    this.#file = file
    this.#schema = schema
    this.#options = options
    const isText = options.values === 'text'
    this.#needsText = isText || schema.fields.some(({ type }) => isKeptAsText(type))
  }

  read(lines: readonly Line[]): ImportPart {
    const rows: Row[] = []
    for (const { bytes, number } of lines) {
      const row = this.#attempt(number, () => this.#rowOf(bytes, number))
      if (row !== undefined) rows.push(row)
    }
    return this.#partOf(rows)
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
      const value = given.get(name)
      const written = texts?.get(name)
      if (this.#options.values === 'text')
        return typeof value === 'string' ? value : textOf(value, written)
      if (value === undefined) return undefined
      return givenValue(type, value, written)
    })
    return { line, values }
  }

  #partOf(rows: readonly Row[]): ImportPart {
    const { fields } = this.#schema
    try {
      const columns = fields.map((field, at) => {
        return vectorOf(
          rows.map(({ values }) => values[at]),
          field,
        )
      })
      const whole = batch(this.#schema, columns, rows.length)
      return { batch: whole, lineOf: (row) => rows[row]!.line }
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
    }
    // Some row has a value that does not fit: it is found, and told with its line.
    const kept = rows.filter(({ line, values }) => {
      const isTaken = this.#attempt(line, () => {
        for (const [at, field] of fields.entries()) vectorOf([values[at]], field)
        return true
      })
      return isTaken === true
    })
    return this.#partOf(kept)
  }

  #attempt<T>(line: number, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
      this.#options.reject(placed(error, this.#file, line))
      return undefined
    }
  }
}

/** The JSON of a value that is no string; null for none. */
function textOf(value: unknown, written: string | undefined): string | null {
  return value === null || value === undefined ? null : written!
}

const isKeptAsText = ({ name }: DataType) =>
  name === 'int64' || name === 'decimal' || name === 'json'

/** What `vectorOf` takes for a value. */
function givenValue(type: DataType, value: unknown, text: string | undefined): unknown {
  if (value === null) return null
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
  if (field.type.name !== 'json') return vectorWithDefaults(values, field)
  const texts = vectorWithDefaults(values, { ...field, type: utf8 })
  return { ...texts, type: field.type } as Vector
}

/** Whole lines, a block of them at a time. */
async function* blocksOf(
  file: TextFile,
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
