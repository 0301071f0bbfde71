import type { Field } from '../arrow/schema.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { TableCatalog } from './table-catalog.ts'

export interface TableOptions {
  readonly clusterBy?: readonly string[] | undefined
  readonly ifNotExists?: boolean | undefined
}

export interface DatabaseCatalog {
  createTable(
    name: string,
    fields: readonly Field[],
    options?: TableOptions,
  ): Promise<TableCatalog>
  openTable(name: string): Promise<TableCatalog>
  tableNames(): Promise<string[]>
  dropTable(name: string): Promise<void>
  settled(): Promise<void>
}

export async function openDatabase(
  store: ObjectStore,
  path: string,
  options: { readonly create?: boolean | undefined } = {},
): Promise<DatabaseCatalog> {
  throw new Error(`not yet ${store.url} ${path} ${options.create}`)
}
