import { type Batch, batch, batchBytes, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { SpillFile, SpillWriter } from '../../io/spill-folder.ts'
import type { Join } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { SpillSpace } from '../spill/spill-space.ts'
import { BatchCollector } from './batch-collector.ts'
import { BatchMerger } from './batch-merger.ts'
import { HeldMemory } from './held-memory.ts'
import { JoinOutput } from './join-output.ts'
import { Pacer } from './pacer.ts'

/** Yields every left row with every right row, in the order of the left input, then the right. */
export class CrossJoinOperator implements Operator {
  readonly name = 'join'
  readonly inputs: readonly [Operator, Operator]
  readonly schema: Schema

  constructor(plan: Join, left: Operator, right: Operator) {
    this.inputs = [left, right]
    this.schema = plan.schema
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const memory = new HeldMemory(context, 'join')
    const space = new SpillSpace(context)
    const pacer = new Pacer(context)
    let writer: SpillWriter | null = null
    try {
      const collector = new BatchCollector(this.inputs[1].schema)
      for await (const batch of this.inputs[1].execute(context)) {
        if (writer === null) {
          const fits = memory.fit(2 * (collector.bytes + batchBytes(batch)))
          if (fits || collector.rows === 0) collector.add(batch)
          else writer = space.writer(this.inputs[1].schema)
          if (fits || writer === null) continue
          for (const held of collector.drain()) space.append(writer, held)
          memory.hold(0)
        }
        space.append(writer, batch)
      }
      if (writer !== null) {
        yield* this.#overFile(writer.finish(), context)
        return
      }
      const right = collector.all()
      if (right === null) return
      memory.hold(collector.bytes)
      const output = new JoinOutput(this.schema, right, context.batchRowsMax)
      for await (const left of this.inputs[0].execute(context)) {
        const pairs = left.length * right.length
        for (let from = 0; from < pairs; from += context.batchRowsMax) {
          const count = Math.min(context.batchRowsMax, pairs - from)
          fillPairs(output, from, count, right.length)
          await pacer.step(count * this.schema.fields.length)
          yield output.pairs(left, count)
        }
      }
    } finally {
      space.remove()
      memory.release()
    }
  }

  /** The file is read once for each left row, which is no more than what is given for it. */
  async *#overFile(right: SpillFile, context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const pacer = new Pacer(context)
    const merger = new BatchMerger(this.schema, context.batchRowsMax)
    for await (const left of this.inputs[0].execute(context)) {
      for (let row = 0; row < left.length; row++) {
        for (const block of right.batches()) {
          const rows = new Uint32Array(block.length).fill(row)
          const columns = [...takeBatch(left, rows, block.length).columns, ...block.columns]
          await pacer.step(block.length * this.schema.fields.length)
          yield* merger.push(batch(this.schema, columns, block.length))
        }
      }
    }
    yield* merger.flush()
  }
}

/** Writes pairs `from` to `from + count` of all, the right row changing fastest. */
function fillPairs(output: JoinOutput, from: number, count: number, rightLength: number): void {
  const { leftRows, rightRows } = output
  let left = Math.floor(from / rightLength)
  let right = from % rightLength
  for (let i = 0; i < count; i++) {
    leftRows[i] = left
    rightRows[i] = right
    right += 1
    if (right === rightLength) {
      right = 0
      left += 1
    }
  }
}
