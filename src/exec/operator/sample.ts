import { type Batch, batch, takeBatch } from '../../arrow/batch.ts'
import { float64 } from '../../arrow/data-type.ts'
import { field, type Schema, schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { chanceOfRow } from '../../kernel/chance-of-row.ts'
import { sortRows } from '../../kernel/sort.ts'
import type { Sample, Share } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { BatchCollector } from './batch-collector.ts'
import { BatchMerger } from './batch-merger.ts'
import { HeldMemory } from './held-memory.ts'
import { slicesOf } from './slices.ts'

const PRUNE_ROWS_MIN = 1024

/** Keeps some of its input's rows, chosen by their number and the seed, in their order. */
export class SampleOperator implements Operator {
  readonly name = 'sample'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #plan: Sample

  constructor(plan: Sample, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#plan = plan
  }

  execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { size } = this.#plan
    return 'rows' in size ? this.#few(size.rows, context) : this.#share(size, context)
  }

  async *#share({ from, to }: Share, context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const merger = new BatchMerger(this.schema, context.batchRowsMax)
    let number = 0
    for await (const input of this.inputs[0].execute(context)) {
      const rows = new Uint32Array(input.length)
      let count = 0
      for (let row = 0; row < input.length; row++) {
        const chance = chanceOfRow(number + row, this.#plan.seed)
        if (chance >= from && chance < to) rows[count++] = row
      }
      number += input.length
      if (count > 0) yield* merger.push(takeBatch(input, rows, count))
    }
    yield* merger.flush()
  }

  /** The rows of the least chances; what cannot be among them is let go of as it comes. */
  async *#few(count: number, context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    if (count === 0) return
    const memory = new HeldMemory(context, 'sample')
    try {
      const of = schema([...this.schema.fields, field(freeName(this.schema), float64, false)])
      const collector = new BatchCollector(of)
      let number = 0
      for await (const input of this.inputs[0].execute(context)) {
        collector.add(
          batch(of, [...input.columns, this.#chances(number, input.length)], input.length),
        )
        number += input.length
        if (collector.rows > Math.max(2 * count, PRUNE_ROWS_MIN)) {
          collector.replace(leastOf(collector.all()!, count))
        }
        memory.hold(2 * collector.bytes)
      }
      const all = collector.all()
      if (all === null) return
      const kept = leastOf(all, count)
      const rows = batch(this.schema, kept.columns.slice(0, -1), kept.length)
      yield* slicesOf(rows, context.batchRowsMax)
    } finally {
      memory.release()
    }
  }

  #chances(first: number, length: number): Vector {
    const values = new Float64Array(length)
    for (let i = 0; i < length; i++) values[i] = chanceOfRow(first + i, this.#plan.seed)
    return { type: float64, layout: 'f64', length, validity: null, values }
  }
}

/** The `count` rows of the least chances, in their order. */
function leastOf(all: Batch, count: number): Batch {
  if (all.length <= count) return all
  const vector = all.columns.at(-1)!
  const rows = sortRows([{ vector, descending: false, nulls: 'last' }], all.length)
  const kept = rows.slice(0, count).sort()
  return takeBatch(all, kept, count)
}

function freeName(of: Schema): string {
  let name = '_chance'
  while (of.positions.has(name)) name += '_'
  return name
}
