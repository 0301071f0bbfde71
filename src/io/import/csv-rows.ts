import { type Batch, batch, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { CsvDialect } from './csv-options.ts'
import type { CsvBlock } from './csv-reader.ts'
import { csvRecords, type FieldRanges, type RecordFault } from './csv-records.ts'
import { lineEnds, type Segment } from './csv-segment.ts'
import { parseColumn } from './parse-column.ts'

/** How the records of one file become rows, as plain data. */
export interface CsvPlan {
  /** The columns that the file has. */
  readonly schema: Schema
  readonly dialect: CsvDialect
  /** Fields of a record. */
  readonly width: number
  /** Where in a record each column is. */
  readonly positions: readonly number[]
}

/** A record that cannot be taken, by the line that it begins on. */
export type LineFault = Omit<RecordFault, 'offset'> & { readonly line: number }

/** Rows of a run of records, and those of them that cannot be taken. */
export interface CsvRows {
  readonly batch: Batch
  /** By line, ascending. */
  readonly faults: readonly LineFault[]
  /** Where each row begins in the block. */
  offsetOf(row: number): number
}

/** Rows of a block. */
export interface BlockRows {
  readonly block: CsvBlock
  readonly rows: CsvRows
}

/**
 * The rows of the records of `block`, a batch for each of its segments. A batch holds until the next
 * block is read with the same `ranges`, but for its columns, which last.
 */
export function* csvRows(block: CsvBlock, plan: CsvPlan, ranges: FieldRanges): Generator<CsvRows> {
  const lineAt = linesOf(block)
  for (const segment of block.segments) yield segmentRows(block, segment, { plan, ranges, lineAt })
}

interface Surroundings {
  readonly plan: CsvPlan
  readonly ranges: FieldRanges
  readonly lineAt: (offset: number) => number
}

function segmentRows(
  { bytes }: CsvBlock,
  segment: Segment,
  { plan, ranges, lineAt }: Surroundings,
): CsvRows {
  const { schema, dialect, width, positions } = plan
  const faults: RecordFault[] = []
  const records = csvRecords(bytes, segment, { dialect, width, ranges, faults })
  const badRows = new Map<number, RecordFault>()
  const columns = schema.fields.map((field, index) =>
    parseColumn(records, positions[index]!, field, dialect, (row, fault) => {
      if (!badRows.has(row)) badRows.set(row, fault)
    }),
  )
  const whole = batch(schema, columns, records.count)
  const told = [...faults, ...badRows.values()]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, ...fault }) => ({ ...fault, line: lineAt(offset) }))
  const { offsetOf } = records
  if (badRows.size === 0) return { batch: whole, faults: told, offsetOf }
  const kept = new Uint32Array(records.count - badRows.size)
  let count = 0
  for (let row = 0; row < records.count; row++) if (!badRows.has(row)) kept[count++] = row
  return {
    batch: takeBatch(whole, kept, count),
    faults: told,
    offsetOf: (row) => offsetOf(kept[row]!),
  }
}

/** Tells the line at an offset: at once when it is asked for ascending ones. */
export function linesOf({ bytes, line }: CsvBlock): (offset: number) => number {
  let [known, at] = [line, 0]
  return (offset) => {
    if (offset < at) [known, at] = [line, 0]
    known += lineEnds(bytes, at, offset)
    at = offset
    return known
  }
}
