import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { invalid } from '../../error.ts'
import { type CsvImportOptions, csvBatches } from './csv-batches.ts'
import type { CsvSource } from './csv-options.ts'
import { jsonLineBatches } from './json-line-batches.ts'

/** What texts are: `auto` goes by the end of the path, and is `csv` for any other and for streams. */
export type LoadFormat = 'auto' | 'csv' | 'ndjson'

export interface LoadBatchesOptions extends CsvImportOptions {
  readonly format?: LoadFormat | undefined
}

const FORMATS: readonly unknown[] = ['auto', 'csv', 'ndjson']
const JSON_LINES = /\.(ndjson|jsonl)(\.gz|\.br)?$/

/** Rows of files or of a stream, as batches of `schema`: see `csvBatches` and `jsonLineBatches`. */
export function loadBatches(
  source: CsvSource,
  schema: Schema,
  { format = 'auto', ...options }: LoadBatchesOptions = {},
): AsyncGenerator<Batch> {
  if (!FORMATS.includes(format)) {
    const words = FORMATS.map((word) => `"${word}"`).join(', ')
    throw invalid(`format can be ${words}, got ${JSON.stringify(format)}`, { format })
  }
  const isJson = typeof source === 'string' && JSON_LINES.test(source)
  if (format === 'ndjson' || (format === 'auto' && isJson)) {
    refuseCsvOptions(options)
    return jsonLineBatches(source, schema, options)
  }
  return csvBatches(source, schema, options)
}

function refuseCsvOptions(options: CsvImportOptions): void {
  for (const name of ['header', 'delimiter', 'quote', 'nullValues'] as const) {
    if (options[name] === undefined) continue
    throw invalid(`${name} is about CSV; the source is read as JSON lines`, { option: name })
  }
}
