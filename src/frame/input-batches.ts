import type { Batch } from '../arrow/batch.ts'
import { batchesFrom, type InMemoryData } from '../arrow/batches-from.ts'
import { fromArrowTable } from '../arrow/interop.ts'
import type { Schema } from '../arrow/schema.ts'
import { invalid } from '../error.ts'
import { execContext, run } from '../exec/run.ts'
import { values } from '../plan/logical-plan.ts'
import { alignedPlan } from './aligned-plan.ts'

/**
 * What a user gave as rows, columns or an Arrow table, as batches of `schema`. Throws INVALID for
 * anything else, and naming column, row and value.
 */
export function inputBatches(
  data: unknown,
  schema: Schema,
  options: {
    readonly where: string
    readonly signal: AbortSignal | undefined
    readonly memoryBytesMax: number
  },
): Iterable<Batch> | AsyncIterable<Batch> {
  const { where, signal, memoryBytesMax: memoryLimit } = options
  if (typeof data !== 'object' || data === null) {
    throw invalid(`${where}: expected rows, columns or an Arrow table, got ${typeof data}`)
  }
  if (!isArrow(data)) return batchesFrom(data as InMemoryData, schema).batches
  const found = fromArrowTable(data)
  const plan = alignedPlan(values(found.schema, found.batches, 'arrow'), schema, where)
  return run(plan, execContext({ signal, memoryLimit }))
}

/** Whether `data` is an Arrow table, of whatever copy of the library. */
export function isArrow(data: object): data is Parameters<typeof fromArrowTable>[0] {
  const { getChildAt, schema } = data as { getChildAt?: unknown; schema?: unknown }
  return !Array.isArray(data) && typeof getChildAt === 'function' && typeof schema === 'object'
}
