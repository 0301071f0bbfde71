import { typeText } from '../arrow/data-type.ts'
import { ownBatch } from '../arrow/own-vector.ts'
import { fieldNames, schema } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { Unloaded, UnloadOptions } from '../io/export/unload.ts'
import type { CsvFormat } from '../io/import/csv-options.ts'
import { exportPlan, type PlanJson } from '../plan/export-plan.ts'
import { type LogicalPlan, limit, values } from '../plan/logical-plan.ts'
import type {
  ActionOptions,
  ArrowBatch,
  ArrowTable,
  BatchesOptions,
  ExplainOptions,
  ExportResult,
  QueryOptions,
  RowsOptions,
  ShowOptions,
  WriteOptions,
  WriteResult,
} from './action-options.ts'
import {
  allBatches,
  checkBatchesOptions,
  checkOptions,
  collectFrame,
  countFrame,
  firstRow,
  frameRecordBatches,
  frameRowObjects,
  frameToArray,
  frameToFile,
  frameToFolder,
} from './actions.ts'
import { joinAsofPlan } from './asof-verb.ts'
import { fieldsOf, type SchemaValue } from './column-type.ts'
import { crosstabPlan, foundCrosstab } from './crosstab-verb.ts'
import type { AnyFrame, FieldInfo, GroupedFrame, GroupingSets } from './data-frame.ts'
import {
  frameHtml,
  frameMarkdown,
  glimpsedText,
  notebookBundle,
  print,
  shownText,
} from './display.ts'
import { writtenPlan } from './execute.ts'
import { explainFrame } from './explain.ts'
import { explodePlan, flattenPlan } from './explode-verbs.ts'
import { combined, type FrameState, frameState, homeOf, stateOf } from './frame-state.ts'
import { frameSummary } from './frame-summary.ts'
import { checkedSets, cubeSets, groupingSetsPlan, rollupSets } from './grouping-sets.ts'
import { inspectedAs } from './inspected-as.ts'
import { joinPlan, naturalJoinPlan } from './join-verb.ts'
import { joinWherePlan } from './join-where.ts'
import { type MapRowsOptions, mapRows } from './map-rows.ts'
import {
  checkedNames,
  dropNullsPlan,
  dropPlan,
  fillNullPlan,
  filterPlan,
  renamePlan,
  selectPlan,
  withColumnsPlan,
} from './project-verbs.ts'
import type { QueryProfile } from './query-profile.ts'
import { replacePlan } from './replace-verb.ts'
import { requireColumns } from './require-schema.ts'
import { describePlan, pivotPlan, unpivotPlan } from './reshape-verbs.ts'
import { rollingPlan, rollingRows } from './rolling-verb.ts'
import { aggPlan, distinctPlan, samplePlan, sortPlan, unionPlan } from './row-verbs.ts'
import { selectLikePlan } from './select-like.ts'
import { setPlan, unionByNamePlan } from './set-verbs.ts'
import { randomSplitPlans, sampleByPlan } from './split-verbs.ts'
import { fillGapsPlan, windowedRows } from './time-verbs.ts'
import type { Untyped } from './type-tag.ts'

/** The verbs that are a function of the plan and what they are given. */
const PLAN_VERBS = {
  filter: filterPlan,
  withColumns: withColumnsPlan,
  rename: renamePlan,
  sample: samplePlan,
  describe: describePlan,
  pivot: pivotPlan,
  unpivot: unpivotPlan,
  replace: replacePlan,
  fillGaps: fillGapsPlan,
  fillNull: fillNullPlan,
  selectLike: selectLikePlan,
  sampleBy: sampleByPlan,
  explode: explodePlan,
  flatten: flattenPlan,
} satisfies Partial<Record<keyof AnyFrame, (plan: LogicalPlan, ...args: never[]) => LogicalPlan>>

// The members that the prototype gets from `PLAN_VERBS`.
export interface LazyFrame extends Pick<AnyFrame, keyof typeof PLAN_VERBS> {}

