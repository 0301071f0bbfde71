import { batch, takeBatch } from '../../arrow/batch.ts'
import { omittedVector } from '../../arrow/constant-vector.ts'
import { fieldNames, type Schema } from '../../arrow/schema.ts'
import { clip, type GraupelError, invalid } from '../../error.ts'
import { type CsvDialect, namedColumns } from './csv-options.ts'
import { type CsvBlock, type OpenCsv, openCsv } from './csv-reader.ts'
import { csvRecords, FieldRanges, type RecordFault } from './csv-records.ts'
import { lineEnds, type Segment } from './csv-segment.ts'
import type { ImportPart } from './import-part.ts'
import { parseColumn } from './parse-column.ts'
import type { Reject } from './rejects.ts'
import type { TextFile } from './text-file.ts'

/** The position of a column that the file has not. */
const OMITTED = -1

export interface CsvPartsOptions {
  readonly dialect: CsvDialect
  /** What columns of the file that the schema has not are: refused (the default) or ignored. */
  readonly extraColumns?: 'refuse' | 'ignore' | undefined
  /** Whether columns of a file without a header go by `column_1` and so on, not by their order. */
  readonly byName?: 'always' | undefined
  readonly signal?: AbortSignal | undefined
  readonly reject: Reject
}

/**
 * Rows of a CSV text as batches of `schema`, in the order of its lines. Columns are
 * found by the names in the header (`column_1` and so on for empty ones), without one by position. An unquoted null text is null; a
 * quoted empty one is the empty string in utf8 and binary columns and null in others. Memory does
 * not grow with the file; only a single record is held whole.
 *
 * Tells `reject` of each record with a wrong number of fields, a value of another type, a null in a column
 * that takes none, bad UTF-8, and misplaced or unclosed quotes: INVALID with facts `file`, `line`
 * (on which the record begins), `column` and `value`. Throws INVALID for a header that does not fit
 * and an empty file; ABORTED when the signal fires.
 */
export async function* csvParts(
  file: TextFile,
  schema: Schema,
  options: CsvPartsOptions,
): AsyncGenerator<ImportPart> {
  if (schema.fields.length === 0) throw invalid('the schema has no columns to load')
  const raw = await openCsv(file, options.dialect, options.signal)
  try {
    const reader = new CsvPartReader(file.name, schema, raw, options)
    for await (const block of raw.blocks) {
      for (const segment of block.segments) {
        const part = reader.read(block, segment)
        if (part.batch.length > 0) yield part
      }
    }
  } finally {
    await raw.blocks.return(undefined)
  }
}

class CsvPartReader {
  readonly #file: string
  readonly #schema: Schema
  readonly #options: CsvPartsOptions
  readonly #ranges = new FieldRanges()
  readonly #header: readonly string[] | null
  readonly #width: number
  readonly #positions: readonly number[]

  constructor(file: string, schema: Schema, open: OpenCsv, options: CsvPartsOptions) {
    this.#file = file
    this.#schema = schema
    this.#options = options
    this.#header = this.#named(open)
    this.#width = open.width === 0 ? schema.fields.length : open.width
    this.#positions = this.#positionsIn(open)
  }

  /** The header's names as `inferCsvSchema` has them, unless the table has a nameless column. */
  #named({ header, headerLine, width }: OpenCsv): readonly string[] | null {
    if (header === null) {
      return this.#options.byName === 'always' ? namedColumns(new Array(width).fill('')) : null
    }
    if (!header.includes('')) return header
    if (!this.#schema.positions.has('')) return namedColumns(header)
    if (header.indexOf('') === header.lastIndexOf('')) return header
    const file = this.#file
    throw invalid(`"${file}", line ${headerLine}: two columns are named ""`, {
      file,
      line: headerLine,
      column: '',
      value: '',
    })
  }

  /** Where in a record each field of the schema is; `OMITTED` for one that gets its default. */
  #positionsIn({ headerLine, width }: OpenCsv): number[] {
    const file = this.#file
    const header = this.#header
    const names = fieldNames(this.#schema)
    const place = { file, line: headerLine }
    const refusesExtra = this.#options.extraColumns !== 'ignore'
    if (header === null) {
      const extra = width > names.length && refusesExtra
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
    const missing = this.#schema.fields.find(
      (of) => of.default === undefined && !positions.has(of.name),
    )?.name
    if (missing !== undefined) {
      throw invalid(
        `"${file}", line ${headerLine}: no column "${clip(missing)}" in the header ${shown}; without a header give header: false`,
        { ...place, column: missing, header },
      )
    }
    const extra = header.find((name) => !this.#schema.positions.has(name))
    if (extra !== undefined && refusesExtra) {
      throw invalid(
        `"${file}", line ${headerLine}: the table has no column "${clip(extra)}"; give extraColumns: 'ignore' to leave it out`,
        { ...place, column: extra, header },
      )
    }
    return names.map((name) => positions.get(name) ?? OMITTED)
  }

  read(block: CsvBlock, segment: Segment): ImportPart {
    const { dialect } = this.#options
    const schema = this.#schema
    const faults: RecordFault[] = []
    const context = { dialect, width: this.#width, ranges: this.#ranges, faults }
    const records = csvRecords(block.bytes, segment, context)
    const badRows = new Map<number, RecordFault>()
    const columns = schema.fields.map((field, index) => {
      const position = this.#positions[index]!
      if (position === OMITTED) return omittedVector(field, records.count)
      return parseColumn(records, position, field, dialect, (row, fault) => {
        if (!badRows.has(row)) badRows.set(row, fault)
      })
    })
    const whole = batch(schema, columns, records.count)
    const lineAt = linesOf(block)
    const lineOf = (row: number) => lineAt(records.offsetOf(row))
    if (faults.length === 0 && badRows.size === 0) return { batch: whole, lineOf }
    this.#rejectAll([...faults, ...badRows.values()], lineAt)
    if (badRows.size === 0) return { batch: whole, lineOf }
    const kept = new Uint32Array(records.count - badRows.size)
    let count = 0
    for (let row = 0; row < records.count; row++) if (!badRows.has(row)) kept[count++] = row
    return { batch: takeBatch(whole, kept, count), lineOf: (row) => lineOf(kept[row]!) }
  }

  #rejectAll(faults: RecordFault[], lineAt: (offset: number) => number): void {
    const nameAt = (column: number) =>
      this.#header === null
        ? this.#schema.fields[this.#positions.indexOf(column)]?.name
        : this.#header[column]
    faults.sort((a, b) => a.offset - b.offset)
    for (const fault of faults) {
      this.#options.reject(faultError(fault, this.#file, lineAt(fault.offset), nameAt))
    }
  }
}

/** Tells the line at an offset: at once when it is asked for ascending ones. */
function linesOf({ bytes, line }: CsvBlock): (offset: number) => number {
  let [known, at] = [line, 0]
  return (offset) => {
    if (offset < at) [known, at] = [line, 0]
    known += lineEnds(bytes, at, offset)
    at = offset
    return known
  }
}

const HINTS: Record<RecordFault['reason'], string> = {
  fields: 'quote values that hold the delimiter or a line end',
  quotes: "or give onError: 'continue' to leave such records out",
  utf8: 'convert the file to UTF-8',
  type: "or give onError: 'continue' to leave such records out",
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
