import type Polars from 'nodejs-polars'
import type { Answer, Contender, Plain } from '../measure/contender.ts'
import type { BenchRow, PolarsScan } from '../rows/bench-row.ts'

// Read when the native library starts.
process.env['POLARS_MAX_THREADS'] ??= '2'

/** Polars on one format of a dataset; null where a row has no Polars text. */
export async function polarsContender(
  row: BenchRow,
  folder: string,
  format: 'parquet' | 'csv',
): Promise<Contender | null> {
  const { polars } = row
  if (polars === undefined) return null
  const { default: pl } = await import('nodejs-polars')
  const scan: PolarsScan = (table) =>
    format === 'parquet'
      ? pl.scanParquet(`${folder}${table}.parquet`, { cache: false })
      : pl.scanCSV(`${folder}${table}.csv`, { parseDates: true, cache: false })
  return {
    name: format === 'parquet' ? 'Polars, Parquet' : 'Polars, row CSV',
    run: async () => rowsOf(await polars(pl, scan).collect()),
  }
}

function rowsOf(frame: Polars.DataFrame): Answer {
  return frame.rows().map((row) => row.map(plainOf))
}

function plainOf(value: unknown): Plain {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  return value instanceof Date ? value.toISOString() : String(value)
}
