import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import { type GraupelError, invalid } from '../../error.ts'
import { wasmFindSeparators } from '../../kernel/wasm/find-separators.ts'
import { type CsvDialect, shownText } from './csv-options.ts'
import { recordEnd, type Segment } from './csv-segment.ts'

/** Records of a segment as ranges of bytes; field f of record r is number `r * width + f`. */
export interface CsvRecords {
  readonly count: number
  readonly width: number
  /** Where the fields' text is: the block itself, or a copy without quotes. */
  readonly text: Buffer
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** 1 for a quoted field, at least where unquoted it would be null; null when there is none. */
  readonly quoted: Uint8Array | null
  /** Where each record begins in its block. */
  offsetOf(row: number): number
}

/** Why a record cannot be taken. */
export interface RecordFault {
  /** Where the record begins in its block. */
  readonly offset: number
  readonly reason: 'fields' | 'quotes' | 'utf8' | 'type' | 'null'
  readonly message: string
  /** Position of the field at fault. */
  readonly column?: number
  readonly value: string
}

/** Room for the ranges of one segment's fields, and for what ends them, used again for each. */
export class FieldRanges {
  starts = new Int32Array(0)
  ends = new Int32Array(0)
  separators = new Int32Array(0)

  /** Fills `separators`; answers how many they are. */
  findSeparators(bytes: Buffer, from: number, to: number, delimiter: number): number {
    if (to - from > this.separators.length) this.separators = new Int32Array(to - from)
    return wasmFindSeparators(bytes, from, to, delimiter, this.separators)
  }

  reserve(fields: number): void {
    if (fields <= this.starts.length) return
    this.starts = new Int32Array(fields)
    this.ends = new Int32Array(fields)
  }
}

export interface RecordContext {
  readonly dialect: CsvDialect
  readonly width: number
  readonly ranges: FieldRanges
  readonly faults: RecordFault[]
}

/**
 * The records of a segment that have `width` fields, in well-formed text; the others go to
 * `faults`. Empty lines are passed over where there are several columns. What it returns holds
 * until the next call with the same ranges.
 */
export function csvRecords(bytes: Buffer, segment: Segment, context: RecordContext): CsvRecords {
  const wellFormed = isUtf8(bytes.subarray(segment.from, segment.to))
  return segment.hard
    ? hardRecords(bytes, segment, context, wellFormed ? 'checked' : 'suspect')
    : simpleRecords(bytes, segment, context, wellFormed ? 'checked' : 'suspect')
}

const LF = 10
const CR = 13

type Encoding = 'checked' | 'suspect'

function simpleRecords(
  bytes: Buffer,
  { from, to }: Segment,
  { dialect, width, ranges, faults }: RecordContext,
  encoding: Encoding,
): CsvRecords {
  const { delimiter, quote } = dialect
  const found = ranges.findSeparators(bytes, from, to, delimiter)
  ranges.reserve(found + 2)
  const { starts, ends, separators } = ranges
  let quoted: Uint8Array | null = null
  let next = 0
  let field = 0
  let first = 0
  let recordStart = from
  for (let at = from; at <= to; ) {
    let end: number
    if (at < to && bytes[at] === quote) {
      // Nothing but a delimiter, a line end or the end of the file follows the next quote.
      const close = bytes.indexOf(quote, at + 1)
      quoted ??= new Uint8Array(found + 2)
      quoted[field] = 1
      starts[field] = at + 1
      ends[field] = close
      end = close + 1
      while (next < found && separators[next]! <= end) next++
    } else {
      if (quoted !== null) quoted[field] = 0
      starts[field] = at
      end = next < found ? separators[next++]! : to
      ends[field] = end
    }
    if (end === to && recordStart === to) break
    field++
    const byte = end < to ? bytes[end]! : LF
    at = end + 1
    if (byte === delimiter) continue
    const isBad = encoding === 'suspect' && !isUtf8(bytes.subarray(recordStart, end))
    if (isBad || field - first !== width) {
      if (isBad) faults.push(utf8Fault(bytes, recordStart, end, dialect))
      else if (end > recordStart) {
        const record = bytes.subarray(recordStart, end)
        faults.push(widthFault(record, recordStart, field - first, width))
      }
      field = first
    }
    if (byte === CR && at < to && bytes[at] === LF) {
      at++
      next++
    }
    first = field
    recordStart = at
  }
  const offsetOf = (row: number) => starts[row * width]!
  return { count: field / width, width, text: bytes, starts, ends, quoted, offsetOf }
}

function widthFault(record: Buffer, offset: number, found: number, width: number): RecordFault {
  const column = found < width ? { column: found } : {}
  const message = `${found} ${found === 1 ? 'field' : 'fields'} where ${width} are expected`
  return { offset, reason: 'fields', message, value: shownText(record), ...column }
}

function utf8Fault(bytes: Buffer, from: number, to: number, dialect: CsvDialect): RecordFault {
  const { delimiter, quote } = dialect
  const record = trimmed(bytes.subarray(from, to))
  const head = { offset: from, reason: 'utf8', message: 'the text is no UTF-8' } as const
  // Where nothing is quoted, delimiters tell which field it is.
  if (quote >= 0 && record.includes(quote)) return { ...head, value: shownText(record) }
  for (let start = 0, column = 0; start <= record.length; column++) {
    const next = record.indexOf(delimiter, start)
    const field = record.subarray(start, next < 0 ? record.length : next)
    if (!isUtf8(field)) return { ...head, column, value: shownText(field) }
    start += field.length + 1
  }
  return { ...head, value: shownText(record) }
}

/** A field that was quoted and unquoted would be null. */
class QuotedText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Field = string | QuotedText

