import { clip, corrupt } from '../error.ts'
import { crc32 } from '../io/checksum.ts'
import { isUtf8 } from '../io/is-utf8.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const QUOTE = 34
const COMMA = 44
const NEWLINE = 10
const RETURN = 13

const TEXT = 'text'

/** A checkpoint's field: text, or null for `\N`. */
export type CsvField = string | null

/** The rows of a checkpoint after row 0, and the version up to which they tell everything. */
export interface CheckpointRows {
  readonly upto: number
  /** Rows that versions below this one alone see may be missing. */
  readonly prunedTo: number
  readonly rows: readonly CheckpointRow[]
}

export interface CheckpointRow {
  readonly fields: readonly CsvField[]
  readonly added: number
  /** The version that removed the partition; null while it is live. */
  readonly removed: number | null
  /** What stands in the last column, \`text\`; a file has that column when a row has some. */
  readonly text?: CsvField
  /** On which line it begins, where it was read. */
  readonly line?: number
}

/** What the rows of a file have in common. */
interface RowShape {
  readonly bytes: Buffer
  readonly key: string
  readonly fieldCount: number
  readonly extra: Extra
  readonly upto: number
}

/** A row whose fields are taken apart when they are asked for. */
class StoredRow implements CheckpointRow {
  readonly added: number
  readonly removed: number | null
  readonly #shape: RowShape
  readonly #at: number
  #fields: readonly CsvField[] | undefined

  constructor(shape: RowShape, at: number, [added, removed]: [number, number | null]) {
    this.added = added
    this.removed = removed
    this.#shape = shape
    this.#at = at
  }

  /** Those behind the versions come last. */
  get fields(): readonly CsvField[] {
    this.#fields ??= this.#all()
    return this.#fields
  }

  get text(): CsvField {
    const { fieldCount, extra } = this.#shape
    return extra.text === 0 ? null : this.fields[fieldCount + 1 + extra.text]!
  }

