import type { DataType } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { field, type Schema, schema } from '../../arrow/schema.ts'
import type { Constraint } from './constraint.ts'

/** A column of a table. Its identity is `id`; `name` may change, `folder` never does. */
export interface Column {
  /** 1 and up, never used again within the table. */
  readonly id: number
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  /** Name of its folder below the table's, opaque: see `catalog/folder-name.ts`. */
  readonly folder: string
  /** What rows hold that do not give it, also those of partitions without a file of it. */
  readonly default?: Scalar
  /** First line of its files, where it is not `name`: the name that the column was made with. */
  readonly header?: string
}

/** One row set of a table: `partition<id>.csv` in the folder of every column. */
export interface Partition {
  /** 1 and up, never used again within the table. */
  readonly id: number
  readonly rows: number
}

/** A table at one version, as plain data: all that a plan needs to know of it. */
export interface TableSnapshot {
  /** `namespace/database.Table`, for people. */
  readonly name: string
  readonly tableId: string
  /** URL of the store that holds it. */
  readonly storeUrl: string
  /** Key of the table's folder in the store, without a trailing slash. */
  readonly folder: string
  /** 0 for a table just created; each commit adds 1. */
  readonly version: number
  readonly columns: readonly Column[]
  /** Names of the columns that loads sort by. */
  readonly clusterBy: readonly string[]
  /**
   * What they sort by of each, as JSON of `plan/expr-json.ts`: expressions that keep the column's
   * order. The columns themselves where it is absent.
   */
  readonly clusterKeys?: readonly unknown[]
  /** What every row of this version keeps. */
  readonly constraints: readonly Constraint[]
  /** Ids of the columns whose values the table gives. */
  readonly identities: readonly number[]
}

export function tableSchema(columns: readonly Column[]): Schema {
  return schema(columns.map((of) => field(of.name, of.type, of.nullable, of.default)))
}

/** The first line of the files of `column`, which stays as the column is renamed. */
export function headerOf({ header, name }: Column): string {
  return header ?? name
}

/** The columns that a new row is given values for. */
export function inputColumns({
  columns,
  identities,
}: Pick<TableSnapshot, 'columns' | 'identities'>): readonly Column[] {
  return columns.filter(({ id }) => !identities.includes(id))
}

/** The number of a column file: of the table's own, or of another table that it was cloned from. */
export type FileReference = number | { readonly folder: string; readonly number: number }

/** A file as text: equal for the same file, and for no other of the column. */
export function fileText(file: FileReference): string {
  return typeof file === 'number' ? String(file) : `${file.number}@${file.folder}`
}

/** Key of the file `file` of `column`. */
export function partitionKey(tableFolder: string, column: Column, file: FileReference): string {
  const [folder, number] =
    typeof file === 'number' ? [tableFolder, file] : [file.folder, file.number]
  return `${folder}/${column.folder}/partition${number}.csv`
}