/** The frame behind `DataFrame`: a state, verbs that make a new one, and actions that run it. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block below defines them
export class LazyFrame implements AnyFrame {
  readonly #state: FrameState | null

  static {
    for (const [name, verb] of Object.entries(PLAN_VERBS)) {
      const step = verb as (plan: LogicalPlan, ...args: unknown[]) => LogicalPlan
      const value = function call(this: LazyFrame, ...args: unknown[]): AnyFrame {
        return this.#with((plan) => step(plan, ...args))
      }
      // As methods that a class declares are.
      const property = { value, configurable: true, writable: true }
      Object.defineProperty(LazyFrame.prototype, name, property)
    }
  }

  /** @param state Null only for subclasses that have a state of their own. */
  constructor(state: FrameState | null) {
    this.#state = state
  }

  get [frameState](): FrameState {
    return this.#state!
  }

  get schema(): { readonly fields: readonly FieldInfo[] } {
    const fields = this[frameState].plan.schema.fields.map(({ name, type, nullable }) =>
      Object.freeze({ name, type: typeText(type), nullable }),
    )
    return Object.freeze({ fields: Object.freeze(fields) })
  }

  #with(step: (plan: LogicalPlan) => LogicalPlan): AnyFrame {
    const state = this[frameState]
    return new LazyFrame({ ...state, plan: step(state.plan) })
  }

  #beside(
    other: unknown,
    verb: string,
    step: (left: LogicalPlan, right: LogicalPlan) => LogicalPlan,
  ): AnyFrame {
    const left = this[frameState]
    const right = stateOf(other, verb)
    return new LazyFrame(combined(step(left.plan, right.plan), left, right))
  }

  select(...args: readonly unknown[]): AnyFrame {
    return this.#with((plan) => selectPlan(plan, args))
  }

  assertSchema(columns: SchemaValue): AnyFrame {
    const expected = schema(fieldsOf(columns, 'assertSchema'))
    requireColumns('assertSchema: the frame', this[frameState].plan.schema, expected)
    return this
  }

  drop(...names: readonly unknown[]): AnyFrame {
    return this.#with((plan) => dropPlan(plan, names))
  }

  groupBy(...names: readonly unknown[]): GroupedFrame<Untyped, string> {
    const keys = [...new Set(checkedNames(this[frameState].plan, names, 'groupBy'))]
    if (keys.length === 0) throw invalid('groupBy: name at least one column, or use agg')
    const agg = (outputs: unknown) => this.#with((plan) => aggPlan(plan, keys, outputs))
    const grouped = inspectedAs({ agg }, () => {
      const by = keys.map((key) => clip(JSON.stringify(key))).join(', ')
      return `GroupedFrame { by ${by} } of ${frameSummary('DataFrame', this[frameState])}`
    })
    return Object.freeze(grouped)
  }

  agg(outputs: unknown): AnyFrame {
    return this.#with((plan) => aggPlan(plan, [], outputs))
  }

  join(right: unknown, options: unknown): AnyFrame {
    return this.#beside(right, 'join', (left, other) => joinPlan(left, other, options))
  }

  sort(...keys: readonly unknown[]): AnyFrame {
    return this.#with((plan) => sortPlan(plan, keys))
  }

  limit(count: number, offset = 0): AnyFrame {
    return this.#with((plan) => limit(plan, { count, offset }))
  }

  distinct(...names: readonly unknown[]): AnyFrame {
    return this.#with((plan) => distinctPlan(plan, names))
  }

  union(other: unknown): AnyFrame {
    return this.#beside(other, 'union', unionPlan)
  }

  unionByName(other: unknown): AnyFrame {
    return this.#beside(other, 'unionByName', unionByNamePlan)
  }

  intersect(other: unknown, options?: unknown): AnyFrame {
    return this.#beside(other, 'intersect', (...sides) => setPlan('intersect', sides, options))
  }

  except(other: unknown, options?: unknown): AnyFrame {
    return this.#beside(other, 'except', (...sides) => setPlan('except', sides, options))
  }

  joinWhere(right: unknown, predicate: unknown, options: unknown = {}): AnyFrame {
    return this.#beside(right, 'joinWhere', (left, other) =>
      joinWherePlan(left, other, predicate, options),
    )
  }

  joinAsof(right: unknown, options: unknown): AnyFrame {
    return this.#beside(right, 'joinAsof', (left, other) => joinAsofPlan(left, other, options))
  }

  rollup(...names: readonly unknown[]): GroupingSets<Untyped, string> {
    return this.#inSets(rollupSets(checkedNames(this[frameState].plan, names, 'rollup')))
  }

  cube(...names: readonly unknown[]): GroupingSets<Untyped, string> {
    return this.#inSets(cubeSets(checkedNames(this[frameState].plan, names, 'cube')))
  }

  groupingSets(sets: unknown): GroupingSets<Untyped, string> {
    return this.#inSets(checkedSets(this[frameState].plan, sets))
  }

  #inSets(sets: readonly (readonly string[])[]): GroupingSets<Untyped, string> {
    return Object.freeze({
      agg: (outputs: unknown) => this.#with((plan) => groupingSetsPlan(plan, sets, outputs)),
    })
  }

  randomSplit(weights: unknown, options: unknown = {}): Untyped {
    const state = this[frameState]
    return randomSplitPlans(state.plan, weights, options).map(
      (plan) => new LazyFrame({ ...state, plan }),
    )
  }

  groupByDynamic(name: unknown, options: unknown): GroupedFrame<Untyped, string> {
    const state = this[frameState]
    const { plan, keys } = windowedRows(state.plan, name, options)
    const agg = (outputs: unknown) =>
      new LazyFrame({ ...state, plan: aggPlan(plan, keys, outputs) })
    return Object.freeze({ agg })
  }

  rolling(name: unknown, options: unknown): GroupedFrame<Untyped, string> {
    const state = this[frameState]
    const rolling = rollingRows(state.plan, name, options)
    const agg = (outputs: unknown) =>
      new LazyFrame({ ...state, plan: rollingPlan(rolling, outputs) })
    return Object.freeze({ agg })
  }

  crosstab(options: object): Untyped {
    const state = this[frameState]
    if ('values' in Object(options)) return this.#with((plan) => crosstabPlan(plan, options))
    return foundCrosstab(state, options).then((plan) => new LazyFrame({ ...state, plan }))
  }

  naturalJoin(right: unknown, options: unknown = {}): AnyFrame {
    return this.#beside(right, 'naturalJoin', (left, other) =>
      naturalJoinPlan(left, other, options),
    )
  }

  async cache(options: ActionOptions = {}): Promise<AnyFrame> {
    const state = this[frameState]
    checkOptions(options, ['signal', 'onProgress'], 'cache')
    const batches = (await allBatches(state, options)).map(ownBatch)
    const plan = values(state.plan.schema, batches, 'cache')
    return new LazyFrame({ ...state, plan, origins: new Map() })
  }

  async mapRows(
    columns: unknown,
    body: unknown,
    options: MapRowsOptions<string> = {},
  ): Promise<AnyFrame> {
    return new LazyFrame(await mapRows(this[frameState], columns, body, options))
  }

  dropNulls(...names: readonly unknown[]): AnyFrame {
    return this.#with((plan) => dropNullsPlan(plan, names))
  }

  pipe<T>(step: (frame: AnyFrame) => T): T {
    if (typeof step !== 'function') throw invalid(`pipe: expected a function, got ${typeof step}`)
    return step(this)
  }

  async collect(options: QueryOptions = {}): Promise<ArrowTable> {
    return collectFrame(this[frameState], options)
  }

  async toArray(options: RowsOptions = {}): Promise<Untyped[]> {
    return frameToArray(this[frameState], options)
  }

  batches(options: BatchesOptions = {}): AsyncGenerator<ArrowBatch, void, undefined> {
    checkBatchesOptions(options)
    return frameRecordBatches(this[frameState], options)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Untyped, void, undefined> {
    return frameRowObjects(this[frameState])
  }

  async count(options: QueryOptions = {}): Promise<number> {
    return countFrame(this[frameState], options)
  }

  async first(options: RowsOptions = {}): Promise<Untyped> {
    return firstRow(this[frameState], options)
  }

  async show(rows = 10, options: ShowOptions = {}): Promise<void> {
    print(await shownText(this[frameState], rows, options))
  }

  async glimpse(options: ShowOptions = {}): Promise<void> {
    print(await glimpsedText(this[frameState], options))
  }

  async toMarkdown(rows = 10, options: ActionOptions = {}): Promise<string> {
    return frameMarkdown(this[frameState], rows, options)
  }

  async toHTML(rows = 10, options: ActionOptions = {}): Promise<string> {
    return frameHtml(this[frameState], rows, options)
  }

  async explain(options: ExplainOptions = {}): Promise<string> {
    return explainFrame(this[frameState], options)
  }

  async toPlan(): Promise<PlanJson> {
    return exportPlan(await writtenPlan(this[frameState]))
  }

  async profile(options: ActionOptions = {}): Promise<QueryProfile> {
    const { profileFrame } = await import('./profile.ts')
    return profileFrame(this[frameState], options)
  }

  async toCSV(path: string, options: ActionOptions & CsvFormat = {}): Promise<ExportResult> {
    return frameToFile(this[frameState], path, 'csv', { ...options, where: 'toCSV' })
  }

  async toNDJSON(path: string, options: ActionOptions = {}): Promise<ExportResult> {
    return frameToFile(this[frameState], path, 'ndjson', { ...options, where: 'toNDJSON' })
  }

  async toArrowIPC(path: string, options: ActionOptions = {}): Promise<ExportResult> {
    const format = String(path).endsWith('.arrows') ? 'arrows' : 'arrow'
    return frameToFile(this[frameState], path, format, { ...options, where: 'toArrowIPC' })
  }

  async toParquet(path: string, options: ActionOptions = {}): Promise<ExportResult> {
    return frameToFile(this[frameState], path, 'parquet', { ...options, where: 'toParquet' })
  }

  async unload(folder: string, options: UnloadOptions = {}): Promise<Unloaded> {
    return frameToFolder(this[frameState], folder, options)
  }

  async write(
    table: string,
    options: WriteOptions & { readonly database?: unknown } = {},
  ): Promise<WriteResult> {
    checkOptions(options, ['mode', 'clusterBy', 'database', 'signal', 'onProgress'], 'write')
    const state = this[frameState]
    const { database, ...rest } = options
    const home = database === undefined ? state.home : homeOf(database)
    if (home === null) {
      throw invalid(`write: this frame is of no database; say write("${table}", { database: db })`)
    }
    return home.writeTable(table, state, rest)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return frameSummary('DataFrame', this[frameState])
  }

  [Symbol.for('Jupyter.display')](): Promise<Record<string, string>> {
    return notebookBundle(this[frameState])
  }

  /** Where JavaScript's operators and string templates end up. */
  [Symbol.toPrimitive](): never {
    const names = fieldNames(this[frameState].plan.schema).slice(0, 10).join(', ')
    throw invalid(`a frame (${names}) is no value: run it with collect, toArray or show first`)
  }
}
