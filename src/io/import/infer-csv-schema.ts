import {
  bool,
  type DataType,
  date,
  float64,
  int64,
  timestamp,
  utf8,
} from '../../arrow/data-type.ts'
import { type Field, field, type Schema, schema } from '../../arrow/schema.ts'
import { parseDate, parseTimestamp } from '../../arrow/temporal.ts'
import { invalid } from '../../error.ts'
import { type CsvDialect, type CsvReadOptions, csvDialect, namedColumns } from './csv-options.ts'
import { openCsv } from './csv-reader.ts'
import { type CsvRecords, csvRecords, FieldRanges, type RecordFault } from './csv-records.ts'
import { lineEnds } from './csv-segment.ts'
import { type ImportFile, unpackedChunks } from './import-file.ts'
import { isNullText } from './parse-column.ts'
import { dateAt, floatAt, stampAt, wholeAt } from './text-number.ts'

/**
 * The narrowest schema that holds every row of the files without losing a character that matters:
 * bool (true, false), int64 (`007` and `+7` are text), float64, date, timestamp (ms or us, UTC
 * where every value has a zone), else utf8. A column is nullable when it has a null. Columns
 * without a name are called `column_1` and so on by position, as are all without a header.
 *
 * Throws INVALID for a stream, which could not be read a second time to load it, for files whose
 * headers differ, and for text that `csvBatches` would not read either; NOT_FOUND for no file.
 */
export async function inferCsvSchema(
  files: readonly ImportFile[],
  options: CsvReadOptions = {},
): Promise<Schema> {
  const dialect = csvDialect(options)
  const ranges = new FieldRanges()
  let names: readonly string[] | undefined
  let columns: ColumnGuess[] = []
  let rows = 0
  let bytes = 0
  if (files.some(({ stream }) => stream !== undefined)) {
    throw invalid('a stream cannot be read twice: give a path, or a schema', { source: 'stream' })
  }
  const totalBytes = files.reduce((sum, { byteLength = 0 }) => sum + byteLength, 0)
  for (const file of files) {
    const text = { name: file.name, chunks: () => unpackedChunks(file) }
    const open = await openCsv(text, dialect, { signal: options.signal })
    const found = columnNames(open.header, open.width, file.name, open.headerLine)
    if (names !== undefined && found.length > 0 && found.join('\0') !== names.join('\0')) {
      await open.blocks.return(undefined)
      throw invalid(`"${file.name}" has other columns than "${files[0]!.name}"`, {
        file: file.name,
        line: open.headerLine,
        header: found,
        expected: names,
      })
    }
    if (names === undefined && found.length > 0) {
      names = found
      columns = found.map(() => new ColumnGuess(dialect))
    }
    for await (const block of open.blocks) {
      if (columns.length === 0) continue
      for (const segment of block.segments) {
        const faults: RecordFault[] = []
        const context = { dialect, width: columns.length, ranges, faults }
        const records = csvRecords(block.bytes, segment, context)
        const lineOf = (offset: number) => block.line + lineEnds(block.bytes, 0, offset)
        refuseFault(faults, file.name, found, lineOf)
        for (const [position, column] of columns.entries()) column.look(records, position)
        rows += records.count
      }
      options.onProgress?.({ phase: 'infer', rows, bytes: bytes + block.fileBytes, totalBytes })
    }
    bytes += file.byteLength ?? 0
  }
  options.onProgress?.({ phase: 'done', rows, bytes, totalBytes })
  if (names === undefined)
    throw invalid(`"${files[0]!.name}" is empty`, { file: files[0]!.name, line: 1 })
  return schema(names.map((name, position) => columns[position]!.field(name)))
}

function refuseFault(
  faults: readonly RecordFault[],
  file: string,
  names: readonly string[],
  lineOf: (offset: number) => number,
): void {
  const fault = [...faults].sort((a, b) => a.offset - b.offset)[0]
  if (fault === undefined) return
  const line = lineOf(fault.offset)
  const name = fault.column === undefined ? undefined : names[fault.column]
  const column = name === undefined ? {} : { column: name }
  const facts = { file, line, ...column, value: fault.value }
  throw invalid(`"${file}", line ${line}: ${fault.message}`, facts)
}

function columnNames(
  header: readonly string[] | null,
  width: number,
  file: string,
  line: number,
): string[] {
  const given = header ?? new Array<string>(width).fill('')
  const names = namedColumns(given)
  const taken = names.find((name, position) => names.indexOf(name) !== position)
  if (taken !== undefined) {
    throw invalid(`"${file}", line ${line}: two columns are named "${taken}"`, {
      file,
      line,
      column: taken,
    })
  }
  return names
}

