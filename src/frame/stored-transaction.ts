import { schema } from '../arrow/schema.ts'
import type { DatabaseCatalog } from '../catalog/database-catalog.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import type { StagedLoad } from '../catalog/staged-change.ts'
import type { StagedWriter, TableCatalog } from '../catalog/table-catalog.ts'
import type { StagedBefore, TableTransaction } from '../catalog/table-transaction.ts'
import { throwIfAborted } from '../error.ts'
import type { ImportSource } from '../io/import/import-file.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { scan } from '../plan/logical-plan.ts'
import type { ActionOptions } from './action-options.ts'
import { checkedName, checkOptions } from './actions.ts'
import { fieldsOf, type SchemaValue } from './column-type.ts'
import { WriteGuard } from './constraint/write-guard.ts'
import { type FrameState, frameState, type QuerySettings } from './frame-state.ts'
import { frameSummary } from './frame-summary.ts'
import { inputBatches } from './input-batches.ts'
import { LazyFrame } from './lazy-frame.ts'
import { loadReport, meansOf, openLoad } from './load-rows.ts'
import { FILE_OPTIONS, type FileOptions, type LoadReport } from './load-type.ts'
import { requireSchema } from './require-schema.ts'
import { type StagedBatches, writeRows } from './stage.ts'
import type { StagedRows, Transaction, TransactionTable } from './transaction.ts'
import type { Untyped } from './type-tag.ts'

/** What a transaction belongs to. */
export interface TransactionPlace {
  readonly store: ObjectStore
  readonly settings: QuerySettings
  readonly changes: TableTransaction
  /** What keeps the constraints of each table that is written. */
  readonly guards: Map<StagedWriter, WriteGuard>
  readonly signal: AbortSignal | undefined
  database(path: string): Promise<DatabaseCatalog>
}

/** The transaction behind `Transaction`. */
export class StoredTransaction implements Transaction {
  readonly #place: TransactionPlace

  constructor(place: TransactionPlace) {
    this.#place = place
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'Transaction · await .table(database, name)'
  }

  async table(
    database: string,
    name: string,
    columns?: SchemaValue,
  ): Promise<TransactionTable<Untyped>> {
    const { settings, signal, changes } = this.#place
    settings.requireOpen()
    throwIfAborted(signal)
    checkedName(name, 'table')
    const catalogs = await this.#place.database(checkedName(database, 'table'))
    const catalog = changes.join(await catalogs.openTable(name))
    if (columns !== undefined) {
      const expected = schema(fieldsOf(columns, 'table'))
      requireSchema(name, tableSchema(catalog.snapshot.columns), expected)
    }
    return new StoredTransactionTable(name, catalog, this.#place)
  }
}

class StoredTransactionTable extends LazyFrame implements TransactionTable<Untyped> {
  readonly name: string
  readonly #catalog: TableCatalog
  readonly #place: TransactionPlace
  readonly #snapshot: TableSnapshot
  readonly #state: FrameState

  constructor(name: string, catalog: TableCatalog, place: TransactionPlace) {
    super(null)
    this.name = name
    this.#catalog = catalog
    this.#place = place
    this.#snapshot = catalog.snapshot
    // Stands for the snapshot that the first read of the transaction finds.
    const placeholder = Object.freeze({ ...catalog.snapshot, version: -1, constraints: [] })
    const { store, settings, changes } = place
    const resolve = () => changes.snapshot(catalog)
    this.#state = {
      plan: scan(placeholder),
      origins: new Map([[placeholder, { catalog, store, resolve }]]),
      settings,
      home: null,
    }
  }

  override get [frameState](): FrameState {
    return this.#state
  }

  insert(data: unknown, options: ActionOptions = {}): Promise<StagedRows> {
    return this.#write('insert', data, options)
  }

  overwrite(data: unknown, options: ActionOptions = {}): Promise<StagedRows> {
    return this.#write('overwrite', data, options)
  }

  async load(source: ImportSource, options: FileOptions = {}): Promise<StagedRows & LoadReport> {
    checkOptions(options, FILE_OPTIONS, 'load')
    const { settings } = this.#place
    const signal = this.#signal(options.signal)
    const how = { ...options, signal, ...meansOf(settings) }
    const load = await openLoad(source, this.#snapshot, how)
    const known = await this.#catalog.loadedContents()
    const staged = await this.#stage('append', signal, {
      batches: ({ operation, loads }) => {
        const before = operation === 'overwrite' ? [] : known
        const contents = [...before, ...loads.map((of) => [of.sha256, of.bytes] as const)]
        return (guard) => load.batches(new Map(contents), guard)
      },
      loads: () => load.loads,
    })
    return { ...staged, ...loadReport(load, settings) }
  }

  async #write(
    where: 'insert' | 'overwrite',
    data: unknown,
    options: ActionOptions,
  ): Promise<StagedRows> {
    checkOptions(options, ['signal', 'onProgress'], where)
    const signal = this.#signal(options.signal)
    const { memoryBytesMax } = this.#place.settings
    const schema = tableSchema(inputColumns(this.#snapshot))
    const operation = where === 'insert' ? 'append' : 'overwrite'
    const staged = await this.#stage(operation, signal, {
      batches: () => inputBatches(data, schema, { where, signal, memoryBytesMax }),
      loads: () => [],
    })
    options.onProgress?.({ phase: 'done', rows: staged.rows, bytes: 0 })
    return staged
  }

  async #stage(
    operation: 'append' | 'overwrite',
    signal: AbortSignal | undefined,
    {
      batches,
      loads,
    }: {
      readonly batches: (before: StagedBefore) => StagedBatches
      readonly loads: () => readonly StagedLoad[]
    },
  ): Promise<StagedRows> {
    const { settings, changes } = this.#place
    settings.requireOpen()
    let rows = 0
    await changes.stage(this.#catalog, operation, async (writer, before) => {
      throwIfAborted(signal)
      const guard = await this.#guardOf(writer, operation)
      const snapshot = this.#snapshot
      rows = await writeRows({ writer, guard }, batches(before), { snapshot, signal, settings })
      return loads()
    })
    return { rows }
  }

  /** The guard of all that is staged by a writer, by whatever handle of the table. */
  async #guardOf(writer: StagedWriter, operation: 'append' | 'overwrite'): Promise<WriteGuard> {
    const { guards, signal } = this.#place
    const known = guards.get(writer)
    if (known !== undefined) return known
    const against = operation === 'overwrite' ? 'none' : 'newest'
    const table = { snapshot: this.#snapshot, against } as const
    const guard = await WriteGuard.of(writer, { catalog: this.#catalog, signal }, table)
    guards.set(writer, guard)
    return guard
  }

  /** Fires when the transaction's or the write's own does. */
  #signal(own: AbortSignal | undefined): AbortSignal | undefined {
    const { signal } = this.#place
    return own === undefined || signal === undefined
      ? (own ?? signal)
      : AbortSignal.any([own, signal])
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return frameSummary('TransactionTable', this.#state)
  }
}
