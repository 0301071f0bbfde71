import type { Batch } from '../arrow/batch.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import { invalid } from '../error.ts'
import { selectRows } from '../exec/row-change.ts'
import type { Expr } from '../plan/expr.ts'
import type { ActionOptions } from './action-options.ts'
import { alignedPlan } from './aligned-plan.ts'
import { frameBatches } from './execute.ts'
import { frameState, type QuerySettings, stateOf } from './frame-state.ts'
import { inputBatches } from './input-batches.ts'

type Batches = AsyncIterable<Batch> | Iterable<Batch>

/** Rows, columns, an Arrow table or a frame as batches of the table's columns, in order. */
export function batchesFor(
  data: unknown,
  table: TableSnapshot,
  where: string,
  options: ActionOptions & { readonly settings: QuerySettings },
): Batches {
  if (typeof data !== 'object' || data === null) {
    throw invalid(`${where}: expected rows, columns, an Arrow table or a frame, got ${typeof data}`)
  }
  const target = tableSchema(inputColumns(table))
  const { settings, ...action } = options
  if (frameState in data) {
    const state = stateOf(data, where)
    return frameBatches({ ...state, plan: alignedPlan(state.plan, target, where) }, action)
  }
  const { memoryBytesMax } = settings
  return inputBatches(data, target, { where, signal: action.signal, memoryBytesMax })
}

/** `batches`, all of whose rows `predicate` is true for; INVALID naming the first that is not. */
export async function* onlyRowsOf(predicate: Expr, batches: Batches): AsyncGenerator<Batch> {
  let before = 0
  for await (const part of batches) {
    const rows = new Uint32Array(part.length)
    const count = selectRows(predicate, part, null, part.length, rows)
    if (count < part.length) {
      const at = rows.subarray(0, count).findIndex((row, position) => row !== position)
      const row = before + (at < 0 ? count : at)
      throw invalid(`write: row ${row} is none of those that replaceWhere replaces`, { row })
    }
    before += part.length
    yield part
  }
}