  get line(): number {
    return lineAt(this.#shape.bytes, this.#at)
  }

  #all(): CsvField[] {
    const { fieldCount, extra } = this.#shape
    const cursor = cursorAt(this.#shape, this.#at, rowAt(this.#shape, this.#at)?.end)
    const count = fieldCount + 2 + extra.count
    return Array.from({ length: count }, (_, field) =>
      cursor.field(field === count - 1 ? NEWLINE : COMMA),
    )
  }
}

/**
 * A checkpoint file: a header line, row 0 and one row per partition. The last fields of every row
 * are `crc32,added,removed`; row 0 has there the CRC-32 of all that follows it (its own `added`,
 * which is `upto`, included), so that no flipped bit and no cut goes unseen.
 *
 * @param names Names of the fields before `added`; the last of them is `crc32`.
 * @param summary Fields of row 0 before `crc32`.
 */
export function printCheckpoint(
  names: readonly string[],
  summary: readonly CsvField[],
  { upto, prunedTo, rows }: CheckpointRows,
): Uint8Array {
  const hasTexts = rows.some(({ text }) => typeof text === 'string')
  const last = (text: CsvField | undefined) => (hasTexts ? `,${printField(text ?? null)}` : '')
  // The checksum is over this name too, and not over that in the header.
  const lines = [`${upto},${prunedTo === 0 ? '' : prunedTo}${last(TEXT)}`]
  for (const { fields, added, removed, text } of rows) {
    lines.push(`${fields.map(printField).join(',')},${added},${removed ?? ''}${last(text)}`)
  }
  const rest = Buffer.from(`${lines.join('\n')}\n`)
  const sum = crc32(rest).toString(16).padStart(8, '0')
  const header = `${names.join(',')},added,removed${hasTexts ? `,${TEXT}` : ''}`
  const start = `${header}\n${summary.map(printField).join(',')},${sum},`
  return Buffer.concat([Buffer.from(start), rest])
}

/**
 * The inverse of `printCheckpoint`. Fields that the header names beyond the known ones belong to
 * newer versions and are passed over. Throws DATA naming the key and the line.
 *
 * @param which `live`: only the rows before the first that was removed.
 */
export function parseCheckpoint(
  bytes: Uint8Array,
  key: string,
  names: readonly string[],
  which: 'all' | 'live' = 'all',
): CheckpointRows & { readonly summary: readonly CsvField[] } {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (!isUtf8(all)) {
    const line = badLine(all)
    throw corrupt(`"${key}" line ${line}: not UTF-8`, { key, line })
  }
  const headEnd = all.indexOf(NEWLINE, all.indexOf(NEWLINE) + 1) + 1
  const cursor = new CsvCursor(headEnd > 0 ? all.toString('utf8', 0, headEnd) : all.toString(), key)
  const extra = readHeader(cursor, names)
  const summary: CsvField[] = []
  for (let i = 0; i < names.length - 1; i++) summary.push(cursor.field(COMMA))
  const sum = cursor.field(COMMA)
  const rest = all.subarray(headEnd > 0 ? headEnd - Buffer.byteLength(cursor.rest()) : all.length)
  if (sum === null || sum !== crc32(rest).toString(16).padStart(8, '0')) {
    throw corrupt(`"${key}" line 2: the checksum does not fit: the file is cut or has changed`, {
      key,
      line: 2,
    })
  }
  const upto = cursor.version(COMMA)
  const prunedTo = cursor.endOfRow(extra, upto, extra.names) ?? 0
  const shape = { bytes: all, key, fieldCount: names.length, extra, upto }
  const rows: CheckpointRow[] = []
  for (let at = headEnd; at < all.length; ) {
    const found = rowAt(shape, at) ?? strictRow(shape, at)
    const { added, removed, end } = found
    if (which === 'live' && removed !== null) break
    rows.push(new StoredRow(shape, at, [added, removed]))
    at = end
  }
  return { upto, prunedTo, rows, summary }
}

/** Columns that come after \`removed\`, and which of them, from 1, is the text; 0 for none. */
interface Extra {
  readonly names: readonly string[]
  readonly count: number
  readonly text: number
}

function readHeader(cursor: CsvCursor, names: readonly string[]): Extra {
  const wanted = [...names, 'added', 'removed']
  const found = cursor.line().split(',')
  for (const [position, name] of wanted.entries()) {
    if (found[position] === name) continue
    throw cursor.problem(`the header should be "${clip(wanted.join(','))}"`, 1)
  }
  const extra = found.slice(wanted.length)
  return { names: extra, count: extra.length, text: extra.indexOf(TEXT) + 1 }
}

interface RowVersions {
  readonly added: number
  readonly removed: number | null
  /** Where the row has ended. */
  readonly end: number
}

/** The versions of the row at `at`, the rest of it being passed over; undefined when it is none. */
function rowAt({ bytes, fieldCount, extra, upto }: RowShape, at: number): RowVersions | undefined {
  const from = fieldsEnd(bytes, at, fieldCount)
  const to = from < 0 ? -1 : fieldsEnd(bytes, from, 1)
  if (to < 0) return undefined
  const last = digitsEnd(bytes, to)
  const end = extra.count === 0 ? last : fieldsEnd(bytes, last + 1, extra.count - 1)
  if (bytes[last] !== (extra.count === 0 ? NEWLINE : COMMA) || end < 0) return undefined
  const added = wholeIn(bytes, from, to - 1)
  const removed = last === to ? null : wholeIn(bytes, to, last)
  if (added === undefined || removed === undefined || added > upto) return undefined
  if (removed !== null && (removed > upto || removed <= added)) return undefined
  const newline = extra.count === 0 ? end : fieldEnd(bytes, end)
  return bytes[newline] === NEWLINE ? { added, removed, end: newline + 1 } : undefined
}

/** The same of a row field by field, to tell what is wrong with it. */
function strictRow(shape: RowShape, at: number): RowVersions {
  const { fieldCount, extra, upto, bytes } = shape
  const cursor = cursorAt(shape, at, bytes.length)
  for (let i = 0; i < fieldCount; i++) cursor.field(COMMA)
  const added = cursor.version(COMMA)
  const removed = cursor.endOfRow(extra, upto)
  throw cursor.problem(`versions ${added} and "${removed ?? ''}" do not fit upto ${upto}`)
}

function cursorAt({ bytes, key }: RowShape, from: number, to: number | undefined): CsvCursor {
  return new CsvCursor(bytes.toString('utf8', from, to), key, () => lineAt(bytes, from))
}

/** The line, from 1, on which the byte at `at` is. */
function lineAt(bytes: Buffer, at: number): number {
  let line = 1
  for (let i = bytes.indexOf(NEWLINE); i >= 0 && i < at; i = bytes.indexOf(NEWLINE, i + 1)) line++
  return line
}

/** Behind the commas of `count` fields; -1 when there are not as many. */
function fieldsEnd(bytes: Buffer, from: number, count: number): number {
  let at = from
  for (let field = 0; field < count; field++) {
    at = fieldEnd(bytes, at)
    if (bytes[at] !== COMMA) return -1
    at++
  }
  return at
}

/** Where the field at `at` has ended: its delimiter, or what should be none. */
function fieldEnd(bytes: Buffer, at: number): number {
  if (bytes[at] === QUOTE) {
    for (let end = at + 1; ; end += 2) {
      end = bytes.indexOf(QUOTE, end)
      if (end < 0) return bytes.length
      if (bytes[end + 1] !== QUOTE) return end + 1
    }
  }
  let end = at
  // Digits and letters are above a comma.
  while (end < bytes.length && (bytes[end]! > COMMA || !isSpecial(bytes[end]!))) end++
  return end
}

function isSpecial(byte: number): boolean {
  return byte === COMMA || byte === NEWLINE || byte === QUOTE || byte === RETURN
}

function digitsEnd(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at]! >= 48 && bytes[at]! <= 57) at++
  return at
}

