import { type Field, schema } from '../arrow/schema.ts'
import type { DatabaseCatalog } from '../catalog/database-catalog.ts'
import { firstColumns, type TableOptions } from '../catalog/first-head.ts'
import type { Moment } from '../catalog/model/moment.ts'
import { inputColumns, tableSchema } from '../catalog/model/table.ts'
import type { DatabaseVacuumOptions, DatabaseVacuumResult } from '../catalog/purge-tables.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { progressOf, stepProgress } from '../io/progress.ts'
import type { WriteOptions, WriteResult } from './action-options.ts'
import { checkedName, checkOptions } from './actions.ts'
import { alignedPlan } from './aligned-plan.ts'
import { fieldsOf, identitiesOf, type SchemaValue } from './column-type.ts'
import type { AnyFrame } from './data-frame.ts'
import type {
  CreateTableFromOptions,
  CreateTableOptions,
  CreateViewOptions,
  Database,
} from './database.ts'
import type { DatabaseViews, ViewsPlace } from './database-views.ts'
import { frameBatches } from './execute.ts'
import { type FrameState, type QuerySettings, type TableHome, tableHome } from './frame-state.ts'
import { tableWork } from './load-table-work.ts'
import { requireSchema } from './require-schema.ts'
import { StoredTable, type TablePlace } from './stored-table.ts'
import type { Table } from './table.ts'
import type { Untyped } from './type-tag.ts'

/** The database behind `Database`: tables of a catalog, and the home of their frames. */
export class StoredDatabase implements Database {
  readonly name: string
  readonly #catalog: DatabaseCatalog
  readonly #store: ObjectStore
  readonly #settings: QuerySettings
  readonly #transaction: TablePlace['transaction']
  readonly #viewsPlace: ViewsPlace

  constructor(
    name: string,
    catalog: DatabaseCatalog,
    place: Pick<TablePlace, 'store' | 'settings' | 'transaction'> &
      Pick<ViewsPlace, 'temporary' | 'catalogOf'>,
  ) {
    this.name = name
    this.#catalog = catalog
    this.#store = place.store
    this.#settings = place.settings
    this.#transaction = place.transaction
    this.#viewsPlace = { ...place, catalog, home: this[tableHome] }
  }

