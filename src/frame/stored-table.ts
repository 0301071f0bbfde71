import {
  type ClusteringInformation,
  clusteringInformation,
} from '../catalog/clustering-information.ts'
import type { HistoryEntry, TagEntry } from '../catalog/model/commit-record.ts'
import type { Moment } from '../catalog/model/moment.ts'
import type { Problem } from '../catalog/model/problem.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TransactionOutcome } from '../catalog/resolve-transaction.ts'
import { dropStream } from '../catalog/stream-offsets.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import type { VacuumOptions, VacuumResult } from '../catalog/vacuum-table.ts'
import { invalid, throwIfAborted } from '../error.ts'
import type { ImportSource } from '../io/import/import-file.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { progressOf, stepProgress } from '../io/progress.ts'
import { scan } from '../plan/logical-plan.ts'
import type { ActionOptions, WriteResult } from './action-options.ts'
import { checkedName, checkOptions } from './actions.ts'
import type { ClusteringAdvice } from './advice-type.ts'
import { adviseClustering } from './advise-clustering.ts'
import { changeTable } from './change-table.ts'
import type { ChangeOptions, ChangeResult, TableWriteOptions } from './change-type.ts'
import {
  allRowsChange,
  deleteChange,
  mergeChange,
  oldestRead,
  type RowsChange,
  updateChange,
  writeChange,
} from './change-verbs.ts'
import { changesScan } from './changes-frame.ts'
import { type ConstraintInfo, constraintInfos } from './constraint/rules.ts'
import { addConstraint, type NewTableConstraint } from './constraint/table-constraints.ts'
import { restoreTable } from './constraint/validate-rows.ts'
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
import { FILE_OPTIONS, loadTable } from './load-rows.ts'
import type { LoadOptions, LoadResult } from './load-type.ts'
import { momentText } from './moment-text.ts'
import { markOf } from './once-mark.ts'
import { keyColumns, optimizeTable } from './optimize-table.ts'
import type { OptimizeOptions, OptimizeResult } from './optimize-type.ts'
import { type StageOptions, stage } from './stage.ts'
import type { StreamInfo, StreamOptions, TableStream } from './stream-type.ts'
import type { InsertOptions, Table } from './table.ts'
import { StoredStream, streamsOf } from './table-stream.ts'
import type { Transaction, TransactionOptions } from './transaction.ts'
import type { Untyped } from './type-tag.ts'
import { batchesFor } from './write-rows.ts'

/** What a table belongs to. */
export interface TablePlace {
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
    this.#state = this.#stateOf(catalog.snapshot, null)
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
    const mark = markOf(options, 'load')
    const place = { catalog: this.#catalog, settings, signal: options.signal, mark }
    const result = await loadTable(source, options, { ...place, snapshot: this.#snapshot })
    this.#seeNewest()
    return result
  }

  async update(change: unknown, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#change('update', options, async (snapshot) => updateChange(snapshot, change))
  }

  async delete(where: unknown, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#change('delete', options, async (snapshot) => deleteChange(snapshot, where))
  }

  async merge(
    source: unknown,
    change: unknown,
    options: ChangeOptions = {},
  ): Promise<ChangeResult> {
    return this.#change('merge', options, async (snapshot) => {
      const { basedOn, read } = mergeChange(snapshot, source, change)
      const onProgress = stepProgress(options.onProgress)
      return { ...(await read({ signal: options.signal, onProgress })), basedOn }
    })
  }

  async truncate(options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#change('truncate', options, async () => allRowsChange([]))
  }

  override async write(data: unknown, options: object = {}): Promise<never> {
    // A name is where to write to, as with any frame; anything else is what to write here.
    const written: Promise<unknown> =
      typeof data === 'string' ? super.write(data, options) : this.#writeRows(data, options)
    return written as Promise<never>
  }

