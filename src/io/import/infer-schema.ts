import type { Schema } from '../../arrow/schema.ts'
import { invalid } from '../../error.ts'
import type { CsvReadOptions } from './csv-options.ts'
import type { BucketAccess, ImportOptions, ImportSource } from './import-file.ts'
import { importFiles } from './import-files.ts'
import { formatOf, type LoadFormat } from './import-format.ts'
import { inferCsvSchema } from './infer-csv-schema.ts'
import { openTyped } from './typed-file.ts'

/**
 * The columns of files: those that the first one tells, or, of CSV, the narrowest that hold every row.
 * Throws INVALID for streams, which could not be read again, for JSON lines, which tell no
 * types, and for files that cannot be read; NOT_FOUND for no file.
 */
export async function inferSchema(
  source: ImportSource,
  options: CsvReadOptions &
    ImportOptions &
    BucketAccess & { readonly format?: LoadFormat | undefined } = {},
): Promise<Schema> {
  const files = await importFiles(source, options)
  const [first] = files
  const format = formatOf(first!.name, options.format)
  if (format === 'csv') return inferCsvSchema(files, options)
  if (format === 'ndjson') {
    throw invalid(
      'JSON lines do not tell the types of their columns: create the table, then load',
      {
        file: first!.name,
      },
    )
  }
  const open = await openTyped(first!, format, undefined)
  try {
    const [refused] = open.refused
    if (refused === undefined) return open.schema
    throw invalid(
      `column "${refused[0]}" of "${first!.name}" is a ${refused[1]}, which has no counterpart`,
      {
        file: first!.name,
        column: refused[0],
      },
    )
  } finally {
    await open.close()
  }
}
