import { type NodeMetrics, QueryMetrics } from '../exec/metrics.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import { inputsOf, type LogicalPlan } from '../plan/logical-plan.ts'
import { nodeText } from '../plan/print.ts'
import { prunedReasons } from '../plan/scan-figures.ts'
import type { ActionOptions } from './action-options.ts'
import { checkOptions } from './actions.ts'
import { bindFrame, boundBatches, isCached, partialAnswers } from './execute.ts'
import type { FrameState } from './frame-state.ts'
import { profileHtml } from './profile-html.ts'
import { profileText } from './profile-text.ts'
import type { ProfileJson, ProfilePartitions, ProfileStep, QueryProfile } from './query-profile.ts'

/** Runs a frame to its end, on one thread, and tells what each step did. */
export async function profileFrame(
  state: FrameState,
  options: ActionOptions,
): Promise<QueryProfile> {
  checkOptions(options, ['signal', 'onProgress'], 'profile')
  const bound = await bindFrame(state, { optimized: true, signal: options.signal })
  const inCache = await isCached(bound, state)
  const partial = [...(await partialAnswers(bound, state)).values()]
  const partitionsInCache = partial.reduce((sum, { cached }) => sum + cached, 0)
  const metrics = new QueryMetrics(nowMs)
  const start = nowMs()
  let rows = 0
  for await (const batch of boundBatches(bound, state, { ...options, metrics })) {
    rows += batch.length
  }
  const timeMs = nowMs() - start
  const root = stepOf(bound.plan, metrics)
  const scannedBytes = scannedBy(root)
  return new MeasuredProfile({ rows, timeMs, scannedBytes, inCache, partitionsInCache, root })
}

class MeasuredProfile implements QueryProfile {
  readonly rows: number
  readonly timeMs: number
  readonly scannedBytes: number
  readonly inCache: boolean
  readonly partitionsInCache: number
  readonly root: ProfileStep

  constructor(of: ProfileJson) {
    const { rows, timeMs, scannedBytes, inCache, partitionsInCache, root } = of
    this.rows = rows
    this.timeMs = timeMs
    this.scannedBytes = scannedBytes
    this.inCache = inCache
    this.partitionsInCache = partitionsInCache
    this.root = root
    Object.freeze(this)
  }

  text(): string {
    return profileText(this)
  }

  toJSON(): ProfileJson {
    const { rows, timeMs, scannedBytes, inCache, partitionsInCache, root } = this
    return { rows, timeMs, scannedBytes, inCache, partitionsInCache, root }
  }

  html(): string {
    return profileHtml(this)
  }
}

const NOTHING: NodeMetrics = {
  rows: 0,
  batches: 0,
  bytes: 0,
  scannedBytes: 0,
  spilledBytes: 0,
  columnsCached: 0,
  columnsDecoded: 0,
  timeMs: 0,
}

function stepOf(plan: LogicalPlan, metrics: QueryMetrics): ProfileStep {
  const inputs = inputsOf(plan).map((input) => stepOf(input, metrics))
  const of = metrics.of(plan) ?? NOTHING
  const { rows, batches, bytes, scannedBytes, spilledBytes, timeMs: totalMs } = of
  const below = inputs.reduce((sum, input) => sum + input.totalMs, 0)
  return Object.freeze({
    kind: plan.kind,
    description: nodeText(plan),
    rows,
    batches,
    bytes,
    // A step that has its inputs work ahead of it may take less than they do.
    timeMs: Math.max(0, totalMs - below),
    totalMs,
    scannedBytes,
    spilledBytes,
    partitions: partitionsOf(plan, of),
    inputs: Object.freeze(inputs),
  })
}

function partitionsOf(plan: LogicalPlan, of: NodeMetrics): ProfilePartitions | null {
  if (plan.kind !== 'scan' || plan.partitions === null) return null
  const { columnsCached, columnsDecoded } = of
  return Object.freeze({
    total: plan.partitions.all.partitions.length,
    read: plan.partitions.kept.length,
    pruned: prunedReasons(plan).map(([reason, partitions]) => ({ reason, partitions })),
    columnsCached,
    columnsDecoded,
  })
}

function scannedBy({ scannedBytes, inputs }: ProfileStep): number {
  return inputs.reduce((sum, input) => sum + scannedBy(input), scannedBytes)
}