  get [tableHome](): TableHome {
    return { writeTable: (name, source, options) => this.#writeTable(name, source, options) }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Database { ${clip(JSON.stringify(this.name))} } · await .tables()`
  }

  async createTable(
    name: string,
    columns: SchemaValue,
    options: CreateTableOptions = {},
  ): Promise<Table<Untyped>> {
    this.#require(name, 'createTable')
    checkOptions(
      options,
      [
        ...['clusterBy', 'ifNotExists', 'partitionRows', 'compression'],
        ...['checks', 'primaryKey', 'unique'],
      ],
      'createTable',
    )
    const fields = fieldsOf(columns, 'createTable')
    if (fields.length === 0) throw invalid(`createTable: "${name}" needs at least one column`)
    const { clusterKeys, newConstraints, storedKeys } = await tableWork()
    const { clusterBy = [], ifNotExists, partitionRows, compression } = options
    const first = firstColumns(fields)
    const catalog = await this.#catalog.createTable(name, fields, {
      ...{ ifNotExists, partitionRows, compression },
      ...storedKeys(clusterKeys(clusterBy, first, 'createTable')),
      constraints: newConstraints(options, first),
      identities: identitiesOf(columns),
    })
    requireSchema(name, tableSchema(catalog.snapshot.columns), schema(fields))
    return this.#tableOf(name, catalog)
  }

  async createTableFrom(
    name: string,
    source: string | URL | readonly (string | URL)[],
    options: CreateTableFromOptions = {},
  ): Promise<Table<Untyped>> {
    this.#require(name, 'createTableFrom')
    const own = ['clusterBy', 'partitionRows', 'compression']
    const ofFiles = ['header', 'delimiter', 'quote', 'nullValues', 'format', 'timeoutMs']
    checkOptions(options, [...own, ...ofFiles, 'signal', 'onProgress'], 'createTableFrom')
    const { clusterBy = [], partitionRows, compression, ...load } = options
    const { checkClusterKeys, clusterKeys, storedKeys } = await tableWork()
    checkClusterKeys(clusterBy, 'createTableFrom')
    const onProgress = stepProgress(load.onProgress)
    const { bucket } = this.#settings
    const { inferSchema } = await import('../io/import/infer-schema.ts')
    const { fields } = await inferSchema(source, { ...load, onProgress, bucket })
    const keys = storedKeys(clusterKeys(clusterBy, firstColumns(fields), 'createTableFrom'))
    return this.#withNewTable(
      name,
      fields,
      { ...keys, partitionRows, compression },
      async (catalog) => {
        const table = this.#tableOf(name, catalog)
        await table.load(source, load)
        return table
      },
    )
  }

  async table(name: string, columns?: SchemaValue): Promise<Table<Untyped>> {
    this.#require(name, 'table')
    const catalog = await this.#catalog.openTable(name)
    if (columns !== undefined) {
      const expected = schema(fieldsOf(columns, 'table'))
      requireSchema(name, tableSchema(catalog.snapshot.columns), expected)
    }
    return this.#tableOf(name, catalog)
  }

  async tables(): Promise<string[]> {
    this.#settings.requireOpen()
    return this.#catalog.tableNames()
  }

  async createView(
    name: string,
    frame: unknown,
    options: CreateViewOptions = {},
  ): Promise<AnyFrame> {
    this.#require(name, 'createView')
    return (await this.#views()).create(name, frame, options)
  }

  async view(name: string, columns?: SchemaValue): Promise<AnyFrame> {
    this.#require(name, 'view')
    return (await this.#views()).open(name, columns)
  }

  async views(): Promise<string[]> {
    this.#settings.requireOpen()
    return (await this.#views()).names()
  }

  async dropView(name: string): Promise<void> {
    this.#require(name, 'dropView')
    await (await this.#views()).drop(name)
  }

  async dropTable(name: string): Promise<void> {
    this.#require(name, 'dropTable')
    await this.#catalog.dropTable(name)
  }

  async undropTable(name: string): Promise<Table<Untyped>> {
    this.#require(name, 'undropTable')
    return this.#tableOf(name, await this.#catalog.undropTable(name))
  }

  async vacuum(options: DatabaseVacuumOptions): Promise<DatabaseVacuumResult> {
    this.#settings.requireOpen()
    checkOptions(options, ['retain', 'dryRun', 'signal'], 'vacuum')
    return this.#catalog.vacuum(options)
  }

  async #views(): Promise<DatabaseViews> {
    const { DatabaseViews } = await import('./database-views.ts')
    return new DatabaseViews(this.#viewsPlace)
  }

  #require(name: string, where: string): void {
    this.#settings.requireOpen()
    checkedName(name, where)
  }

  /** Waits for what goes on in the background. */
  async settled(): Promise<void> {
    await this.#catalog.settled()
  }

  async #cloneTable(source: TableCatalog, name: string, at: Moment): Promise<StoredTable> {
    this.#require(name, 'clone')
    return this.#tableOf(name, await this.#catalog.cloneTable(source, name, at))
  }

  #tableOf(name: string, catalog: TableCatalog): StoredTable {
    return new StoredTable(name, catalog, {
      database: this.name,
      store: this.#store,
      settings: this.#settings,
      home: this[tableHome],
      transaction: this.#transaction,
      clone: (source, into, at) => this.#cloneTable(source, into, at),
    })
  }

  async #writeTable(name: string, source: FrameState, options: WriteOptions): Promise<WriteResult> {
    const { mode = 'create', clusterBy = [], signal, onProgress } = options
    this.#require(name, 'write')
    const work = await tableWork()
    work.checkClusterKeys(clusterBy, 'write')
    if (!['create', 'append', 'overwrite'].includes(mode)) {
      throw invalid(`write: mode can be "create", "append" or "overwrite", got "${mode}"`, { mode })
    }
    const operation = mode === 'overwrite' ? 'overwrite' : 'append'
    const into = async (catalog: TableCatalog): Promise<WriteResult> => {
      const target = tableSchema(inputColumns(catalog.snapshot))
      const plan = alignedPlan(source.plan, target, 'write')
      const tell = progressOf('write', onProgress)
      const step = { signal, onProgress: stepProgress(tell) }
      const batches = frameBatches({ ...source, plan }, step)
      const basedOn = work.oldestRead(source, catalog.snapshot)
      const settings = this.#settings
      const result = await work.stage(catalog, batches, { operation, basedOn, signal, settings })
      const { rows, bytes, partitions } = result
      tell({ phase: 'done', rows, bytes, partitions })
      return result
    }
    const existing = mode === 'create' ? undefined : await this.#tableIfAny(name)
    if (existing !== undefined) return into(existing)
    const { fields } = source.plan.schema
    const keys = work.storedKeys(work.clusterKeys(clusterBy, firstColumns(fields), 'write'))
    return this.#withNewTable(name, fields, keys, into)
  }

  async #tableIfAny(name: string): Promise<TableCatalog | undefined> {
    try {
      return await this.#catalog.openTable(name)
    } catch (error) {
      if (error instanceof GraupelError && error.code === 'NOT_FOUND') return undefined
      throw error
    }
  }

  /** Makes a table and fills it; when filling fails, the table goes again. */
  async #withNewTable<T>(
    name: string,
    fields: readonly Field[],
    options: TableOptions,
    fill: (catalog: TableCatalog) => Promise<T>,
  ): Promise<T> {
    const catalog = await this.#catalog.createTable(name, fields, options)
    try {
      return await fill(catalog)
    } catch (error) {
      // After an unknown commit the rows may be there.
      const mayHoldRows = error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN'
      if (!mayHoldRows) await this.#catalog.dropTable(name)
      throw error
    }
  }
}
