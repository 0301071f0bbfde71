import { type Batch, batch, concatBatches, sliceBatch, takeBatch } from '../../arrow/batch.ts'
import { fieldNames, type Schema } from '../../arrow/schema.ts'
import { clip, type GraupelError, invalid } from '../../error.ts'
import { type CsvFile, csvFiles } from './csv-file.ts'
import {
  type CsvDialect,
  type CsvReadOptions,
  type CsvSource,
  csvDialect,
  namedColumns,
} from './csv-options.ts'
import { type CsvBlock, type OpenCsv, openCsv } from './csv-reader.ts'
import { type CsvRecords, csvRecords, FieldRanges, type RecordFault } from './csv-records.ts'
import { lineEnds, type Segment } from './csv-segment.ts'
import { parseColumn } from './parse-column.ts'

export interface CsvImportOptions extends CsvReadOptions {
  /**
   * What a record that cannot be taken does: end the import (the default) or be left out, for
   * which `skip` and `continue` are two words.
   */
  readonly onError?: 'abort' | 'skip' | 'continue'
  /** Told of each record left out: their number so far and, for the first 100, the error. */
  readonly onReject?: ((rejects: CsvRejects) => void) | undefined
  /** Told of the line that each row begins on, for rows as they come, before they come. */
  readonly onRows?: ((file: string, lines: Int32Array) => void) | undefined
  /** What columns of the file that the schema has not are: refused (the default) or ignored. */
  readonly extraColumns?: 'refuse' | 'ignore'
  /** Rows of a batch, 65,536 when not given; the last one may have fewer. */
  readonly batchRows?: number
}

/** The records that an import with `onError: 'skip'` left out. */
export interface CsvRejects {
  count: number
  /** The first 100. Their facts name file, line, column and value. */
  readonly errors: GraupelError[]
}

const BATCH_ROWS = 65_536
/** Rejected records whose errors are kept. */
export const REJECTS_KEPT = 100

/**
 * Rows of CSV text as batches of `schema`, in the order of the files and their lines. Columns are
 * found by the names in the header (`column_1` and so on for empty ones), without one by position. An unquoted null text is null; a
 * quoted empty one is the empty string in utf8 and binary columns and null in others. Memory does
 * not grow with the file; only a single record is held whole.
 *
 * Throws INVALID with facts `file`, `line` (on which the record begins), `column` and `value` for
 * a wrong number of fields, a value of another type, a null in a column that takes none, bad
 * UTF-8, misplaced or unclosed quotes, a header that does not fit, and an empty file; NOT_FOUND
 * when no file matches; ABORTED when the signal fires.
 */
export async function* csvBatches(
  source: CsvSource,
  schema: Schema,
  options: CsvImportOptions = {},
): AsyncGenerator<Batch> {
  const dialect = csvDialect(options)
  const batchRows = options.batchRows ?? BATCH_ROWS
  if (!Number.isInteger(batchRows) || batchRows < 1) {
    throw invalid(`batchRows ${batchRows} has to be a positive whole number`, { batchRows })
  }
  requireChoices(options)
  if (schema.fields.length === 0) throw invalid('the schema has no columns to load')
  const files = await csvFiles(source, options.compression)
  const load = new CsvImport(schema, dialect, options)
  let waiting: Batch[] = []
  let waitingRows = 0
  for await (const part of load.parts(files)) {
    waiting.push(part)
    waitingRows += part.length
    if (waitingRows < batchRows) continue
    const all = concatBatches(schema, waiting)
    let from = 0
    for (; waitingRows - from >= batchRows; from += batchRows) {
      yield sliceBatch(all, from, from + batchRows)
    }
    waiting = from === waitingRows ? [] : [sliceBatch(all, from, waitingRows)]
    waitingRows -= from
  }
  if (waitingRows > 0) yield concatBatches(schema, waiting)
  load.done()
}

/** Throws INVALID for words that are none of those that an option can be. */
export function requireChoices(options: Pick<CsvImportOptions, 'onError' | 'extraColumns'>): void {
  requireOneOf('onError', options.onError, ['abort', 'skip', 'continue'])
  requireOneOf('extraColumns', options.extraColumns, ['refuse', 'ignore'])
}

function requireOneOf(option: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return
  const words = allowed.map((word) => `"${word}"`).join(' or ')
  throw invalid(`${option} can be ${words}, got ${JSON.stringify(value)}`, { [option]: value })
}

class CsvImport {
  private readonly schema: Schema
  private readonly dialect: CsvDialect
  private readonly options: CsvImportOptions
  private readonly ranges = new FieldRanges()
  private readonly rejects: CsvRejects = { count: 0, errors: [] }
  private rows = 0
  private bytes = 0
  private totalBytes: number | undefined = 0

  constructor(schema: Schema, dialect: CsvDialect, options: CsvImportOptions) {
    this.schema = schema
    this.dialect = dialect
    this.options = options
  }

  async *parts(files: readonly CsvFile[]): AsyncGenerator<Batch> {
    for (const { byteLength } of files) {
      if (byteLength === undefined) this.totalBytes = undefined
      else if (this.totalBytes !== undefined) this.totalBytes += byteLength
    }
    for (const file of files) {
      const raw = await openCsv(file, this.dialect, this.options.signal)
      const open = { ...raw, header: this.named(raw, file.name) }
      const before = this.bytes
      try {
        const positions = this.positionsIn(open, file.name)
        for await (const block of open.blocks) {
          for (const segment of block.segments) {
            const part = this.readSegment(block, segment, open, positions, file.name)
            this.rows += part.length
            if (part.length > 0) yield part
          }
          this.bytes = before + block.fileBytes
          this.tell('load')
        }
        this.bytes = before + (file.byteLength ?? this.bytes - before)
      } finally {
        await open.blocks.return(undefined)
      }
    }
  }

