import { type Dataset, sqlType } from '../datasets/dataset.ts'

/** The statements after which DuckDB sees the tables of a dataset as Parquet or row CSV. */
export function viewStatements(
  { tables }: Dataset,
  folder: string,
  format: 'parquet' | 'csv',
): string[] {
  return Object.entries(tables).map(([name, { columns }]) => {
    const path = `${folder}${name}.${format}`
    const from = format === 'parquet' ? `'${path}'` : csvSource(path, columns)
    return `CREATE VIEW ${name} AS SELECT * FROM ${from}`
  })
}

/** A row CSV as DuckDB reads it; its types are told, so that they need not be looked for. */
export function csvSource(path: string, columns: Dataset['tables'][string]['columns']): string {
  const types = Object.entries(columns).map(([name, type]) => `'${name}': '${sqlType(type)}'`)
  const format = `header = true, auto_detect = false, delim = ',', quote = '"', escape = '"'`
  return `read_csv('${path}', ${format}, columns = {${types.join(', ')}})`
}
