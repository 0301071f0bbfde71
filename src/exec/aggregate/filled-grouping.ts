import type { AggregateName } from '../../plan/function.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { HeldMemory } from '../operator/held-memory.ts'
import { endBlocks, withBlocks } from '../operator/pipeline-blocks.ts'
import type { Operator } from '../operator.ts'
import { Grouping } from './grouping.ts'

/** Aggregates whose states keep nothing of a batch but what they have copied. */
const COPYING: ReadonlySet<AggregateName> = new Set<AggregateName>([
  'count',
  'countDistinct',
  'sum',
  'mean',
  'min',
  'max',
  'stddev',
  'variance',
])

/** The groups of all rows of `input`, the operator of the input of `plan`. */
export async function filledGrouping(
  plan: Aggregate,
  input: Operator,
  context: ExecContext,
  memory: HeldMemory,
): Promise<Grouping> {
  const keepsNone = plan.aggregates.every(({ aggregate }) => COPYING.has(aggregate))
  const within = keepsNone ? withBlocks(plan.input, context) : { ...context, blocks: null }
  const grouping = new Grouping(plan, within.blocks)
  try {
    for await (const batch of input.execute(within)) {
      grouping.update(batch)
      memory.set(grouping.bytes)
    }
    return grouping
  } finally {
    endBlocks(within)
  }
}
