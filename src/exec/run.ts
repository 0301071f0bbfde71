import type { Batch } from '../arrow/batch.ts'
import { invalid, throwIfAborted } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { inputsOf, type LogicalPlan } from '../plan/logical-plan.ts'
import type { ExecContext } from './context.ts'
import { knownOperators } from './known-operators.ts'
import { MemoryBudget } from './memory-budget.ts'
import type { QueryMetrics } from './metrics.ts'
import { physicalPlan } from './physical-planner.ts'
import type { QueryCache } from './query-cache.ts'
import { partitionedOperators } from './threads/partitioned-operators.ts'

export interface ExecOptions {
  readonly signal?: AbortSignal | undefined
  /** Rows of the largest batch, 1 and up; 65,536 unless told. */
  readonly batchRowsMax?: number | undefined
  /** Bytes that operators may hold together; no limit unless told. */
  readonly memoryLimit?: number | undefined
  /** An existing folder for what does not fit; the system's own temporary one unless told. */
  readonly spillFolder?: string | undefined
  /** Threads, this one included; 1 unless told. */
  readonly threads?: number | undefined
  /** For tests: bytes from which a scan is given to several threads. */
  readonly bytesPerThreadMin?: number | undefined
  /** For tests: `off` reads all that the plan says; `on` unless told. */
  readonly runTimePruning?: 'on' | 'off' | undefined
  /** Stores by URL, one for each scanned table. */
  readonly stores?: ReadonlyMap<string, ObjectStore> | undefined
  /** What queries before have left; none unless told. */
  readonly cache?: QueryCache | null | undefined
  readonly onScanned?: ExecContext['onScanned'] | undefined
}

/** Batches are made smaller for a limit of which one of so wide rows would take a large part. */
const ROW_BYTES = 2048
const LEAST_ROWS = 64

/** A context for one run. Throws INVALID for a batch size or memory limit that cannot be. */
export function execContext(options: ExecOptions = {}): ExecContext {
  const { batchRowsMax = 65_536, memoryLimit = Number.POSITIVE_INFINITY } = options
  if (!Number.isInteger(batchRowsMax) || batchRowsMax < 1 || batchRowsMax > 2 ** 24) {
    throw invalid(`batchRowsMax must be a whole number from 1 to 2^24, got ${batchRowsMax}`)
  }
  if (!(memoryLimit >= 0)) {
    throw invalid(`memoryLimit must be a number of bytes, got ${memoryLimit}`)
  }
  const rowsWithin = Math.max(LEAST_ROWS, Math.floor(memoryLimit / ROW_BYTES))
  const rowsMax = Math.min(batchRowsMax, rowsWithin)
  return {
    signal: options.signal,
    batchRowsMax: rowsMax,
    runRowsMax: rowsMax,
    memory: new MemoryBudget(memoryLimit),
    memoryShare: memoryLimit,
    spillFolder: options.spillFolder,
    threads: options.threads ?? 1,
    bytesPerThreadMin: options.bytesPerThreadMin,
    runTimePruning: options.runTimePruning ?? 'on',
    stores: options.stores ?? new Map(),
    onScanned: options.onScanned ?? (() => {}),
    cache: options.cache ?? null,
    blocks: null,
    bound: null,
    rows: null,
    onSpilled: () => {},
    onColumn: () => {},
  }
}

export interface RunOptions {
  /** Where to write down what each node does; nothing is measured without it. */
  readonly metrics?: QueryMetrics | undefined
}

/**
 * The rows of `plan`, whose scans know their partitions. Nothing is read before the first batch is
 * asked for, and ending the iteration early closes every file.
 *
 * Throws what the plan's functions throw (INVALID), LIMIT when the memory budget is too small,
 * DATA and UNAVAILABLE from storage, ABORTED when the context's signal fires.
 */
export async function* run(
  plan: LogicalPlan,
  context: ExecContext,
  options: RunOptions = {},
): AsyncGenerator<Batch, void, undefined> {
  const { metrics } = options
  // What is measured runs on one thread, so that the figures of its nodes add up.
  const instead =
    metrics === undefined
      ? partitionedOperators(plan, context, knownOperators(plan, context))
      : () => null
  const root = physicalPlan(
    plan,
    (operator, node) => metrics?.measured(operator, node) ?? operator,
    instead,
  )
  throwIfAborted(context.signal)
  const { memoryShare } = context
  const shared = { ...context, memoryShare: memoryShare / Math.max(1, holdersIn(plan)) }
  for await (const batch of root.execute(shared)) {
    yield batch
    throwIfAborted(context.signal)
  }
}

/** How many nodes of `plan` may hold rows at the same time. */
function holdersIn(plan: LogicalPlan): number {
  const holds = HOLDERS.has(plan.kind) ? 1 : 0
  return inputsOf(plan).reduce((sum, input) => sum + holdersIn(input), holds)
}

const HOLDERS = new Set<LogicalPlan['kind']>([
  'aggregate',
  'join',
  'sort',
  'top-k',
  'window',
  'sample',
])
