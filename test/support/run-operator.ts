import type { Batch } from '../../src/arrow/batch.ts'
import type { ExecContext } from '../../src/exec/context.ts'
import type { Operator } from '../../src/exec/operator.ts'
import { execContext } from '../../src/exec/run.ts'
import { rowsOf, type ScalarRow } from './scalar-rows.ts'

export const BATCH_SIZES = [1, 7, 1024] as const

/** Contexts in which an operator gives the same rows in the same order: the last three spill. */
export const anyContext = (): ExecContext[] => [
  ...BATCH_SIZES.map((batchRowsMax) => execContext({ batchRowsMax })),
  execContext({ batchRowsMax: 1, memoryLimit: 1 }),
  execContext({ batchRowsMax: 4, memoryLimit: 5000 }),
  execContext({ batchRowsMax: 8, memoryLimit: 20_000 }),
]

/** The rows that `operator` yields, after checking that each batch is as the contract says. */
export async function runOperator(
  operator: Operator,
  context: ExecContext = execContext(),
): Promise<ScalarRow[]> {
  const batches: Batch[] = []
  for await (const batch of operator.execute(context)) {
    if (batch.length < 1 || batch.length > context.batchRowsMax) {
      throw new Error(`a batch of ${batch.length} rows, the most is ${context.batchRowsMax}`)
    }
    if (batch.schema !== operator.schema) throw new Error('a batch of another schema')
    for (const column of batch.columns) {
      if (column.length !== batch.length) throw new Error('a column of another length')
    }
    batches.push(batch)
  }
  if (context.memory.heldBytes !== 0)
    throw new Error(`${context.memory.heldBytes} bytes still held`)
  return rowsOf(batches)
}
