import { type Batch, batch, batchBytes, sliceBatch } from '../../arrow/batch.ts'
import { int64 } from '../../arrow/data-type.ts'
import { field, type Schema, schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { compareRows } from '../../kernel/compare-rows.ts'
import type { SortColumn } from '../../kernel/sort.ts'
import type { SortKey } from '../../plan/expr.ts'
import type { Window } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'
import { ExternalSort } from '../spill/external-sort.ts'
import { SpillSpace } from '../spill/spill-space.ts'
import { windowColumns } from '../window/window-columns.ts'
import { BatchCollector } from './batch-collector.ts'
import { HeldMemory } from './held-memory.ts'
import { Pacer } from './pacer.ts'
import { slicesOf } from './slices.ts'
import { sortColumns } from './sort-keys.ts'

/** What a row takes beside itself: places, frames and values of the functions. */
const ROW_BYTES = 96

/**
 * Adds the outputs of windows to its input's rows, which it collects. What the memory limit has no
 * room for is sorted to partitions in files, computed partition by partition, and sorted back:
 * then one partition has to fit into memory, and is held whatever the limit.
 */
export class WindowOperator implements Operator {
  readonly name = 'window'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #plan: Window

  constructor(plan: Window, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#plan = plan
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const memory = new HeldMemory(context, 'window')
    const space = new SpillSpace(context)
    let spilled: PartitionSort | null = null
    try {
      const collector = new BatchCollector(this.inputs[0].schema)
      let needed = 0
      for await (const input of this.inputs[0].execute(context)) {
        needed += 3 * batchBytes(input) + input.length * ROW_BYTES
        if (spilled === null && (memory.fit(needed) || collector.rows === 0)) collector.add(input)
        else if (spilled === null) {
          spilled = new PartitionSort(this.#plan, this.inputs[0].schema, space)
          for (const held of collector.drain()) spilled.add(held)
          memory.hold(0)
          spilled.add(input)
        } else spilled.add(input)
      }
      if (spilled !== null) {
        yield* spilled.results(memory)
        return
      }
      const all = collector.all()
      if (all === null) return
      const pause = new Pacer(context).step(all.length * this.schema.fields.length)
      if (pause !== undefined) await pause
      yield* slicesOf(windowColumns(this.#plan, all), context.batchRowsMax)
    } finally {
      spilled?.release()
      space.remove()
      memory.release()
    }
  }
}

/** Rows that are brought to their partitions by one sort in files, and back by another. */
class PartitionSort {
  readonly #plan: Window
  readonly #space: SpillSpace
  readonly #numbered: Schema
  readonly #held: readonly [HeldMemory, HeldMemory]
  readonly #partitioned: ExternalSort
  readonly #keys: readonly SortKey[]
  #rows = 0

  constructor(plan: Window, input: Schema, space: SpillSpace) {
    this.#plan = plan
    this.#space = space
    this.#numbered = withNumbers(input, plan.schema)
    const share = space.context.memoryShare / 3
    this.#held = [
      new HeldMemory(space.context, 'window', share),
      new HeldMemory(space.context, 'window', share),
    ]
    this.#keys = plan.partitionBy.map((expr) => ({ expr, descending: false, nulls: 'last' }))
    const keys = [...this.#keys, ...plan.orderBy]
    const keysOf = (rows: Batch) => sortColumns(keys, rows)
    this.#partitioned = new ExternalSort(space, this.#held[0], this.#numbered, keysOf)
  }

  add(rows: Batch): void {
    const values = new Float64Array(rows.length)
    for (let i = 0; i < values.length; i++) values[i] = this.#rows + i
    this.#rows += rows.length
    const numbers: Vector = {
      type: int64,
      layout: 'f64',
      length: rows.length,
      validity: null,
      values,
    }
    this.#partitioned.add(batch(this.#numbered, [...rows.columns, numbers], rows.length))
  }

  /** All rows with the outputs, in the order in which they came; once. */
  async *results(memory: HeldMemory): AsyncGenerator<Batch, void, undefined> {
    const of = withNumbers(this.#plan.schema, this.#plan.schema)
    const numbers = this.#numbered.fields.length - 1
    const byNumber = (rows: Batch): SortColumn[] => [
      { vector: rows.columns.at(-1)!, descending: false, nulls: 'last' },
    ]
    const ordered = new ExternalSort(this.#space, this.#held[1], of, byNumber)
    for await (const partition of this.#partitions(memory)) {
      const plain = batch(
        this.#inputSchema(),
        partition.columns.slice(0, numbers),
        partition.length,
      )
      const { columns } = windowColumns(this.#plan, plain)
      const done = batch(of, [...columns, partition.columns[numbers]!], partition.length)
      for (const part of slicesOf(done, this.#space.context.batchRowsMax)) ordered.add(part)
    }
    for await (const rows of ordered.sorted()) {
      yield batch(this.#plan.schema, rows.columns.slice(0, -1), rows.length)
    }
  }

  release(): void {
    for (const held of this.#held) held.release()
  }

  #inputSchema(): Schema {
    return schema(this.#numbered.fields.slice(0, -1))
  }

  async *#partitions(memory: HeldMemory): AsyncGenerator<Batch, void, undefined> {
    let collector = new BatchCollector(this.#numbered)
    let last: readonly SortColumn[] | null = null
    let lastRow = 0
    for await (const rows of this.#partitioned.sorted()) {
      const keys = sortColumns(this.#keys, rows)
      let from = 0
      for (let row = 0; row < rows.length; row++) {
        if (last !== null && compareRows(last, lastRow, keys, row) !== 0) {
          if (row > from) collector.add(sliceBatch(rows, from, row))
          yield collector.all()!
          collector = new BatchCollector(this.#numbered)
          from = row
        }
        last = keys
        lastRow = row
      }
      collector.add(sliceBatch(rows, from, rows.length))
      memory.hold(2 * collector.bytes + collector.rows * ROW_BYTES)
    }
    const rest = collector.all()
    if (rest !== null) yield rest
  }
}

/** `of` with a column for row numbers, called as none of `taken` is. */
function withNumbers(of: Schema, taken: Schema): Schema {
  let name = '_row'
  while (taken.positions.has(name)) name += '_'
  return schema([...of.fields, field(name, int64, false)])
}
