import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Join } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { BatchCollector } from './batch-collector.ts'
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
    const pacer = new Pacer(context)
    try {
      const collector = new BatchCollector(this.inputs[1].schema, memory)
      for await (const batch of this.inputs[1].execute(context)) collector.add(batch)
      memory.add(collector.bytes)
      const right = collector.all()
      if (right === null) return
      memory.set(collector.bytes)
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
      memory.release()
    }
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
