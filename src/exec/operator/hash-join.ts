import { type Batch, batchBytes, takeBatch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { JoinTable } from '../../kernel/join-table.ts'
import type { Join } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Operator } from '../operator.ts'
import { buildBytes, SpillJoin } from '../spill/spill-join.ts'
import { BatchCollector } from './batch-collector.ts'
import { BatchMerger } from './batch-merger.ts'
import { HeldMemory } from './held-memory.ts'
import { emptyBatch, JoinOutput } from './join-output.ts'
import { Pacer } from './pacer.ts'

/**
 * Collects its right input in a hash table and looks every left row up. Rows come in the order of
 * the left input, those of one left row in the order of the right one; then, for right and full,
 * the right rows that nothing matched. The order is the same when the memory limit has no room for
 * the table, but then the whole left input is read before the first row comes.
 */
export class HashJoinOperator implements Operator {
  readonly name = 'join'
  readonly inputs: readonly [Operator, Operator]
  readonly schema: Schema
  readonly #plan: Join

  constructor(plan: Join, left: Operator, right: Operator) {
    this.inputs = [left, right]
    this.schema = plan.schema
    this.#plan = plan
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { how, rightKeys } = this.#plan
    const memory = new HeldMemory(context, 'join')
    let spill: SpillJoin | null = null
    try {
      const collector = new BatchCollector(this.inputs[1].schema)
      let needed = 0
      for await (const batch of this.inputs[1].execute(context)) {
        needed += buildBytes(batchBytes(batch), batch.length)
        if (spill !== null) spill.addRight(batch)
        else if (memory.fit(needed) || collector.rows === 0) collector.add(batch)
        else {
          const [left, right] = this.inputs
          spill = new SpillJoin(this.#plan, [left.schema, right.schema], context, memory)
          memory.hold(0)
          for (const held of collector.drain()) spill.addRight(held)
          spill.addRight(batch)
        }
      }
      if (spill !== null) {
        for await (const batch of this.inputs[0].execute(context)) spill.addLeft(batch)
        yield* spill.results()
        return
      }
      const right = collector.all() ?? emptyBatch(this.inputs[1].schema)
      if (right.length === 0 && (how === 'inner' || how === 'semi' || how === 'right')) return
      const keys = rightKeys.map((key) => evaluate(key, right))
      const table = new JoinTable(
        rightKeys.map(({ type }) => type),
        keys,
        right.length,
      )
      memory.hold(collector.bytes + table.bytes)
      if (how === 'semi' || how === 'anti') yield* this.#selected(context, table)
      else yield* this.#joined(context, table, right)
    } finally {
      spill?.remove()
      memory.release()
    }
  }

  async *#selected(context: ExecContext, table: JoinTable): AsyncGenerator<Batch, void, undefined> {
    const { how, leftKeys } = this.#plan
    const merger = new BatchMerger(this.schema, context.batchRowsMax)
    const ids = new Int32Array(context.batchRowsMax)
    const rows = new Uint32Array(context.batchRowsMax)
    for await (const left of this.inputs[0].execute(context)) {
      table.probe(
        leftKeys.map((key) => evaluate(key, left)),
        left.length,
        ids,
      )
      let count = 0
      for (let row = 0; row < left.length; row++) {
        if (ids[row]! >= 0 === (how === 'semi')) rows[count++] = row
      }
      const kept = count === left.length ? left : takeBatch(left, rows, count)
      yield* merger.push({ ...kept, schema: this.schema })
    }
    yield* merger.flush()
  }

  async *#joined(
    context: ExecContext,
    table: JoinTable,
    right: Batch,
  ): AsyncGenerator<Batch, void, undefined> {
    const { how, leftKeys } = this.#plan
    const pacer = new Pacer(context)
    const merger = new BatchMerger(this.schema, context.batchRowsMax)
    const output = new JoinOutput(this.schema, right, context.batchRowsMax)
    const ids = new Int32Array(context.batchRowsMax)
    const unmatched = how === 'left' || how === 'full' ? 'keep' : 'drop'
    for await (const left of this.inputs[0].execute(context)) {
      table.probe(
        leftKeys.map((key) => evaluate(key, left)),
        left.length,
        ids,
      )
      const cursor = { row: 0, match: 0 }
      while (cursor.row < left.length) {
        const { leftRows, rightRows } = output
        const count = table.matches(cursor, ids, left.length, leftRows, rightRows, unmatched)
        await pacer.step(count * this.schema.fields.length)
        yield* merger.push(output.pairs(left, count))
      }
    }
    yield* merger.flush()
    if (how === 'right' || how === 'full') yield* output.unmatched(this.inputs[0].schema)
  }
}
