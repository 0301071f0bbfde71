import type { ClusteringInformation } from '../catalog/clustering-information.ts'
import type { HistoryEntry, TagEntry } from '../catalog/model/commit-record.ts'
import type { Moment } from '../catalog/model/moment.ts'
import type { Problem } from '../catalog/model/problem.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TransactionOutcome } from '../catalog/resolve-transaction.ts'
import type { SchemaChange } from '../catalog/schema-change.ts'
import { dropStream } from '../catalog/stream-offsets.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import type { VacuumOptions, VacuumResult } from '../catalog/vacuum-table.ts'
import { invalid, throwIfAborted } from '../error.ts'
import type { ImportSource } from '../io/import/import-file.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { progressOf, stepProgress } from '../io/progress.ts'
import type { ActionOptions, WriteResult } from './action-options.ts'
import { checkedName, checkOptions } from './actions.ts'
import type { ClusteringAdvice } from './advice-type.ts'
import { markOf } from './app-mark.ts'
import type { ChangeOptions, ChangeResult, TableWriteOptions } from './change-type.ts'
import type { ClusterKeys } from './cluster-type.ts'
import { type ConstraintInfo, constraintInfos } from './constraint/rules.ts'
import type { NewTableConstraint } from './constraint/table-constraints.ts'
import type { AnyFrame } from './data-frame.ts'
import {
  type FrameState,
  frameState,
  isFrame,
  type QuerySettings,
  type TableHome,
} from './frame-state.ts'
import { frameSummary } from './frame-summary.ts'
import { LazyFrame } from './lazy-frame.ts'
import { type ChangeOf, tableWork } from './load-table-work.ts'
import { FILE_OPTIONS, type LoadOptions, type LoadResult } from './load-type.ts'
import { momentText } from './moment-text.ts'
import type { OptimizeOptions, OptimizeResult } from './optimize-type.ts'
import { hasColumnsOf, requireColumns, schemaVerbs } from './schema-verbs.ts'
import type { StagedBatches, StageOptions } from './stage.ts'
import type { StreamInfo, StreamOptions, TableStream } from './stream-type.ts'
import type { InsertOptions, Table } from './table.ts'
import { StoredStream, streamsOf } from './table-stream.ts'
import { frameAt, frameOfChanges, tableState, type VersionsPlace } from './table-versions.ts'
import type { Transaction, TransactionOptions } from './transaction.ts'
import type { Untyped } from './type-tag.ts'
import { batchesFor } from './write-rows.ts'

/** What a table belongs to. */
export interface TablePlace {
  /** `namespace/database`. */
  readonly database: string
  readonly store: ObjectStore
  readonly settings: QuerySettings
  readonly home: TableHome
  transaction<T>(work: (tx: Transaction) => T | Promise<T>, options: TransactionOptions): Promise<T>
  /** Clones a table of the database into another. */
  clone(source: TableCatalog, name: string, at: Moment): Promise<Table<Untyped>>
}

/** The table behind `Table`: a frame whose state moves on with its own writes. */
export class StoredTable extends LazyFrame implements Table<Untyped> {
  readonly name: string
  readonly #catalog: TableCatalog
  readonly #place: TablePlace
  #state: FrameState
  #snapshot: TableSnapshot

  constructor(name: string, catalog: TableCatalog, place: TablePlace) {
    super(null)
    this.name = name
    this.#catalog = catalog
    this.#place = place
    this.#snapshot = catalog.snapshot
    this.#state = this.#stateAt(catalog.snapshot)
  }

  override get [frameState](): FrameState {
    return this.#state
  }

  get version(): number {
    return this.#snapshot.version
  }

  async insert(data: unknown, options: InsertOptions = {}): Promise<WriteResult> {
    this.#place.settings.requireOpen()
    checkOptions(options, ['signal', 'onProgress', 'app', 'sequence'], 'insert')
    const mark = markOf(options, 'insert')
    const { signal } = options
    throwIfAborted(signal)
    const { settings } = this.#place
    const tell = progressOf('insert', options.onProgress)
    const onProgress = stepProgress(tell)
    const batches = batchesFor(data, this.#snapshot, 'insert', { signal, onProgress, settings })
    const result = await this.#stage(batches, { signal, onProgress: tell, mark })
    const { rows, bytes, partitions } = result
    tell({ phase: 'done', rows, bytes, partitions })
    return result
  }

  async load(source: ImportSource, options: LoadOptions = {}): Promise<LoadResult> {
    const { settings } = this.#place
    settings.requireOpen()
    checkOptions(options, [...FILE_OPTIONS, 'validate', 'app', 'sequence'], 'load')
    throwIfAborted(options.signal)
    this.#requireColumns()
    const place = { catalog: this.#catalog, settings, snapshot: this.#snapshot }
    const { loadTable } = await tableWork()
    const result = await loadTable(place, source, options)
    if (options.validate !== true) this.#seeNewest()
    return result
  }

  async update(change: unknown, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#change('update', options, async (now, work) => work.updateChange(now, change))
  }

  async delete(where: unknown, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#change('delete', options, async (now, work) => work.deleteChange(now, where))
  }

  async merge(
    source: unknown,
    change: unknown,
    options: ChangeOptions = {},
  ): Promise<ChangeResult> {
    return this.#change('merge', options, async (snapshot, { mergeChange }) => {
      const { basedOn, read } = mergeChange(snapshot, source, change)
      const onProgress = stepProgress(options.onProgress)
      return { ...(await read({ signal: options.signal, onProgress })), basedOn }
    })
  }