/** The whole number in `bytes[start .. end)` as it is printed; undefined when that is none. */
function wholeIn(bytes: Uint8Array, start: number, end: number): number | undefined {
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 48
    if (digit < 0 || digit > 9 || (value === 0 && at > start)) return undefined
    value = value * 10 + digit
  }
  return start < end && Number.isSafeInteger(value) ? value : undefined
}

function printField(field: CsvField): string {
  if (field === null) return '\\N'
  const quoted = field === '' || field === '\\N' || /[",\r\n]|^[ \t]|[ \t]$/.test(field)
  return quoted ? `"${field.replaceAll('"', '""')}"` : field
}

/** The first line, from 1, that does not decode. */
function badLine(bytes: Uint8Array): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    try {
      decoder.decode(bytes.subarray(start, end))
    } catch {
      return line
    }
    start = end + 1
  }
  return line
}

/** Takes fields off strict CSV: what `printField` cannot have written is refused. */
class CsvCursor {
  readonly #text: string
  readonly #key: string
  readonly #firstLine: () => number
  #at = 0

  constructor(text: string, key: string, firstLine = () => 1) {
    this.#text = text
    this.#key = key
    this.#firstLine = firstLine
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  rest(): string {
    return this.#text.slice(this.#at)
  }

  line(): string {
    const end = this.#text.indexOf('\n', this.#at)
    if (end < 0) throw this.problem('the line has no end: the file is cut')
    const line = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return line
  }

  /** One field, which must be followed by `delimiter`. */
  field(delimiter: number): CsvField {
    const start = this.#at
    const isQuoted = this.#text.charCodeAt(start) === QUOTE
    if (isQuoted) this.#passQuoted()
    else this.#passUnquoted()
    const end = this.#at
    if (this.#text.charCodeAt(end) !== delimiter) {
      throw this.problem(
        this.atEnd() ? 'the file is cut' : 'the row has too few or too many fields',
      )
    }
    this.#at++
    if (isQuoted) return this.#text.slice(start + 1, end - 1).replaceAll('""', '"')
    const value = this.#text.slice(start, end)
    return value === '\\N' ? null : value
  }

  version(delimiter: number): number {
    const text = this.field(delimiter) ?? ''
    const value = Number(text)
    if (/^(?:0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(value)) return value
    throw this.problem(`"${clip(text)}" is no version`)
  }

  /**
   * The row's last field but for `extra` ones: a version above 0, or null where it is empty.
   *
   * @param names What the extra ones have to be, if they are not null.
   */
  endOfRow({ count }: Extra, upto: number, names: readonly string[] = []): number | null {
    const text = this.field(count === 0 ? NEWLINE : COMMA) ?? '\\N'
    for (let i = 1; i <= count; i++) {
      const value = this.field(i === count ? NEWLINE : COMMA)
      const name = names[i - 1]
      if (name === undefined || value === name || value === null) continue
      throw this.problem(`a column is "${clip(name)}" in the header and "${clip(value)}" in row 0`)
    }
    if (/^(?:[1-9]\d{0,15})?$/.test(text) && Number(text) <= upto) {
      return text === '' ? null : Number(text)
    }
    throw this.problem(`"${clip(text)}" is no version up to ${upto}`)
  }

  problem(found: string, line = this.#line()) {
    return corrupt(`"${this.#key}" line ${line}: ${found}`, { key: this.#key, line })
  }

  #line(): number {
    let line = this.#firstLine()
    for (let i = this.#text.indexOf('\n'); i >= 0 && i < this.#at; line++) {
      i = this.#text.indexOf('\n', i + 1)
    }
    return line
  }

  #passUnquoted(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === COMMA || code === NEWLINE) return
      if (code === QUOTE || code === RETURN) throw this.problem('a stray quote or carriage return')
    }
  }

  #passQuoted(): void {
    for (let start = this.#at + 1; ; ) {
      const end = this.#text.indexOf('"', start)
      if (end < 0) throw this.problem('a quote is never closed')
      this.#at = end + 1
      if (this.#text.charCodeAt(this.#at) !== QUOTE) return
      start = end + 2
    }
  }
}
