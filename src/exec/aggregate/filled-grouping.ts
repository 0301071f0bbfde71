import { BLOCK_ROWS_MAX, type Blocks, freeBlocks, takeBlocks } from '../../kernel/wasm/blocks.ts'
import type { AggregateName } from '../../plan/function.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import { pipelineScan } from '../../plan/pipeline-scan.ts'
import type { ExecContext } from '../context.ts'
import type { HeldMemory } from '../operator/held-memory.ts'
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
  const blocks = blocksFor(plan, context)
  const batchRowsMax = Math.min(context.batchRowsMax, BLOCK_ROWS_MAX)
  const within = blocks === null ? context : { ...context, blocks, batchRowsMax }
  const grouping = new Grouping(plan, blocks)
  try {
    for await (const batch of input.execute(within)) {
      grouping.update(batch)
      memory.set(grouping.bytes)
    }
    return grouping
  } finally {
    freeBlocks(blocks)
  }
}

/** Blocks for the batches of a pipeline over a scan, if nobody keeps any of them. */
function blocksFor({ input, aggregates }: Aggregate, { cache }: ExecContext): Blocks | null {
  const columns = cache?.columns ?? null
  if (columns !== null || pipelineScan(input) === null) return null
  return aggregates.every(({ aggregate }) => COPYING.has(aggregate)) ? takeBlocks() : null
}
