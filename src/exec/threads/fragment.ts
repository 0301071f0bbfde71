import type { Batch } from '../../arrow/batch.ts'
import { ownBatch } from '../../arrow/own-vector.ts'
import { type LogicalPlan, withScan } from '../../plan/logical-plan.ts'
import { mapScan } from '../../plan/pipeline-scan.ts'
import { scanFigures } from '../../plan/scan-figures.ts'
import { filledGrouping } from '../aggregate/filled-grouping.ts'
import type { GroupParts } from '../aggregate/grouping.ts'
import type { ExecContext } from '../context.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import { endBlocks, withBlocks } from '../operator/pipeline-blocks.ts'
import { physicalPlan } from '../physical-planner.ts'
import type { Slice } from './slices.ts'

/** Part of a plan over one scan that may be run for each partition alone. */
export interface Fragment {
  /** One input each down to the scan: filters and projections, on top perhaps more. */
  readonly plan: LogicalPlan
  /** Groups: the topmost node is an aggregate, of which unfinished groups are wanted, not rows. */
  readonly gives: 'rows' | 'groups'
}

/** What came of one partition. */
export interface FragmentResult {
  /** In buffers of their own. */
  readonly batches: readonly Batch[]
  /** Null for a fragment that gives rows. */
  readonly groups: GroupParts | null
}

/** `plan` over the partition `id` alone. */
export function overPartition(plan: LogicalPlan, id: number): LogicalPlan {
  return mapScan(plan, (scan) => {
    if (scan.partitions === null) throw new Error(`scan of "${scan.table.name}" is not bound`)
    return withScan(scan, { partitions: { ...scan.partitions, kept: [id] } })
  })
}

/** `plan` with no more said of partitions and columns than running it takes. */
export function trimmed(plan: LogicalPlan): LogicalPlan {
  return mapScan(plan, (scan) => {
    if (scan.partitions === null) return scan
    const { all, kept } = scan.partitions
    const ids = new Set(kept)
    const names = new Set(scanFigures(scan).columnsRead)
    const statistics = new Map<number, Map<number, never>>()
    for (const { id, name } of scan.table.columns) {
      const known = all.statistics.get(id)
      if (!names.has(name) || known === undefined) continue
      const entries = [...known].filter(([partitionId]) => ids.has(partitionId))
      statistics.set(id, new Map(entries) as Map<number, never>)
    }
    const partitions = all.partitions.filter(({ id }) => ids.has(id))
    return withScan(scan, {
      partitions: { all: { partitions, statistics }, kept, pruned: new Map() },
    })
  })
}

/** Runs `fragment` over `slice` alone. */
export async function runFragment(
  fragment: Fragment,
  { id, rows }: Slice,
  within: ExecContext,
): Promise<FragmentResult> {
  const plan = overPartition(fragment.plan, id)
  const context = { ...within, rows }
  if (fragment.gives === 'rows') return { batches: await ownRows(plan, context), groups: null }
  if (plan.kind !== 'aggregate') throw new Error(`a ${plan.kind} has no groups`)
  const memory = new HeldMemory(context, 'aggregate')
  try {
    const grouping = await filledGrouping(plan, physicalPlan(plan.input), context, memory)
    return { batches: [], groups: grouping.parts() }
  } finally {
    memory.release()
  }
}

async function ownRows(plan: LogicalPlan, context: ExecContext): Promise<Batch[]> {
  const batches: Batch[] = []
  const within = withBlocks(plan, context, context.batchRowsMax)
  try {
    for await (const batch of physicalPlan(plan).execute(within)) batches.push(ownBatch(batch))
  } finally {
    endBlocks(within)
  }
  return batches
}
