import type { SchemaValue } from 'graupel'

/** The database of a dataset's tables in its lake. */
export const DATABASE = 'bench/data'

/** A table of a dataset as it is made here. */
export interface TableLayout {
  readonly columns: SchemaValue
  readonly clusterBy?: readonly string[]
  readonly partitionRows?: number
}

/** Tables that DuckDB makes from a seed, and every contender reads in its own format. */
export interface Dataset {
  readonly name: string
  readonly tables: Readonly<Record<string, TableLayout>>
  /** Statements that make the tables; the same rows on every machine. */
  readonly statements: (scale: number) => string[]
}

/** The name of a column's type in DuckDB. */
export function sqlType(column: SchemaValue[string]): string {
  const { type } = column
  switch (type.name) {
    case 'int64':
      return 'BIGINT'
    case 'int32':
      return 'INTEGER'
    case 'float64':
      return 'DOUBLE'
    case 'utf8':
      return 'VARCHAR'
    case 'date':
      return 'DATE'
    case 'timestamp':
      return 'TIMESTAMP'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    default:
      throw new Error(`no DuckDB type is named for ${type.name}`)
  }
}
