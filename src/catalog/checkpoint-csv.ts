import { clip, corrupt } from '../error.ts'
import { crc32 } from '../io/checksum.ts'

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
  const lines = [`${upto},${prunedTo === 0 ? '' : prunedTo}${last(null)}`]
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
 */
export function parseCheckpoint(
  bytes: Uint8Array,
  key: string,
  names: readonly string[],
): CheckpointRows & { readonly summary: readonly CsvField[] } {
  const cursor = new CsvCursor(decode(bytes, key), key)
  const extra = readHeader(cursor, names)
  const summary: CsvField[] = []
  for (let i = 0; i < names.length - 1; i++) summary.push(cursor.field(COMMA))
  const sum = cursor.field(COMMA)
  const rest = bytes.subarray(bytes.length - Buffer.byteLength(cursor.rest()))
  if (sum === null || sum !== crc32(rest).toString(16).padStart(8, '0')) {
    throw corrupt(`"${key}" line 2: the checksum does not fit: the file is cut or has changed`, {
      key,
      line: 2,
    })
  }
  const upto = cursor.version(COMMA)
  const { value: prunedText } = cursor.endOfRow(extra)
  const prunedTo = Number(prunedText)
  if (!/^(?:[1-9]\d{0,15})?$/.test(prunedText) || prunedTo > upto) {
    throw cursor.problem(`"${clip(prunedText)}" is no version up to ${upto}`)
  }
  const rows: CheckpointRow[] = []
  while (!cursor.atEnd()) rows.push(readRow(cursor, names.length, extra, upto))
  return { upto, prunedTo, rows, summary }
}

/** Columns that come after \`removed\`, and which of them, from 1, is the text; 0 for none. */
interface Extra {
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
  return { count: extra.length, text: extra.indexOf(TEXT) + 1 }
}

function readRow(cursor: CsvCursor, fieldCount: number, extra: Extra, upto: number): CheckpointRow {
  const fields = new Array<CsvField>(fieldCount)
  for (let i = 0; i < fieldCount; i++) fields[i] = cursor.field(COMMA)
  const added = cursor.version(COMMA)
  const { value: removedText, text } = cursor.endOfRow(extra)
  const removed = removedText === '' ? null : Number(removedText)
  const wrong = removed !== null && (!/^[1-9]\d{0,15}$/.test(removedText) || removed <= added)
  if (wrong || added > upto || (removed ?? 0) > upto) {
    throw cursor.problem(`versions ${added} and "${clip(removedText)}" do not fit upto ${upto}`)
  }
  return text === null ? { fields, added, removed } : { fields, added, removed, text }
}

function printField(field: CsvField): string {
  if (field === null) return '\\N'
  const quoted = field === '' || field === '\\N' || /[",\r\n]|^[ \t]|[ \t]$/.test(field)
  return quoted ? `"${field.replaceAll('"', '""')}"` : field
}

function decode(bytes: Uint8Array, key: string): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw corrupt(`"${key}" line ${badLine(bytes)}: not UTF-8`, { key, line: badLine(bytes) })
  }
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
  #at = 0
  #line = 1

  constructor(text: string, key: string) {
    this.#text = text
    this.#key = key
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
    this.#line++
    return line
  }

  /** One field, which must be followed by `delimiter`. */
  field(delimiter: number): CsvField {
    const quoted = this.#text.charCodeAt(this.#at) === QUOTE
    const value = quoted ? this.#quoted() : this.#unquoted()
    if (this.#text.charCodeAt(this.#at) !== delimiter) {
      throw this.problem(
        this.atEnd() ? 'the file is cut' : 'the row has too few or too many fields',
      )
    }
    this.#at++
    if (delimiter === NEWLINE) this.#line++
    return !quoted && value === '\\N' ? null : value
  }

  version(delimiter: number): number {
    const text = this.field(delimiter) ?? ''
    const value = Number(text)
    if (/^(?:0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(value)) return value
    throw this.problem(`"${clip(text)}" is no version`)
  }

  /** The row's last field but for `extra` ones, and what is known among those. */
  endOfRow({ count, text: at }: Extra): { readonly value: string; readonly text: CsvField } {
    const value = this.field(count === 0 ? NEWLINE : COMMA) ?? '\\N'
    let text: CsvField = null
    for (let i = 1; i <= count; i++) {
      const field = this.field(i === count ? NEWLINE : COMMA)
      if (i === at) text = field
    }
    return { value, text }
  }

  problem(found: string, line = this.#line) {
    return corrupt(`"${this.#key}" line ${line}: ${found}`, { key: this.#key, line })
  }

  #unquoted(): string {
    const start = this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === COMMA || code === NEWLINE) break
      if (code === QUOTE || code === RETURN) throw this.problem('a stray quote or carriage return')
    }
    return this.#text.slice(start, this.#at)
  }

  #quoted(): string {
    let value = ''
    for (let start = this.#at + 1; ; ) {
      const end = this.#text.indexOf('"', start)
      if (end < 0) throw this.problem('a quote is never closed')
      const part = this.#text.slice(start, end)
      for (let i = part.indexOf('\n'); i >= 0; i = part.indexOf('\n', i + 1)) this.#line++
      value += part
      if (this.#text.charCodeAt(end + 1) !== QUOTE) {
        this.#at = end + 1
        return value
      }
      value += '"'
      start = end + 2
    }
  }
}
