import { DuckDBInstance } from '@duckdb/node-api'
import { sqlRows } from '../../test/support/compare-rows.ts'
import type { Dataset } from '../datasets/dataset.ts'
import type { Contender } from '../measure/contender.ts'
import type { BenchRow } from '../rows/bench-row.ts'
import { viewStatements } from './duckdb-views.ts'

export type DuckFormat = 'parquet' | 'csv' | 'native'

const FORMAT_NAMES = {
  parquet: 'DuckDB, Parquet',
  csv: 'DuckDB, row CSV',
  native: 'DuckDB, native',
} as const

/** A DuckDB in memory that sees the tables of a dataset in one format under their plain names. */
export interface DuckPeer {
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
    for (const statement of viewStatements(dataset, folder, format)) await duck.run(statement)
  }
  return {
    contender: (row) => ({ name: FORMAT_NAMES[format], run: () => sqlRows(duck, row.sql) }),
    close() {
      duck.closeSync()
      instance.closeSync()
    },
  }
}