function hardRecords(
  bytes: Buffer,
  { from, to }: Segment,
  context: RecordContext,
  encoding: Encoding,
): CsvRecords {
  const { dialect, width, ranges, faults } = context
  const offsets: number[] = []
  for (let at = from; at < to; at = recordEnd(bytes, at, dialect, { final: true })) offsets.push(at)
  offsets.push(to)
  const records: Field[][] = []
  const recordOffsets: number[] = []
  const readRange = (low: number, high: number): void => {
    const part = bytes.subarray(offsets[low]!, offsets[high]!)
    const outcome = encoding === 'suspect' && !isUtf8(part) ? 'utf8' : tryParse(part, dialect)
    if (Array.isArray(outcome) && outcome.length === high - low) {
      for (const [index, fields] of outcome.entries()) {
        records.push(fields)
        recordOffsets.push(offsets[low + index]!)
      }
    } else if (high - low === 1)
      faults.push(recordFault(bytes, offsets[low]!, offsets[high]!, outcome, dialect))
    else {
      const middle = (low + high) >> 1
      readRange(low, middle)
      readRange(middle, high)
    }
  }
  if (offsets.length > 1) readRange(0, offsets.length - 1)
  return packed(bytes, { from, to }, records, recordOffsets, { width, ranges, faults })
}

function packed(
  bytes: Buffer,
  { from, to }: { from: number; to: number },
  records: readonly Field[][],
  recordOffsets: readonly number[],
  { width, ranges, faults }: Omit<RecordContext, 'dialect'>,
): CsvRecords {
  ranges.reserve(records.length * width)
  const { starts, ends } = ranges
  // Text without its quotes is never longer than with them.
  const text = Buffer.allocUnsafeSlow(to - from)
  let quoted: Uint8Array | null = null
  const kept: number[] = []
  let at = 0
  let field = 0
  for (const [index, fields] of records.entries()) {
    const offset = recordOffsets[index]!
    if (fields.length !== width) {
      const end = recordOffsets[index + 1] ?? to
      const record = bytes.subarray(offset, end)
      const blank = fields.length === 1 && (record[0] === 10 || record[0] === 13)
      if (!blank) faults.push(widthFault(trimmed(record), offset, fields.length, width))
      continue
    }
    kept.push(offset)
    for (const value of fields) {
      starts[field] = at
      if (typeof value === 'string') at += text.write(value, at)
      else {
        quoted ??= new Uint8Array(records.length * width)
        quoted[field] = 1
        at += text.write(value.text, at)
      }
      ends[field++] = at
    }
  }
  return { count: kept.length, width, text, starts, ends, quoted, offsetOf: (row) => kept[row]! }
}

function trimmed(record: Buffer): Buffer {
  let end = record.length
  while (end > 0 && (record[end - 1] === 10 || record[end - 1] === 13)) end--
  return record.subarray(0, end)
}

function tryParse(bytes: Buffer, dialect: CsvDialect): Field[][] | CsvError {
  try {
    return parseText(bytes, dialect)
  } catch (error) {
    if (error instanceof CsvError) return error
    throw error
  }
}

function parseText(bytes: Buffer, { delimiter, quote, nullTexts }: CsvDialect): Field[][] {
  const quoteText = quote < 0 ? null : String.fromCharCode(quote)
  const mark = quoteText ?? ''
  // Asking for each field whether it was quoted makes the parser several times slower, and it
  // matters only where a null's text stands between quotes.
  const ambiguous = mark !== '' && nullTexts.some((text) => bytes.includes(`${mark}${text}${mark}`))
  const texts = new Set(nullTexts.map((text) => text.toString()))
  const options = {
    bom: false,
    columns: false as const,
    delimiter: String.fromCharCode(delimiter),
    quote: quoteText,
    escape: quoteText,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
  }
  if (!ambiguous) return parse(bytes, options) as unknown as Field[][]
  return parse(bytes, {
    ...options,
    cast: (text, { quoting }) => (quoting && texts.has(text) ? new QuotedText(text) : text),
  }) as unknown as Field[][]
}

function recordFault(
  bytes: Buffer,
  from: number,
  to: number,
  outcome: 'utf8' | CsvError | Field[][],
  dialect: CsvDialect,
): RecordFault {
  if (outcome === 'utf8') return utf8Fault(bytes, from, to, dialect)
  const value = shownText(trimmed(bytes.subarray(from, to)))
  const head = { offset: from, reason: 'quotes', value } as const
  if (Array.isArray(outcome)) return { ...head, message: 'the record cannot be read' }
  const index = (outcome as CsvError & { index?: unknown }).index
  const column = typeof index === 'number' ? { column: index } : {}
  return { ...head, message: quoteMessage(outcome.code), ...column }
}

function quoteMessage(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed'
    case 'INVALID_OPENING_QUOTE':
      return 'a quote inside an unquoted value; quote the value and double its quotes'
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'text behind a closing quote; a quote inside a quoted value has to be doubled'
    default:
      return `the record cannot be read (${code})`
  }
}

/** The fields of one record as text. Throws INVALID with facts `file` and `line`. */
export function parseRecord(
  bytes: Buffer,
  dialect: CsvDialect,
  place: { readonly file: string; readonly line: number },
): string[] {
  const outcome = isUtf8(bytes) ? tryParse(bytes, dialect) : 'utf8'
  if (Array.isArray(outcome) && outcome.length === 1) {
    return outcome[0]!.map((field) => (typeof field === 'string' ? field : field.text))
  }
  throw placed(recordFault(bytes, 0, bytes.length, outcome, dialect), place)
}

function placed(fault: RecordFault, { file, line }: { file: string; line: number }): GraupelError {
  return invalid(`"${file}", line ${line}: ${fault.message}`, { file, line, value: fault.value })
}
