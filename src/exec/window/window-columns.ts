import { type Batch, batch } from '../../arrow/batch.ts'
import { take, type Vector } from '../../arrow/vector.ts'
import type { SortColumn } from '../../kernel/sort.ts'
import type { WindowExpr } from '../../plan/expr.ts'
import type { Window } from '../../plan/logical-plan.ts'
import { isAggregateName } from '../../plan/window-expr.ts'
import { aggregateState } from '../aggregate/aggregates.ts'
import { evaluate } from '../evaluate.ts'
import { sortColumns } from '../operator/sort-keys.ts'
import { frameAggregate } from './frame-aggregates.ts'
import { type FrameBounds, frameBounds } from './frame-bounds.ts'
import { shiftedValues } from './pick-functions.ts'
import { rankValues } from './rank-functions.ts'
import { runIds } from './run-ids.ts'
import { type WindowOrder, windowOrder } from './window-order.ts'

/** The rows of `input` with the outputs of `plan` beside them, in the order of the input. */
export function windowColumns(plan: Window, input: Batch): Batch {
  const { length } = input
  const keys = sortColumns(plan.orderBy, input)
  const order = windowOrder(
    plan.partitionBy.map((expr) => evaluate(expr, input)),
    keys,
    length,
  )
  const places = new Uint32Array(length)
  for (let i = 0; i < length; i++) places[order.rows[i]!] = i
  const bounds = new Map<string, FrameBounds>()
  const outputs = plan.outputs.map((output) => {
    const vectors = output.inputs.map((expr) => take(evaluate(expr, input), order.rows, length))
    return take(outputOf(output, vectors, { order, keys, bounds }), places, length)
  })
  return batch(plan.schema, [...input.columns, ...outputs], length)
}

interface Ordered {
  readonly order: WindowOrder
  /** The order keys by row. */
  readonly keys: readonly SortColumn[]
  /** Frames that have been computed, by their text. */
  readonly bounds: Map<string, FrameBounds>
}

function outputOf(output: WindowExpr, vectors: readonly Vector[], ordered: Ordered): Vector {
  const { order } = ordered
  const { function: name, frame, count } = output
  if (name === 'lag' || name === 'lead') {
    return shiftedValues(output, order, vectors[0]!, vectors[1])
  }
  if (name === 'runId') return runIds(order, vectors[0]!)
  if (frame === null) {
    if (name === 'nth' || isAggregateName(name)) throw new Error(`${name} without a frame`)
    return rankValues(name, order, count)
  }
  const isWhole = frame.from === -Infinity && frame.to === Infinity
  if (isWhole && isAggregateName(name) && !output.ignoreNulls) {
    return wholePartitions(output, order, vectors)
  }
  return frameAggregate(output, boundsOf(output, ordered), vectors)
}

/** An aggregate of each partition, computed just as groups are. */
function wholePartitions(
  output: WindowExpr,
  order: WindowOrder,
  [vector, ...others]: readonly Vector[],
): Vector {
  const { name, type, nullable, options } = output
  const [input = null, ...more] = output.inputs
  if (!isAggregateName(output.function)) throw new Error(`${output.function} is no aggregate`)
  const state = aggregateState({
    name,
    aggregate: output.function,
    input,
    more,
    ...(options && { options }),
    type,
    nullable,
  })
  state.update(order.partition, vector ?? null, order.length, order.partitions, others)
  return take(state.finish(order.partitions), order.partition, order.length)
}

function boundsOf({ frame }: WindowExpr, { order, keys, bounds }: Ordered): FrameBounds {
  const text = `${frame!.unit} ${frame!.from} ${frame!.to}`
  const known = bounds.get(text)
  if (known !== undefined) return known
  const [key] = keys
  const single = keys.length === 1 && key !== undefined
  const byPlace = single ? { ...key, vector: take(key.vector, order.rows, order.length) } : null
  const found = frameBounds(order, frame!, byPlace)
  bounds.set(text, found)
  return found
}
