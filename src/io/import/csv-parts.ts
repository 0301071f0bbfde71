import { type Batch, batch } from '../../arrow/batch.ts'
import { omittedVector } from '../../arrow/constant-vector.ts'
import { fieldNames, type Schema, schema } from '../../arrow/schema.ts'
import { clip, type GraupelError, invalid } from '../../error.ts'
import { type CsvDialect, namedColumns } from './csv-options.ts'
import { type CsvBlock, type OpenCsv, openCsv, SharedBlocks } from './csv-reader.ts'
import { FieldRanges } from './csv-records.ts'
import { type BlockRows, type CsvPlan, csvRows, type LineFault, linesOf } from './csv-rows.ts'
import type { ImportPart } from './import-part.ts'
import type { Reject } from './rejects.ts'
import type { TextFile } from './text-file.ts'

/** The position of a column that the file has not. */
const OMITTED = -1

/** The rows of all blocks, in order; blocks whose bytes are shared are given back to `memory`. */
export type ReadBlocks = (
  blocks: AsyncGenerator<CsvBlock>,
  plan: CsvPlan,
  memory: SharedBlocks | undefined,
) => AsyncGenerator<BlockRows>

export interface CsvPartsOptions {
  readonly dialect: CsvDialect
  /** What columns of the file that the schema has not are: refused (the default) or ignored. */
  readonly extraColumns?: 'refuse' | 'ignore' | undefined
  /** Whether columns of a file without a header go by `column_1` and so on, not by their order. */
  readonly byName?: 'always' | undefined
  readonly signal?: AbortSignal | undefined
  readonly reject: Reject
  /** Who reads blocks: this thread unless told. */
  readonly readBlocks?: ReadBlocks | undefined
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
  const { dialect, signal, reject, readBlocks: read = readBlocks } = options
  const memory = options.readBlocks === undefined ? undefined : new SharedBlocks()
  const raw = await openCsv(file, dialect, { signal, memory })
  try {
    const form = new CsvForm(file.name, schema, raw, options)
    for await (const { block, rows } of read(raw.blocks, form.plan, memory)) {
      for (const fault of rows.faults) reject(form.error(fault))
      if (rows.batch.length === 0) continue
      const lineAt = linesOf(block)
      yield { batch: form.completed(rows.batch), lineOf: (row) => lineAt(rows.offsetOf(row)) }
    }
  } finally {
    await raw.blocks.return(undefined)
  }
}

/** Reads block after block on this thread; what is told of one holds until the next. */
export async function* readBlocks(
  blocks: AsyncGenerator<CsvBlock>,
  plan: CsvPlan,
): AsyncGenerator<BlockRows> {
  const ranges = new FieldRanges()
  for await (const block of blocks) {
    for (const rows of csvRows(block, plan, ranges)) yield { block, rows }
  }
}

/** What the columns of one file are to the schema. */
class CsvForm {
  readonly #file: string
  readonly #schema: Schema
  readonly #options: CsvPartsOptions
  readonly #header: readonly string[] | null
  readonly #positions: readonly number[]
  readonly plan: CsvPlan

  constructor(file: string, of: Schema, open: OpenCsv, options: CsvPartsOptions) {
    this.#file = file
    this.#schema = of
    this.#options = options
    this.#header = this.#named(open)
    this.#positions = this.#positionsIn(open)
    const isGiven = (position: number) => position !== OMITTED
    this.plan = {
      schema: schema(of.fields.filter((_, index) => isGiven(this.#positions[index]!))),
      dialect: options.dialect,
      width: open.width === 0 ? of.fields.length : open.width,
      positions: this.#positions.filter(isGiven),
    }
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

  /** `rows` with the columns that the file has not. */
  completed(rows: Batch): Batch {
    let at = 0
    const columns = this.#schema.fields.map((field, index) =>
      this.#positions[index] === OMITTED ? omittedVector(field, rows.length) : rows.columns[at++]!,
    )
    return batch(this.#schema, columns, rows.length)
  }

  error({ reason, message, column, value, line }: LineFault): GraupelError {
    const file = this.#file
    const name = column === undefined ? undefined : this.#nameAt(column)
    return invalid(`"${file}", line ${line}: ${message}; ${HINTS[reason]}`, {
      file,
      line,
      ...(name === undefined ? {} : { column: name }),
      value,
    })
  }

  #nameAt(column: number): string | undefined {
    if (this.#header !== null) return this.#header[column]
    return this.#schema.fields[this.#positions.indexOf(column)]?.name
  }
}

const HINTS: Record<LineFault['reason'], string> = {
  fields: 'quote values that hold the delimiter or a line end',
  quotes: "or give onError: 'continue' to leave such records out",
  utf8: 'convert the file to UTF-8',
  type: "or give onError: 'continue' to leave such records out",
  null: 'an empty text is written "", or say what null is with nullValues',
}
