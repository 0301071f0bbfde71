import type { Batch } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { GraupelError } from '../error.ts'
import type { CsvRejects } from '../io/import/csv-batches.ts'
import type { CsvSource } from '../io/import/csv-options.ts'
import { loadBatches } from '../io/import/load-batches.ts'
import type { LoadOptions, LoadResult, RejectedRow } from './load-type.ts'

/** The rows of a load, and what was left out once they have been read. */
export function loadedRows(
  source: CsvSource,
  schema: Schema,
  { app: _, sequence: __, validate, ...options }: LoadOptions,
): {
  readonly batches: AsyncGenerator<Batch>
  rejected(): Pick<LoadResult, 'rowsRejected' | 'rejects'>
} {
  let found: CsvRejects = { count: 0, errors: [] }
  const batches = loadBatches(source, schema, {
    ...(validate === true ? { onError: 'continue' } : {}),
    ...options,
    onReject(rejects) {
      found = rejects
      options.onReject?.(rejects)
    },
  })
  const rejected = () => ({ rowsRejected: found.count, rejects: found.errors.map(rejectedRow) })
  return { batches, rejected }
}

function rejectedRow({ message: reason, facts }: GraupelError): RejectedRow {
  const { file, line, column = null, value = null } = facts
  return {
    file: file as string,
    line: line as number,
    column: column as string | null,
    value,
    reason,
  }
}
