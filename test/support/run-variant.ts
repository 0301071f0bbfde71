import type { Batch } from '../../src/arrow/batch.ts'
import { jsReader } from '../../src/arrow/js-value.ts'
import type { PartitionSet } from '../../src/catalog/model/partition-set.ts'
import type { TableSnapshot } from '../../src/catalog/model/table.ts'
import { foldConstant } from '../../src/exec/fold-constant.ts'
import { execContext, run } from '../../src/exec/run.ts'
import { stateOf } from '../../src/frame/frame-state.ts'
import type { DataFrame } from '../../src/index.ts'
import { switchWasm } from '../../src/kernel/wasm/slots.ts'
import { bindPartitions, scansOf } from '../../src/plan/bind-partitions.ts'
import { columnsOf } from '../../src/plan/expr-walk.ts'
import type { Scan } from '../../src/plan/logical-plan.ts'
import { BOUND_RULES, optimize, optimizeBound, RULES, type Rule } from '../../src/plan/optimizer.ts'
import { printPlan } from '../../src/plan/print.ts'

/** A way to run a plan that must not change its rows. */
export interface Variant {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly boundRules: readonly Rule[]
  readonly batchRowsMax: number
  /** Threads, however few bytes there are to read; one when not given. */
  readonly threads?: number
  /** Bytes that operators may hold; no limit when not given. */
  readonly memoryLimit?: number
  /** Whether files may be decoded by WebAssembly; `on` when not given. */
  readonly wasm?: 'on' | 'off'
  /** Whether joins may be moved; `as written` when not given. */
  readonly joins?: 'ordered' | 'as written'
  /** Whether choices filter the sides of joins; `as written` when not given. */
  readonly choices?: 'for each side' | 'as written'
  /** `on` when not given. */
  readonly runTimePruning?: 'on' | 'off'
}

export const PLAIN: Variant = {
  name: 'no rules',
  rules: [],
  boundRules: [],
  batchRowsMax: 65_536,
  runTimePruning: 'off',
}

const OPTIMIZED = { ...PLAIN, runTimePruning: 'on' } as const

const ALL = { rules: RULES, boundRules: BOUND_RULES } as const

/** Every rule at once, each rule left out, and odd batch sizes. */
export const VARIANTS: readonly Variant[] = [
  { ...OPTIMIZED, name: 'all rules', rules: RULES, boundRules: BOUND_RULES },
  { ...PLAIN, name: 'all rules, no run-time pruning', rules: RULES, boundRules: BOUND_RULES },
  { ...OPTIMIZED, name: 'no rules, run-time pruning' },
  { ...PLAIN, name: 'no rules but joins in order', joins: 'ordered' },
  { ...OPTIMIZED, name: 'all rules, joins in order', ...ALL, joins: 'ordered' },
  { ...PLAIN, name: 'no rules but choices for each side', choices: 'for each side' },
  { ...OPTIMIZED, name: 'all rules, choices for each side', ...ALL, choices: 'for each side' },
  ...RULES.map((rule) => ({
    ...OPTIMIZED,
    name: `all but ${rule.name}`,
    rules: RULES.filter((other) => other !== rule),
    boundRules: BOUND_RULES,
  })),
  ...BOUND_RULES.map((rule) => ({
    ...OPTIMIZED,
    name: `all but ${rule.name}`,
    rules: RULES,
    boundRules: BOUND_RULES.filter((other) => other !== rule),
  })),
  { ...PLAIN, name: 'all rules in TypeScript', rules: RULES, boundRules: BOUND_RULES, wasm: 'off' },
  ...[1, 7, 1024].map((batchRowsMax) => ({
    ...OPTIMIZED,
    name: `all rules, batches of ${batchRowsMax}`,
    rules: RULES,
    boundRules: BOUND_RULES,
    batchRowsMax,
  })),
  ...[1, 3000, 20_000].map((memoryLimit) => ({
    ...PLAIN,
    name: `all rules, spilling what is beyond ${memoryLimit} bytes`,
    rules: RULES,
    boundRules: BOUND_RULES,
    batchRowsMax: 7,
    memoryLimit,
  })),
  ...[3000, 20_000].map((memoryLimit) => ({
    ...OPTIMIZED,
    ...ALL,
    name: `all rules, joins in order, spilling what is beyond ${memoryLimit} bytes`,
    joins: 'ordered' as const,
    batchRowsMax: 7,
    memoryLimit,
  })),
]

export interface VariantResult {
  readonly rows: unknown[][]
  readonly plan: string
  /** Rows that the scans have looked at. */
  readonly scanned: number
}

/** The rows of `frame` run as `variant` says, values in column order. */
export async function runVariant(frame: DataFrame<any>, variant: Variant): Promise<VariantResult> {
  const { plan, origins } = stateOf(frame, 'runVariant')
  const { rules, choices = 'as written' } = variant
  const logical = optimize(plan, { fold: foldConstant, rules, choices })
  const sets = new Map<Scan, PartitionSet>()
  for (const scan of scansOf(logical)) {
    const named = scan.predicate === null ? new Set<string>() : columnsOf(scan.predicate)
    const ids = scan.table.columns
      .filter((column) => scan.columns.includes(column) || named.has(column.name))
      .map(({ id }) => id)
    sets.set(scan, await originOf(origins, scan.table).catalog.partitions(scan.table, ids))
  }
  const bound = bindPartitions(logical, (scan) => sets.get(scan)!)
  const final = optimizeBound(bound, {
    rules: variant.boundRules,
    joins: variant.joins ?? 'as written',
  })
  const stores = new Map([...origins.values()].map(({ store }) => [store.url, store]))
  let scanned = 0
  const context = execContext({
    batchRowsMax: variant.batchRowsMax,
    stores,
    threads: variant.threads,
    runTimePruning: variant.runTimePruning,
    onScanned: (more) => {
      scanned += more
    },
    bytesPerThreadMin: 0,
    memoryLimit: variant.memoryLimit,
  })
  const rows: unknown[][] = []
  switchWasm(variant.wasm ?? 'on')
  try {
    for await (const batch of run(final, context)) rows.push(...batchRows(batch))
  } finally {
    switchWasm('on')
  }
  return { rows, plan: printPlan(final), scanned }
}

function originOf<T>(origins: ReadonlyMap<TableSnapshot, T>, table: TableSnapshot): T {
  const origin = origins.get(table)
  if (origin === undefined) throw new Error(`no origin for ${table.name}`)
  return origin
}

function batchRows(batch: Batch): unknown[][] {
  const readers = batch.columns.map((column) => jsReader(column))
  return Array.from({ length: batch.length }, (_, row) => readers.map((read) => read(row)))
}
