import { type Batch, sliceBatch } from '../arrow/batch.ts'
import { type Schema, schemasEqual, schemaText } from '../arrow/schema.ts'
import type { PartitionSet } from '../catalog/model/partition-set.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import { GraupelError, invalid, throwIfAborted } from '../error.ts'
import { foldConstant } from '../exec/fold-constant.ts'
import type { QueryMetrics } from '../exec/metrics.ts'
import type { PartialAnswer, QueryCache } from '../exec/query-cache.ts'
import { execContext, run } from '../exec/run.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { progressOf } from '../io/progress.ts'
import { bindPartitions, scansOf } from '../plan/bind-partitions.ts'
import { columnsOf } from '../plan/expr-walk.ts'
import { type LogicalPlan, mapInputs, type Scan, scan } from '../plan/logical-plan.ts'
import { optimize, optimizeBound } from '../plan/optimizer.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import type { ActionOptions, QueryOptions } from './action-options.ts'
import type { Derived, FrameState, Origin } from './frame-state.ts'
import { engineDoor } from './query-engine.ts'

/** A plan that knows its partitions, and the stores that they are in. */
export interface BoundPlan {
  readonly plan: LogicalPlan
  readonly stores: ReadonlyMap<string, ObjectStore>
  /** Throws EXPIRED when a version that the plan reads has been vacuumed meanwhile. */
  assertKept(): Promise<void>
}

interface RunSettings {
  readonly batchRowsMax?: number | undefined
  /** Where to note what each node does. */
  readonly metrics?: QueryMetrics | undefined
}

/** Whether rules are applied; without them the plan is run as it was written. */
export interface BindOptions {
  readonly optimized: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * The plan of a frame with moments resolved, partitions bound and rules applied. Reads metadata,
 * no rows. Throws NOT_FOUND and EXPIRED for a moment that is not there.
 */
export async function bindFrame(state: FrameState, options: BindOptions): Promise<BoundPlan> {
  state.settings.requireOpen()
  throwIfAborted(options.signal)
  const derived = await withDerived(state)
  const sources = await resolveSources(derived)
  const written = withSources(derived.plan, sources)
  const byTable = new Map([...sources.values()].map((source) => [source.table, source]))
  const planned = options.optimized ? optimize(written, { fold: foldConstant }) : written
  const sets = new Map<Scan, PartitionSet>()
  const stores = new Map<string, ObjectStore>()
  for (const of of new Set(scansOf(planned))) {
    throwIfAborted(options.signal)
    const { origin, snapshot } = byTable.get(of.table)!
    stores.set(of.table.storeUrl, origin.store)
    sets.set(of, await origin.catalog.partitions(snapshot, columnIds(of)))
  }
  const bound = bindPartitions(planned, (of) => sets.get(of)!)
  return {
    plan: options.optimized ? optimizeBound(bound) : bound,
    stores,
    async assertKept() {
      for (const { origin, snapshot } of sources.values()) await origin.catalog.assertKept(snapshot)
    },
  }
}

/**
 * The plan of a frame as it was written, with moments resolved. Throws NOT_FOUND and EXPIRED for a
 * moment that is not there.
 */
export async function writtenPlan(state: FrameState): Promise<LogicalPlan> {
  state.settings.requireOpen()
  const derived = await withDerived(state)
  return withSources(derived.plan, await resolveSources(derived))
}

/** The rows of a frame, batch by batch. Nothing is read before the first is asked for. */
export async function* frameBatches(
  state: FrameState,
  options: QueryOptions & Pick<RunSettings, 'batchRowsMax'> = {},
): AsyncGenerator<Batch, void, undefined> {
  const { engine, signal, onProgress, batchRowsMax = 65_536 } = options
  const bound = await bindFrame(state, { optimized: true, signal })
  const door = scansOf(bound.plan).length > 0 ? engine?.[engineDoor] : undefined
  if (door?.takes(bound.plan) !== true) yield* boundBatches(bound, state, options)
  else {
    const { plan, stores } = bound
    yield* sliced(door.run(plan, { signal, onProgress, stores }), batchRowsMax)
  }
}

/** The same rows in batches of at most `rowsMax`. */
async function* sliced(
  batches: AsyncGenerator<Batch, void, undefined>,
  rowsMax: number,
): AsyncGenerator<Batch, void, undefined> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += rowsMax) {
      yield sliceBatch(batch, from, Math.min(from + rowsMax, batch.length))
    }
  }
}

/** Whether `boundBatches` of the same would be answered from the cache. */
export async function isCached(
  { plan, stores }: BoundPlan,
  { settings: { cache } }: FrameState,
): Promise<boolean> {
  const key = cache?.resultKey(plan, stores, undefined) ?? null
  return key !== null && (await cache?.results?.holds(key)) === true
}

/** How much of each aggregate of a plan `boundBatches` would take from the cache. */
export async function partialAnswers(
  { plan, stores }: BoundPlan,
  { settings: { cache } }: FrameState,
): Promise<ReadonlyMap<LogicalPlan, PartialAnswer>> {
  return (await cache?.partialAnswers(plan, stores)) ?? new Map()
}

interface CachedResult {
  /** The result; undefined when it is not in the cache. */
  readonly known: readonly Batch[] | undefined
  /** Where to note it then. */
  readonly recorder: ReturnType<NonNullable<QueryCache['results']>['recorder']>
}

