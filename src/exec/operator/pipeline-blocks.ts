import { BLOCK_ROWS_MAX, freeBlocks, takeBlocks } from '../../kernel/wasm/blocks.ts'
import type { LogicalPlan } from '../../plan/logical-plan.ts'
import { pipelineScan } from '../../plan/pipeline-scan.ts'
import type { ExecContext } from '../context.ts'

/**
 * `context` with blocks for the batches of `plan`, if that is a pipeline over a scan: each of them is void
 * then when the next one is asked for. Without where there are none, or decoded columns are kept. Call
 * `endBlocks` with it.
 *
 * @param rowsMax Of a batch: few where much is computed of each, so that it stays in the processor's cache.
 */
export function withBlocks(
  plan: LogicalPlan,
  context: ExecContext,
  rowsMax: number = BLOCK_ROWS_MAX,
): ExecContext {
  const isKept = (context.cache?.columns ?? null) !== null
  const blocks = isKept || pipelineScan(plan) === null ? null : takeBlocks()
  if (blocks === null) return { ...context, blocks: null }
  return { ...context, blocks, batchRowsMax: Math.min(context.batchRowsMax, rowsMax) }
}

/** Gives the blocks back; nobody may look at a batch of theirs any more. */
export function endBlocks({ blocks }: ExecContext): void {
  freeBlocks(blocks)
}
