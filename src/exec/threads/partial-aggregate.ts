import type { Batch } from '../../arrow/batch.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { physicalPlan } from '../physical-planner.ts'
import { type SplitAggregate, splitAggregate } from './split-aggregate.ts'

/** What a thread needs to take part in an aggregate: plain data, but for the shared counter. */
export interface PartialTask {
  readonly plan: Aggregate
  readonly storeUrl: string
  readonly batchRowsMax: number
  /** `[0]`: how many partitions have been taken; `[1]`: not 0 when the others shall stop. */
  readonly taken: Int32Array
}

/** What came of one partition: the `index`th of those that are kept. */
export interface PartialResult {
  readonly index: number
  readonly batches: readonly Batch[]
  readonly rows: number
  readonly bytes: number
}

/** Takes partitions until none is left, and tells what came of each. */
export async function aggregatePartitions(
  { plan, taken }: Pick<PartialTask, 'plan' | 'taken'>,
  context: ExecContext,
  tell: (result: PartialResult) => void,
): Promise<void> {
  const split = splitAggregate(plan)
  const kept = split?.scan.partitions?.kept
  if (split === null || kept === undefined) {
    throw new Error('an aggregate that cannot be split was given to a thread')
  }
  while (Atomics.load(taken, 1) === 0) {
    const index = Atomics.add(taken, 0, 1)
    if (index >= kept.length) return
    tell(await aggregatePartition(split, index, context))
  }
}

/** What comes of the `index`th of the partitions that are kept. */
export async function aggregatePartition(
  split: SplitAggregate,
  index: number,
  context: ExecContext,
): Promise<PartialResult> {
  let rows = 0
  let bytes = 0
  const onScanned = (rowsMore: number, bytesMore: number) => {
    rows += rowsMore
    bytes += bytesMore
  }
  const batches: Batch[] = []
  const operator = physicalPlan(split.partial(split.scan.partitions!.kept[index]!))
  for await (const batch of operator.execute({ ...context, onScanned })) batches.push(batch)
  return { index, batches, rows, bytes }
}
