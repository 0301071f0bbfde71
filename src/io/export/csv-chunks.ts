import { type Batch, sliceBatch } from '../../arrow/batch.ts'
import { utf8 } from '../../arrow/data-type.ts'
import { fieldNames, type Schema } from '../../arrow/schema.ts'
import { vectorFrom } from '../../arrow/vector-from.ts'
import { invalid } from '../../error.ts'
import {
  type RecordColumn,
  type RecordForm,
  recordClasses,
  recordsRoom,
  writeRecords,
} from '../../kernel/write-records.ts'
import { type CsvFormat, csvDialect } from '../import/csv-options.ts'
import { columnTexts } from './column-texts.ts'
import type { ExportChunk } from './export-chunk.ts'

/** Rows that are made text at once. */
const CHUNK_ROWS = 4096

/** Rows as the text of one CSV file; a chunk holds until the next is asked for. Throws INVALID for an impossible format. */
export function csvChunks(
  schema: Schema,
  batches: AsyncIterable<Batch>,
  format: CsvFormat,
): AsyncGenerator<ExportChunk> {
  return chunksOf(schema, batches, recordForm(format), format.header !== false)
}

async function* chunksOf(
  schema: Schema,
  batches: AsyncIterable<Batch>,
  form: RecordForm,
  hasHeader: boolean,
): AsyncGenerator<ExportChunk> {
  let target = new Uint8Array(1 << 16)
  const written = (columns: readonly RecordColumn[], rows: number): Uint8Array => {
    const room = recordsRoom(columns, 0, rows, form)
    if (room > target.length) target = new Uint8Array(Math.max(room, target.length * 2))
    return target.subarray(0, writeRecords(columns, 0, rows, form, target, 0))
  }
  if (hasHeader) {
    const names = fieldNames(schema).map((name) => {
      return columnTexts(vectorFrom([name], { name, type: utf8, nullable: false }))
    })
    yield { bytes: written(names, 1), rows: 0 }
  }
  for await (const part of batches) {
    for (let from = 0; from < part.length; from += CHUNK_ROWS) {
      const { columns, length } = sliceBatch(part, from, Math.min(part.length, from + CHUNK_ROWS))
      yield { bytes: written(columns.map(columnTexts), length), rows: length }
    }
  }
}

function recordForm(format: CsvFormat): RecordForm {
  const { delimiter, nullTexts } = csvDialect(format)
  const { quote = '"', nullValues = [''] } = format
  const [nullValue] = nullValues
  if (quote === null) throw invalid('a CSV file is written with a quote; got null', { quote })
  if (nullValue === undefined) throw invalid('nullValues has no text to write for null')
  const nullText = Buffer.from(nullValue)
  const byte = quote.charCodeAt(0)
  const classes = recordClasses(delimiter, byte)
  if (nullText.some((code) => classes[code] === 1)) {
    throw invalid(`nullValues ${JSON.stringify(nullValue)} would have to be quoted`, { nullValues })
  }
  const quotedTexts = [Buffer.from(''), Buffer.from('\\N'), ...nullTexts]
  return { delimiter, quote: byte, nullText, quotedTexts, classes }
}