  done(): void {
    this.tell('done')
  }

  private tell(phase: string): void {
    const total = this.totalBytes === undefined ? {} : { totalBytes: this.totalBytes }
    this.options.onProgress?.({ phase, rows: this.rows, bytes: this.bytes, ...total })
  }

  /** The header's names as `inferCsvSchema` has them, unless the table has a nameless column. */
  private named({ header, headerLine }: OpenCsv, file: string): readonly string[] | null {
    if (header === null || !header.includes('')) return header
    if (!this.schema.positions.has('')) return namedColumns(header)
    if (header.indexOf('') === header.lastIndexOf('')) return header
    throw invalid(`"${file}", line ${headerLine}: two columns are named ""`, {
      file,
      line: headerLine,
      column: '',
      value: '',
    })
  }

  /** Where in a record each field of the schema is. */
  private positionsIn({ header, headerLine, width }: OpenCsv, file: string): number[] {
    const names = fieldNames(this.schema)
    const place = { file, line: headerLine }
    if (header === null) {
      const extra = width > names.length && this.options.extraColumns !== 'ignore'
      if (width > 0 && (width < names.length || extra)) {
        throw invalid(
          `"${file}", line ${headerLine}: ${width} fields where the table has ${names.length} columns`,
          { ...place, found: width, expected: names.length },
        )
      }
      return names.map((_, position) => position)
    }
    const shown = header.map((name) => `"${clip(name)}"`).join(', ')
    const positions = new Map(header.map((name, position) => [name, position]))
    const missing = names.find((name) => !positions.has(name))
    if (missing !== undefined) {
      throw invalid(
        `"${file}", line ${headerLine}: no column "${clip(missing)}" in the header ${shown}; without a header give header: false`,
        { ...place, column: missing, header },
      )
    }
    const extra = header.find((name) => !this.schema.positions.has(name))
    if (extra !== undefined && this.options.extraColumns !== 'ignore') {
      throw invalid(
        `"${file}", line ${headerLine}: the table has no column "${clip(extra)}"; give extraColumns: 'ignore' to leave it out`,
        { ...place, column: extra, header },
      )
    }
    return names.map((name) => positions.get(name)!)
  }

  private readSegment(
    block: CsvBlock,
    segment: Segment,
    { header, width: found }: OpenCsv,
    positions: readonly number[],
    file: string,
  ): Batch {
    const { dialect, ranges, schema } = this
    const faults: RecordFault[] = []
    const width = found === 0 ? schema.fields.length : found
    const records = csvRecords(block.bytes, segment, { dialect, width, ranges, faults })
    const badRows = new Map<number, RecordFault>()
    const columns = schema.fields.map((field, index) =>
      parseColumn(records, positions[index]!, field, dialect, (row, fault) => {
        if (!badRows.has(row)) badRows.set(row, fault)
      }),
    )
    const whole = batch(schema, columns, records.count)
    const lines = this.options.onRows === undefined ? null : linesOf(block, records)
    if (faults.length === 0 && badRows.size === 0) {
      if (lines !== null) this.options.onRows?.(file, lines)
      return whole
    }
    const nameAt = (column: number) =>
      header === null ? schema.fields[positions.indexOf(column)]?.name : header[column]
    this.reject([...faults, ...badRows.values()], block, nameAt, file)
    const kept = new Uint32Array(records.count - badRows.size)
    let count = 0
    for (let row = 0; row < records.count; row++) if (!badRows.has(row)) kept[count++] = row
    if (lines !== null)
      this.options.onRows?.(
        file,
        Int32Array.from(kept, (row) => lines[row]!),
      )
    return badRows.size === 0 ? whole : takeBatch(whole, kept, count)
  }

  private reject(
    faults: RecordFault[],
    block: CsvBlock,
    nameAt: (column: number) => string | undefined,
    file: string,
  ): void {
    faults.sort((a, b) => a.offset - b.offset)
    const { onError } = this.options
    const skips = onError === 'skip' || onError === 'continue'
    for (const fault of faults) {
      this.rejects.count++
      if (this.rejects.errors.length < REJECTS_KEPT) {
        const line = block.line + lineEnds(block.bytes, 0, fault.offset)
        const error = faultError(fault, file, line, nameAt)
        if (!skips) throw error
        this.rejects.errors.push(error)
      }
    }
    this.options.onReject?.(this.rejects)
  }
}

/** The line that each record begins on. */
function linesOf(block: CsvBlock, records: CsvRecords): Int32Array {
  const lines = new Int32Array(records.count)
  let line = block.line
  let from = 0
  for (let row = 0; row < records.count; row++) {
    const offset = records.offsetOf(row)
    line += lineEnds(block.bytes, from, offset)
    lines[row] = line
    from = offset
  }
  return lines
}

const HINTS: Record<RecordFault['reason'], string> = {
  fields: 'quote values that hold the delimiter or a line end',
  quotes: "or give onError: 'skip' to leave such records out",
  utf8: 'convert the file to UTF-8',
  type: "or give onError: 'skip' to leave such records out",
  null: 'an empty text is written "", or say what null is with nullValues',
}

function faultError(
  { reason, message, column, value }: RecordFault,
  file: string,
  line: number,
  nameAt: (column: number) => string | undefined,
): GraupelError {
  const name = column === undefined ? undefined : nameAt(column)
  return invalid(`"${file}", line ${line}: ${message}; ${HINTS[reason]}`, {
    file,
    line,
    ...(name === undefined ? {} : { column: name }),
    value,
  })
}
