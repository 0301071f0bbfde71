import type { Batch } from '../arrow/batch.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import type { GraupelError } from '../error.ts'
import { type CsvRejects, REJECTS_KEPT } from '../io/import/csv-batches.ts'
import type { CsvSource } from '../io/import/csv-options.ts'
import { loadBatches } from '../io/import/load-batches.ts'
import type { RowPlace } from './constraint/violation.ts'
import type { RowChecks } from './constraint/write-guard.ts'
import type { LoadOptions, LoadResult, RejectedRow } from './load-type.ts'

/** The rows of a load, and what was left out once they have been read. */
export interface LoadedRows {
  readonly batches: AsyncGenerator<Batch>
  /** How the rows are to be checked against constraints. */
  readonly checks: RowChecks
  rejected(): Pick<LoadResult, 'rowsRejected' | 'rejects'>
}

export function loadedRows(
  source: CsvSource,
  table: TableSnapshot,
  { app: _, sequence: __, validate, ...options }: LoadOptions,
): LoadedRows {
  const places = new RowPlaces()
  const refused: CsvRejects = { count: 0, errors: [] }
  let found: CsvRejects = { count: 0, errors: [] }
  const all = (): CsvRejects => ({
    count: found.count + refused.count,
    errors: [...found.errors, ...refused.errors].slice(0, REJECTS_KEPT),
  })
  const onError = options.onError ?? (validate === true ? 'continue' : 'abort')
  const isChecked = table.constraints.length > 0
  const batches = loadBatches(source, tableSchema(inputColumns(table)), {
    ...options,
    onError,
    onRows: isChecked ? (file, lines) => places.add(file, lines) : undefined,
    onReject(rejects) {
      found = rejects
      options.onReject?.(all())
    },
  })
  const reject = (error: () => GraupelError) => {
    refused.count++
    if (refused.errors.length < REJECTS_KEPT) refused.errors.push(error())
    options.onReject?.(all())
  }
  return {
    batches,
    checks: {
      placeOf: (row) => places.at(row),
      passed: (rows) => places.forget(rows),
      reject: onError === 'abort' ? undefined : reject,
    },
    rejected() {
      const { count, errors } = all()
      return { rowsRejected: count, rejects: errors.map(rejectedRow) }
    },
  }
}

/** Lines of rows by their numbers. */
class RowPlaces {
  #parts: { readonly from: number; readonly file: string; readonly lines: Int32Array }[] = []
  #rows = 0

  add(file: string, lines: Int32Array): void {
    this.#parts.push({ from: this.#rows, file, lines })
    this.#rows += lines.length
  }

  at(row: number): RowPlace {
    const { from, file, lines } = this.#parts.find((part) => row < part.from + part.lines.length)!
    return { file, line: lines[row - from]! }
  }

  /** Rows below `row` are not asked about any more. */
  forget(row: number): void {
    this.#parts = this.#parts.filter(({ from, lines }) => row < from + lines.length)
  }
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
