import { type Batch, takeBatch } from '../../arrow/batch.ts'
import { ownBatch } from '../../arrow/own-vector.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { sortRows } from '../../kernel/sort.ts'
import { rowsBefore } from '../../kernel/sort-threshold.ts'
import type { TopK } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { LiveBound } from '../live-bound.ts'
import type { Operator } from '../operator.ts'
import { BatchCollector } from './batch-collector.ts'
import { HeldMemory } from './held-memory.ts'
import { LimitOperator } from './limit.ts'
import { endBlocks, withBlocks } from './pipeline-blocks.ts'
import { slicesOf } from './slices.ts'
import { SortOperator } from './sort.ts'
import { sortColumns } from './sort-keys.ts'

/** Candidates that are kept at least before they are sorted out. */
const CANDIDATES_MIN = 1024

/**
 * Yields what a sort and a limit would, but keeps only rows that can still be among them: every
 * now and then the candidates are sorted, and the last one that counts is the bar for new rows. So
 * many that the memory limit has no room for them are sorted whole, in files.
 */
export class TopKOperator implements Operator {
  readonly name = 'top-k'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #plan: TopK

  constructor(plan: TopK, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#plan = plan
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { keys, count, offset } = this.#plan
    const wanted = count + offset
    if (count === 0) return
    if (candidateBytes(this.schema, wanted) > context.memoryShare) {
      const sorted = new SortOperator(this.#plan, this.inputs[0])
      yield* new LimitOperator({ schema: this.schema, count, offset }, sorted).execute(context)
      return
    }
    const memory = new HeldMemory(context, 'top-k')
    const within = withBlocks(this.#plan.input, context)
    const kept = within.blocks === null ? (batch: Batch) => batch : ownBatch
    try {
      const collector = new BatchCollector(this.schema, memory)
      const passing = new Uint32Array(within.batchRowsMax)
      const enough = Math.max(2 * wanted, CANDIDATES_MIN)
      let bar: Vector | null = null
      const bound = context.runTimePruning === 'off' ? null : LiveBound.of(this.#plan)
      for await (const batch of this.inputs[0].execute({ ...within, bound })) {
        // Until there is a bar, a few rows give one that most others do not pass.
        for (const part of bar === null ? slicesOf(batch, enough) : [batch]) {
          const found: number = bar === null ? -1 : this.#passing(part, bar, passing)
          if (found === 0) continue
          const all = found < 0 || found === part.length
          collector.add(kept(all ? part : takeBatch(part, passing, found)))
          if (collector.rows < enough) continue
          const best = this.#best(collector, wanted)
          if (best.length < wanted) continue
          bar = sortColumns(keys.slice(0, 1), best)[0]!.vector
          bound?.raise(bar, wanted - 1)
        }
      }
      if (collector.rows <= offset) return
      const best = this.#best(collector, wanted)
      const window = Uint32Array.from({ length: best.length - offset }, (_, row) => row + offset)
      yield* slicesOf(takeBatch(best, window, window.length), context.batchRowsMax)
    } finally {
      endBlocks(within)
      memory.release()
    }
  }

  /** Rows of `batch` that may come before the last row of `bar`; -1: look at all. */
  #passing(batch: Batch, bar: Vector, out: Uint32Array): number {
    const { keys } = this.#plan
    const first = sortColumns(keys.slice(0, 1), batch)[0]
    if (first === undefined) return 0
    return rowsBefore(first, bar, bar.length - 1, keys.length > 1 ? 'keep' : 'drop', out)
  }

  /** The first `wanted` candidates in order; the others are let go. */
  #best(collector: BatchCollector, wanted: number): Batch {
    const all = collector.all()!
    const rows = sortRows(sortColumns(this.#plan.keys, all), all.length)
    const best = takeBatch(all, rows, Math.min(wanted, rows.length))
    collector.replace(best)
    return best
  }
}

/** What the candidates may take, at a guess of 64 bytes a value: twice, since they are copied. */
export function candidateBytes({ fields }: Schema, wanted: number): number {
  return 2 * 64 * Math.max(2 * wanted, CANDIDATES_MIN) * (fields.length + 1)
}