  async truncate(options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#change('truncate', options, async (_, { allRowsChange }) => allRowsChange([]))
  }

  override async write(data: unknown, options: object = {}): Promise<never> {
    // A name is where to write to, as with any frame; anything else is what to write here.
    const written: Promise<unknown> =
      typeof data === 'string' ? super.write(data, options) : this.#writeRows(data, options)
    return written as Promise<never>
  }

  at(moment: Moment, options: { readonly schema?: 'current' | 'then' } = {}): AnyFrame {
    return frameAt(this.#snapshot, this.#versionsPlace, moment, options)
  }

  changes(options: { readonly from: Moment; readonly to?: Moment }): AnyFrame {
    return frameOfChanges(this.#snapshot, this.#versionsPlace, options)
  }

  stream(name: string, options: StreamOptions = {}): TableStream<Untyped> {
    checkOptions(options, ['from'], 'stream')
    const { from = { version: 0 } } = options
    momentText(from)
    const { settings, transaction } = this.#place
    return new StoredStream(name, Object.freeze({ ...from }), {
      catalog: this.#catalog,
      requireOpen: () => settings.requireOpen(),
      table: this,
      transaction,
    })
  }

  async streams(): Promise<StreamInfo[]> {
    this.#place.settings.requireOpen()
    return streamsOf(this.#catalog)
  }

  async dropStream(name: string): Promise<void> {
    this.#place.settings.requireOpen()
    await dropStream(this.#catalog.shared, name)
  }

  get constraints(): readonly ConstraintInfo[] {
    return constraintInfos(this.#snapshot)
  }

  get identities(): readonly string[] {
    const { columns, identities } = this.#snapshot
    return columns.filter(({ id }) => identities.includes(id)).map(({ name }) => name)
  }

  async addConstraint(name: string, constraint: unknown, options: ActionOptions = {}) {
    this.#place.settings.requireOpen()
    const given = constraint as NewTableConstraint
    const { addConstraint } = await tableWork()
    const version = await addConstraint(this.#catalog, name, given, options)
    this.#seeNewest()
    return version
  }

  async dropConstraint(name: string): Promise<number> {
    this.#place.settings.requireOpen()
    const version = await this.#catalog.dropConstraint(checkedName(name, 'dropConstraint'))
    this.#seeNewest()
    return version
  }

  async addColumns(columns: unknown): Promise<Table<Untyped>> {
    return this.#changeSchema(schemaVerbs.addColumns(columns))
  }

  async widenColumns(columns: unknown): Promise<Table<Untyped>> {
    return this.#changeSchema(schemaVerbs.widenColumns(columns))
  }

  async renameColumns(names: unknown): Promise<Table<Untyped>> {
    return this.#changeSchema(schemaVerbs.renameColumns(names))
  }

  async dropColumns(names: unknown): Promise<Table<Untyped>> {
    return this.#changeSchema(schemaVerbs.dropColumns(names))
  }

  async reorderColumns(names: unknown): Promise<Table<Untyped>> {
    return this.#changeSchema(schemaVerbs.reorderColumns(names))
  }

  async history(): Promise<HistoryEntry[]> {
    this.#place.settings.requireOpen()
    return this.#catalog.history()
  }

  async restore(moment: Moment): Promise<WriteResult> {
    this.#place.settings.requireOpen()
    momentText(moment)
    this.#requireColumns(await this.#catalog.refresh())
    const { restoreTable } = await tableWork()
    const result = await restoreTable(this.#catalog, moment)
    this.#seeNewest()
    return result
  }

  async clone(name: string, options: { readonly at?: Moment } = {}): Promise<Table<Untyped>> {
    this.#place.settings.requireOpen()
    checkOptions(options, ['at'], 'clone')
    const { at = { version: this.version } } = options
    momentText(at)
    return this.#place.clone(this.#catalog, name, at)
  }

  async tag(name: string, moment: Moment = { version: this.version }): Promise<number> {
    this.#place.settings.requireOpen()
    momentText(moment)
    return this.#catalog.tag(name, moment)
  }

  async untag(name: string): Promise<void> {
    this.#place.settings.requireOpen()
    await this.#catalog.untag(name)
  }

  async tags(): Promise<TagEntry[]> {
    this.#place.settings.requireOpen()
    return this.#catalog.tags()
  }

  async vacuum(options: VacuumOptions): Promise<VacuumResult> {
    this.#place.settings.requireOpen()
    checkOptions(options, ['retain', 'dryRun', 'signal', 'onProgress'], 'vacuum')
    const onProgress = progressOf('vacuum', options.onProgress)
    return this.#catalog.vacuum({ ...options, onProgress })
  }

  async optimize(options: OptimizeOptions = {}): Promise<OptimizeResult> {
    const { settings, store } = this.#place
    settings.requireOpen()
    checkOptions(options, ['signal', 'onProgress', 'bytesMax', 'columns'], 'optimize')
    throwIfAborted(options.signal)
    const { optimizeTable } = await tableWork()
    const result = await optimizeTable({ catalog: this.#catalog, store, settings }, options)
    this.#seeNewest()
    return result
  }

  async clusteringInformation(columns?: ClusterKeys): Promise<ClusteringInformation> {
    this.#place.settings.requireOpen()
    const { clusterKeysFor, clusteringOf } = await tableWork()
    const keys = clusterKeysFor(this.#snapshot, columns, 'clusteringInformation')
    return clusteringOf(this.name, this.#catalog, this.#snapshot, keys)
  }

  async adviseClustering(queries: readonly unknown[]): Promise<ClusteringAdvice<string>> {
    this.#place.settings.requireOpen()
    const { adviseClustering } = await tableWork()
    return adviseClustering(this.#catalog, this.#snapshot, queries)
  }

  async verify(options: ActionOptions = {}): Promise<Problem[]> {
    this.#place.settings.requireOpen()
    checkOptions(options, ['signal', 'onProgress'], 'verify')
    const { signal } = options
    return this.#catalog.verify({ signal, onProgress: progressOf('verify', options.onProgress) })
  }

  async resolve(txid: string): Promise<TransactionOutcome> {
    this.#place.settings.requireOpen()
    const outcome = await this.#catalog.resolve(txid)
    this.#seeNewest()
    return outcome
  }

  async #writeRows(data: unknown, options: TableWriteOptions<Untyped>): Promise<ChangeResult> {
    const { mode = 'append', replaceWhere, ...rest } = options
    const { settings } = this.#place
    return this.#change('write', rest, async (snapshot, { oldestRead, writeChange }) => {
      const source = isFrame(data) ? oldestRead(data[frameState], snapshot) : snapshot.version
      const { signal } = rest
      const onProgress = stepProgress(rest.onProgress)
      const rows = batchesFor(data, snapshot, 'write', { signal, onProgress, settings })
      const change = writeChange(snapshot, rows, { mode, replaceWhere })
      if (mode !== 'errorIfExists') return { ...change, basedOn: source }
      const known = await this.#catalog.partitions(snapshot, [])
      if (known.partitions.length === 0) return change
      throw invalid(`write: table "${this.name}" has rows already`, { table: this.name })
    })
  }

  async #changeSchema(change: SchemaChange): Promise<Table<Untyped>> {
    this.#place.settings.requireOpen()
    this.#requireColumns()
    const catalog = await this.#catalog.changeSchema(change)
    return new StoredTable(this.name, catalog, this.#place)
  }

  /** Throws CONFLICT when the table is known to have other columns than this handle. */
  #requireColumns(snapshot: TableSnapshot = this.#catalog.snapshot): void {
    requireColumns(this.name, snapshot, this.#snapshot)
  }

  /** Makes a change to the rows of the newest version, which is read first. */
  async #change(where: string, options: ChangeOptions, changeOf: ChangeOf): Promise<ChangeResult> {
    const { settings, store } = this.#place
    settings.requireOpen()
    checkOptions(options, ['signal', 'onProgress', 'app', 'sequence'], where)
    const mark = markOf(options, where)
    const { signal, onProgress } = options
    throwIfAborted(signal)
    const work = await tableWork()
    const catalog = this.#catalog
    const snapshot = await catalog.refresh()
    this.#requireColumns(snapshot)
    const asked = await changeOf(snapshot, work)
    const change = { basedOn: snapshot.version, ...asked, snapshot, mark }
    const place = { catalog, store, settings }
    const result = await work.changeTable(place, change, { signal, onProgress })
    this.#seeNewest()
    return result
  }

  async #stage(
    batches: StagedBatches,
    options: Pick<StageOptions, 'signal' | 'onProgress' | 'mark'>,
  ): Promise<WriteResult> {
    const { settings } = this.#place
    this.#requireColumns()
    const { stage } = await tableWork()
    const result = await stage(this.#catalog, batches, {
      ...options,
      operation: 'append',
      settings,
    })
    this.#seeNewest()
    return result
  }

  /** Moves on to what the catalog has seen by a write of this handle. */
  #seeNewest(): void {
    const snapshot = this.#catalog.snapshot
    const isSeen = hasColumnsOf(snapshot, this.#snapshot)
    if (isSeen && snapshot.version > this.#snapshot.version) {
      this.#snapshot = snapshot
      this.#state = this.#stateAt(snapshot)
    }
  }

  #stateAt(snapshot: TableSnapshot): FrameState {
    const named = { of: 'table', database: this.#place.database, name: this.name } as const
    return tableState(snapshot, this.#versionsPlace, { resolve: null, named })
  }

  get #versionsPlace(): VersionsPlace {
    const { store, settings, home } = this.#place
    return { catalog: this.#catalog, store, settings, home }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return frameSummary('Table', this.#state)
  }
}