  at(moment: Moment): AnyFrame {
    const text = momentText(moment)
    const asked = Object.freeze({ ...moment })
    // Stands for the snapshot that is found when the frame is run.
    const placeholder = Object.freeze({
      ...this.#snapshot,
      name: `${this.#snapshot.name} at ${text}`,
      version: -1,
      constraints: [],
    })
    const resolve = () => this.#catalog.snapshotAt(asked)
    return new LazyFrame(this.#stateOf(placeholder, resolve))
  }

  changes(options: { readonly from: Moment; readonly to?: Moment }): AnyFrame {
    checkOptions(options, ['from', 'to'], 'changes')
    const { from, to = { version: this.version } } = options
    const text = `changes from ${momentText(from)} to ${momentText(to)}`
    const { store, settings, home } = this.#place
    const { snapshot, origin } = changesScan(this.#snapshot, text, {
      catalog: this.#catalog,
      store,
      from: Object.freeze({ ...from }),
      to: Object.freeze({ ...to }),
      settings,
    })
    const origins = new Map([[snapshot, origin]])
    return new LazyFrame({ plan: scan(snapshot), origins, settings, home })
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
    checkedName(name, 'addConstraint')
    checkOptions(options, ['signal'], 'addConstraint')
    throwIfAborted(options.signal)
    const given = constraint as NewTableConstraint
    const version = await addConstraint(this.#catalog, name, given, options.signal)
    this.#seeNewest()
    return version
  }

  async dropConstraint(name: string): Promise<number> {
    this.#place.settings.requireOpen()
    checkedName(name, 'dropConstraint')
    const version = await this.#catalog.dropConstraint(name)
    this.#seeNewest()
    return version
  }

  async history(): Promise<HistoryEntry[]> {
    this.#place.settings.requireOpen()
    return this.#catalog.history()
  }

  async restore(moment: Moment): Promise<WriteResult> {
    this.#place.settings.requireOpen()
    momentText(moment)
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
    const result = await optimizeTable({ catalog: this.#catalog, store, settings }, options)
    this.#seeNewest()
    return result
  }

  async clusteringInformation(columns?: readonly string[]): Promise<ClusteringInformation> {
    this.#place.settings.requireOpen()
    const snapshot = this.#snapshot
    const names = columns ?? snapshot.clusterBy
    if (names.length === 0) {
      throw invalid(
        `clusteringInformation: table "${this.name}" is not clustered; name columns to be looked at`,
        { table: this.name },
      )
    }
    const keys = keyColumns(snapshot, names)
    const ids = [...new Set(keys.map(({ id }) => id))]
    return clusteringInformation(await this.#catalog.partitions(snapshot, ids), keys)
  }

  async adviseClustering(queries: readonly unknown[]): Promise<ClusteringAdvice<string>> {
    this.#place.settings.requireOpen()
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
    return this.#change('write', rest, async (snapshot) => {
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

  /** Makes a change to the rows of the newest version, which is read first. */
  async #change(
    where: string,
    options: ChangeOptions,
    changeOf: (snapshot: TableSnapshot) => Promise<RowsChange & { readonly basedOn?: number }>,
  ): Promise<ChangeResult> {
    const { settings, store } = this.#place
    settings.requireOpen()
    checkOptions(options, ['signal', 'onProgress', 'app', 'sequence'], where)
    const mark = markOf(options, where)
    const { signal, onProgress } = options
    throwIfAborted(signal)
    const catalog = this.#catalog
    const snapshot = await catalog.refresh()
    const change = { basedOn: snapshot.version, ...(await changeOf(snapshot)), snapshot, mark }
    const result = await changeTable({ catalog, store, settings }, change, { signal, onProgress })
    this.#seeNewest()
    return result
  }

  async #stage(
    batches: Parameters<typeof stage>[1],
    options: Pick<StageOptions, 'signal' | 'onProgress' | 'mark'>,
  ): Promise<WriteResult> {
    const { settings } = this.#place
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
    if (snapshot.version > this.#snapshot.version) {
      this.#snapshot = snapshot
      this.#state = this.#stateOf(snapshot, null)
    }
  }

  #stateOf(snapshot: TableSnapshot, resolve: (() => Promise<TableSnapshot>) | null): FrameState {
    const { store, settings, home } = this.#place
    const origin = { catalog: this.#catalog, store, resolve }
    return { plan: scan(snapshot), origins: new Map([[snapshot, origin]]), settings, home }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return frameSummary('Table', this.#state)
  }
}