/** What the cache has of a result; null when it is not to be asked. A measured query is run. */
async function cachedResult(
  { plan, stores }: BoundPlan,
  { settings: { cache } }: FrameState,
  { batchRowsMax, metrics }: RunSettings,
): Promise<CachedResult | null> {
  const results = cache?.results ?? null
  if (cache === null || results === null || metrics !== undefined) return null
  const key = cache.resultKey(plan, stores, batchRowsMax)
  return key === null
    ? null
    : { known: await results.fetch(key, plan.schema), recorder: results.recorder(key) }
}

async function* recorded(
  batches: AsyncGenerator<Batch, void, undefined>,
  { recorder }: CachedResult,
): AsyncGenerator<Batch, void, undefined> {
  for await (const batch of batches) {
    recorder.add(batch)
    yield batch
  }
  recorder.finish()
}

function* abortable(batches: readonly Batch[], signal: AbortSignal | undefined): Generator<Batch> {
  for (const batch of batches) {
    throwIfAborted(signal)
    yield batch
  }
}

/** The rows of a bound plan, batch by batch: those of the cache, where it has them. */
export async function* boundBatches(
  bound: BoundPlan,
  state: FrameState,
  options: ActionOptions & RunSettings,
): AsyncGenerator<Batch, void, undefined> {
  const { plan, stores, assertKept } = bound
  const { signal, onProgress, batchRowsMax, metrics } = options
  const tell = progressOf('query', onProgress)
  const totals = scanTotals(plan)
  let rows = 0
  let bytes = 0
  let partitions = 0
  const context = execContext({
    signal,
    batchRowsMax,
    memoryLimit: state.settings.memoryBytesMax,
    spillFolder: state.settings.spillFolder,
    threads: state.settings.threads,
    stores,
    cache: state.settings.cache,
    onScanned: (rowsMore, bytesMore, partitionsMore) => {
      rows += rowsMore
      bytes += bytesMore
      partitions += partitionsMore
      tell({ phase: 'scan', rows, bytes, partitions, ...totals })
    },
  })
  const cached = await cachedResult(bound, state, options)
  try {
    if (cached?.known !== undefined) yield* abortable(cached.known, signal)
    else if (cached === null) yield* run(plan, context, { metrics })
    else yield* recorded(run(plan, context), cached)
  } catch (error) {
    // A file that is gone may be one that a vacuum took with its version.
    if (error instanceof GraupelError && error.code === 'DATA') await assertKept()
    throw error
  }
  tell({ phase: 'done', rows, bytes, partitions, ...totals })
}

interface Source {
  readonly origin: Origin
  /** What the catalog answers about. */
  readonly snapshot: TableSnapshot
  /** The same for the plan, its store under a URL that no other store of the query has. */
  readonly table: TableSnapshot
}

/** The plan with scans that stand for other plans replaced by those. */
async function withDerived({ plan, origins }: Derived): Promise<Derived> {
  const found = new Map<TableSnapshot, Derived>()
  for (const { table } of scansOf(plan)) {
    const derive = found.has(table) ? undefined : origins.get(table)?.derive
    if (derive !== undefined) found.set(table, await derive())
  }
  if (found.size === 0) return { plan, origins }
  const replaced = (of: LogicalPlan): LogicalPlan =>
    of.kind === 'scan' ? (found.get(of.table)?.plan ?? of) : mapInputs(of, replaced)
  const more = [...found.values()].flatMap((derived) => [...derived.origins])
  return { plan: replaced(plan), origins: new Map([...origins, ...more]) }
}

/** What each table of the plan truly is: by the snapshot that stands in the plan as written. */
async function resolveSources({ plan, origins }: Derived): Promise<Map<TableSnapshot, Source>> {
  const sources = new Map<TableSnapshot, Source>()
  const urls = new Map<string, ObjectStore>()
  for (const { table: written, schema } of scansOf(plan)) {
    if (sources.has(written)) continue
    const origin = origins.get(written)
    if (origin === undefined) throw new Error(`no origin for the scan of ${written.name}`)
    const snapshot = origin.resolve === null ? written : await origin.resolve()
    requireSameColumns(snapshot, schema)
    const storeUrl = urlFor(origin.store, snapshot.storeUrl, urls)
    const table =
      storeUrl === snapshot.storeUrl ? snapshot : Object.freeze({ ...snapshot, storeUrl })
    sources.set(written, { origin, snapshot, table })
  }
  return sources
}

/** `url`, or a variant of it when another store goes by it: two stores in memory do. */
function urlFor(store: ObjectStore, url: string, urls: Map<string, ObjectStore>): string {
  for (let number = 1; ; number++) {
    const variant = number === 1 ? url : `${url}#${number}`
    const taken = urls.get(variant)
    if (taken !== undefined && taken !== store) continue
    urls.set(variant, store)
    return variant
  }
}

function requireSameColumns(resolved: TableSnapshot, expected: Schema): void {
  const found = scan(resolved).schema
  if (!schemasEqual(found, expected)) {
    throw invalid(
      `"${resolved.name}" had other columns at version ${resolved.version}: ` +
        `(${schemaText(found)}), now (${schemaText(expected)})`,
      { table: resolved.name, version: resolved.version },
    )
  }
}

function withSources(plan: LogicalPlan, sources: ReadonlyMap<TableSnapshot, Source>): LogicalPlan {
  if (plan.kind !== 'scan') return mapInputs(plan, (input) => withSources(input, sources))
  const { table } = sources.get(plan.table)!
  return table === plan.table ? plan : scan(table)
}

/** Ids of the columns that a scan reads or asks a predicate of. */
function columnIds(of: Scan): number[] {
  const names = new Set(of.columns.map(({ name }) => name))
  if (of.predicate !== null) for (const name of columnsOf(of.predicate)) names.add(name)
  return of.table.columns.filter(({ name }) => names.has(name)).map(({ id }) => id)
}
