import { type Batch, batchBytes } from '../arrow/batch.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import type { ExecContext } from './context.ts'
import type { Operator } from './operator.ts'

/** What one node of a plan has done so far. Figures of inputs are included in `timeMs` only. */
export interface NodeMetrics {
  /** Rows yielded. */
  rows: number
  batches: number
  /** Bytes of the batches yielded. */
  bytes: number
  /** Bytes that a scan took from its store; 0 for other nodes. */
  scannedBytes: number
  /** Bytes that it wrote to temporary files because of the memory limit. */
  spilledBytes: number
  /** Columns of partitions that a scan took from the cache, and those it decoded while there is one. */
  columnsCached: number
  columnsDecoded: number
  /** Time from asking for a batch to having it, in milliseconds, inputs included. */
  timeMs: number
}

/** Collects the metrics of one run. A node that stands twice in a plan has one sum. */
export class QueryMetrics {
  readonly #clock: () => number
  readonly #nodes = new Map<LogicalPlan, NodeMetrics>()

  /** @param clock Milliseconds that never go back, e.g. `performance.now`. */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The figures of `plan`, a node of the plan that was run; undefined before it was asked. */
  of(plan: LogicalPlan): Readonly<NodeMetrics> | undefined {
    return this.#nodes.get(plan)
  }

  /** `operator`, with what it does for `plan` written down. */
  measured(operator: Operator, plan: LogicalPlan): Operator {
    const found = this.#nodes.get(plan)
    const metrics = found ?? {
      rows: 0,
      batches: 0,
      bytes: 0,
      scannedBytes: 0,
      spilledBytes: 0,
      columnsCached: 0,
      columnsDecoded: 0,
      timeMs: 0,
    }
    this.#nodes.set(plan, metrics)
    const { name, schema, inputs } = operator
    const execute = (context: ExecContext) => measure(operator, context, metrics, this.#clock)
    return { name, schema, inputs, execute }
  }
}

async function* measure(
  operator: Operator,
  context: ExecContext,
  metrics: NodeMetrics,
  clock: () => number,
): AsyncGenerator<Batch, void, undefined> {
  const onScanned = (rows: number, bytes: number, partitions: number) => {
    if (operator.name === 'scan') metrics.scannedBytes += bytes
    context.onScanned(rows, bytes, partitions)
  }
  // An input's own wrapper has its own, so that none is counted twice.
  const onSpilled = (bytes: number) => {
    metrics.spilledBytes += bytes
  }
  const onColumn = (column: 'cached' | 'decoded') => {
    if (column === 'cached') metrics.columnsCached += 1
    else metrics.columnsDecoded += 1
  }
  const batches = operator.execute({ ...context, onScanned, onSpilled, onColumn })
  try {
    for (;;) {
      const start = clock()
      const { done, value } = await batches.next()
      metrics.timeMs += clock() - start
      if (done === true) return
      metrics.rows += value.length
      metrics.batches += 1
      metrics.bytes += batchBytes(value)
      yield value
    }
  } finally {
    await batches.return()
  }
}