/** Narrowest first; each holds all that those before it in its row hold. */
type Kind = 'none' | 'bool' | 'whole' | 'float' | 'date' | 'stamp' | 'text'

const ZONED = /(?:Z|[+-]\d\d(?::?\d\d)?)$/
const FLOAT = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const INT64_MAX = 2n ** 63n - 1n

/** What the values of a column seen so far allow it to be. */
class ColumnGuess {
  private readonly dialect: CsvDialect
  private kind: Kind = 'none'
  private nulls = false
  private quotedEmpty = false
  private micros = false
  private zoned = false
  private unzoned = false
  /** A whole number beyond 2^53 was there, which float64 would round. */
  private wide = false

  constructor(dialect: CsvDialect) {
    this.dialect = dialect
  }

  look({ count, width, text, starts, ends, quoted }: CsvRecords, position: number): void {
    const { nullTexts } = this.dialect
    for (let row = 0, at = position; row < count; row++, at += width) {
      const start = starts[at]!
      const end = ends[at]!
      const isQuoted = quoted !== null && quoted[at] === 1
      if (isQuoted && start === end) this.quotedEmpty = true
      else if (!isQuoted && isNullText(text, start, end, nullTexts)) this.nulls = true
      else if (start === end) this.kind = 'text'
      else if (this.kind !== 'text' && !this.fastFit(text, start, end)) {
        this.fit(text.toString('utf8', start, end))
      }
    }
  }

  /** Common values of the kind at hand, straight from their bytes. */
  private fastFit(text: Buffer, start: number, end: number): boolean {
    if (this.kind === 'date') return !Number.isNaN(dateAt(text, start, end))
    if (this.kind === 'stamp' && !Number.isNaN(stampAt(text, start, end, 1_000))) {
      if (text[end - 1] === 90) this.zoned = true
      else this.unzoned = true
      return true
    }
    if (this.kind !== 'whole' && this.kind !== 'float') return false
    const first = text[start] === 45 ? start + 1 : start
    const digit = text[first]!
    if (digit === 48 ? end - first > 1 && text[first + 1] !== 46 : digit < 49 || digit > 57) {
      return false
    }
    if (this.kind === 'float') return !Number.isNaN(floatAt(text, start, end))
    const value = wholeAt(text, start, end)
    return !Number.isNaN(value) && (value !== 0 || first === start)
  }

  private fit(text: string): void {
    const next = this.kindOf(text)
    const before = this.kind
    if (before === 'none' || before === next) this.kind = next
    else if (isNumber(before) && isNumber(next)) this.kind = 'float'
    else if (isTemporal(before) && isTemporal(next)) this.kind = 'stamp'
    else this.kind = 'text'
  }

  private kindOf(text: string): Kind {
    if (/^(?:true|false)$/i.test(text)) return 'bool'
    if (/^-?(?:0|[1-9]\d*)$/.test(text) && text !== '-0') {
      const value = text.length > 20 ? INT64_MAX + 1n : BigInt(text)
      if (value > INT64_MAX || value < -INT64_MAX - 1n) return 'text'
      this.wide ||= !Number.isSafeInteger(Number(text))
      return 'whole'
    }
    if (FLOAT.test(text) || /^(?:NaN|-?Infinity)$/.test(text)) return 'float'
    if (parseDate(text) !== undefined) {
      this.unzoned = true
      return 'date'
    }
    return this.stampKind(text)
  }

  private stampKind(text: string): Kind {
    if (parseTimestamp(text, timestamp('us', 'UTC')) === undefined) return 'text'
    if (ZONED.test(text.slice(10))) this.zoned = true
    else this.unzoned = true
    this.micros ||= parseTimestamp(text, timestamp('ms', 'UTC')) === undefined
    return 'stamp'
  }

  field(name: string): Field {
    const type = this.type()
    return field(
      name,
      type,
      this.nulls || (this.quotedEmpty && type !== utf8) || this.kind === 'none',
    )
  }

  private type(): DataType {
    switch (this.kind) {
      case 'bool':
        return bool
      case 'whole':
        return int64
      case 'float':
        return this.wide ? utf8 : float64
      case 'date':
        return date
      case 'stamp':
        if (this.zoned && this.unzoned) return utf8
        return timestamp(this.micros ? 'us' : 'ms', this.zoned ? 'UTC' : null)
      default:
        return utf8
    }
  }
}

function isNumber(kind: Kind): boolean {
  return kind === 'whole' || kind === 'float'
}

function isTemporal(kind: Kind): boolean {
  return kind === 'date' || kind === 'stamp'
}
