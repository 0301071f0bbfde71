import { GraupelError } from '../../error.ts'
import { startWorker, type WorkerThread } from '../../io/worker-thread.ts'
import { type Aggregate, type LogicalPlan, mapInputs, values } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import {
  aggregatePartition,
  aggregatePartitions,
  type PartialResult,
  type PartialTask,
} from './partial-aggregate.ts'
import { type SplitAggregate, splitAggregate } from './split-aggregate.ts'

/** A scan of fewer bytes is over before a thread has started. */
const BYTES_MIN = 64 << 20

/** Threads of this process, started when first needed and then kept. */
const workers = new Set<WorkerThread>()

function crew(size: number): WorkerThread[] {
  while (workers.size < size) workers.add(startWorker(workerEntry()))
  return [...workers].slice(0, size)
}

/**
 * `plan` with those aggregates computed that gain from several threads: over many bytes of a local
 * table, and splittable. Partitions are taken one at a time by whoever is free, this thread too.
 */
export async function aggregateOnThreads(
  plan: LogicalPlan,
  context: ExecContext,
): Promise<LogicalPlan> {
  if (context.threads < 2) return plan
  const found: { readonly node: Aggregate; readonly split: SplitAggregate }[] = []
  const look = (node: LogicalPlan): LogicalPlan => {
    const split = node.kind === 'aggregate' ? splitAggregate(node) : null
    if (node.kind === 'aggregate' && split !== null && isWorthwhile(split, context)) {
      found.push({ node, split })
      return node
    }
    return mapInputs(node, look)
  }
  look(plan)
  const totals = new Map<LogicalPlan, LogicalPlan>()
  for (const { node, split } of found) totals.set(node, await computed(node, split, context))
  const replace = (node: LogicalPlan): LogicalPlan => totals.get(node) ?? mapInputs(node, replace)
  return found.length === 0 ? plan : replace(plan)
}

function isWorthwhile({ scan }: SplitAggregate, { bytesPerThreadMin }: ExecContext): boolean {
  const { partitions, table, columns } = scan
  if (partitions === null || partitions.kept.length < 2) return false
  // A fragment tells apart two stores of one URL, which another thread cannot.
  if (!/^file:[^#]*$/.test(table.storeUrl)) return false
  const kept = new Set(partitions.kept)
  let bytes = 0
  for (const [columnId, of] of partitions.all.statistics) {
    if (scan.predicate === null && !columns.some(({ id }) => id === columnId)) continue
    for (const [partitionId, statistics] of of) if (kept.has(partitionId)) bytes += statistics.bytes
  }
  return bytes >= (bytesPerThreadMin ?? BYTES_MIN)
}

async function computed(
  plan: Aggregate,
  split: SplitAggregate,
  context: ExecContext,
): Promise<LogicalPlan> {
  const kept = split.scan.partitions?.kept ?? []
  const taken = new Int32Array(new SharedArrayBuffer(8))
  const results: (PartialResult | undefined)[] = kept.map(() => undefined)
  const tell = (result: unknown) => {
    const { index, rows, bytes } = result as PartialResult
    results[index] = result as PartialResult
    context.onScanned(rows, bytes)
  }
  const { storeUrl } = split.scan.table
  const task: PartialTask = { plan, storeUrl, batchRowsMax: context.batchRowsMax, taken }
  const calls = crew(Math.min(context.threads, kept.length) - 1).map((worker) =>
    worker.call(task, tell).catch((error: unknown) => {
      if (!(error instanceof GraupelError && error.code === 'UNAVAILABLE')) throw error
      workers.delete(worker) // What it had taken is done below.
    }),
  )
  try {
    await Promise.all([aggregatePartitions(task, context, tell), ...calls])
  } finally {
    Atomics.store(taken, 1, 1)
    await Promise.allSettled(calls)
  }
  for (const index of results.keys()) {
    if (results[index] === undefined) tell(await aggregatePartition(split, index, context))
  }
  const batches = results.flatMap((result) => result?.batches ?? [])
  return split.total(values(plan.schema, batches, 'partitions'))
}

/** The worker's module: beside this one as source, beside the bundle when built. */
function workerEntry(): URL {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./aggregate-worker.${suffix}`, import.meta.url)
}
