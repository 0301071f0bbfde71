import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { sqlRows } from '../../test/support/compare-rows.ts'
import { type Dataset, sqlType } from '../datasets/dataset.ts'
import type { Contender } from '../measure/contender.ts'
import type { BenchRow } from '../rows/bench-row.ts'

export type DuckFormat = 'parquet' | 'csv' | 'native'

const FORMAT_NAMES = {
  parquet: 'DuckDB, Parquet',
  csv: 'DuckDB, row CSV',
  native: 'DuckDB, native',
} as const

/** A DuckDB in memory that sees the tables of a dataset in one format under their plain names. */
export interface DuckPeer {
  readonly duck: DuckDBConnection
  contender(row: BenchRow): Contender
  close(): void
}

export async function duckPeer(
  dataset: Dataset,
  folder: string,
  format: DuckFormat,
): Promise<DuckPeer> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const duck = await instance.connect()
  if (format === 'native') {
    await duck.run(`ATTACH '${folder}native.duckdb' AS bench (READ_ONLY)`)
    await duck.run('USE bench')
  } else {
    for (const name of Object.keys(dataset.tables)) {
      await duck.run(
        `CREATE VIEW ${name} AS SELECT * FROM ${source(dataset, folder, name, format)}`,
      )
    }
  }
  return {
    duck,
    contender: (row) => ({ name: FORMAT_NAMES[format], run: () => sqlRows(duck, row.sql) }),
    close() {
      duck.closeSync()
      instance.closeSync()
    },
  }
}

/** The CSV's types are told, so that DuckDB need not look for them. */
function source(
  { tables }: Dataset,
  folder: string,
  name: string,
  format: 'parquet' | 'csv',
): string {
  if (format === 'parquet') return `'${folder}${name}.parquet'`
  return csvSource(`${folder}${name}.csv`, tables[name]!.columns)
}

export function csvSource(path: string, columns: Dataset['tables'][string]['columns']): string {
  const types = Object.entries(columns).map(([name, type]) => `'${name}': '${sqlType(type)}'`)
  return `read_csv('${path}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${types.join(', ')}})`
}
