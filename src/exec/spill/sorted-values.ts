import type { Batch } from '../../arrow/batch.ts'
import { int32 } from '../../arrow/data-type.ts'
import { field, type Schema, schema } from '../../arrow/schema.ts'
import { type Int32Vector, int32Vector, take, type Vector } from '../../arrow/vector.ts'
import { grownFloat64 } from '../../kernel/group-storage.ts'
import { validRows } from '../aggregate/rows-state.ts'
import { ASCENDING, type SortedAggregate } from '../aggregate/sorted-aggregate.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import { ExternalSort } from './external-sort.ts'
import type { SpillSpace } from './spill-space.ts'

/**
 * An aggregate whose rows do not fit: they are sorted by group and by its own order, in files, and
 * walked in one pass.
 */
export class SortedValues {
  readonly #aggregate: SortedAggregate
  readonly #schema: Schema
  readonly #sort: ExternalSort
  readonly #memory: HeldMemory
  /** Rows of each group. */
  #counts: Float64Array = new Float64Array(0)

  /** @param share Bytes that it may hold. */
  constructor(space: SpillSpace, aggregate: SortedAggregate, share: number) {
    this.#aggregate = aggregate
    this.#schema = schema([
      field('group', int32),
      ...aggregate.types.map((type, position) => field(`value ${position}`, type)),
    ])
    this.#memory = new HeldMemory(space.context, 'aggregate', share)
    this.#sort = new ExternalSort(space, this.#memory, this.#schema, ({ columns }) => [
      { vector: columns[0]!, ...ASCENDING },
      ...aggregate.order.map(({ column, ...of }) => ({ vector: columns[column + 1]!, ...of })),
    ])
  }

  /** Takes in the rows whose first input is not null; null stands for group 0. */
  add(groups: Int32Array | null, inputs: readonly Vector[], length: number): void {
    const rows = validRows(inputs[0]!, length)
    if (rows.length === 0) return
    const own = new Int32Array(rows.length)
    if (groups !== null) for (let i = 0; i < rows.length; i++) own[i] = groups[rows[i]!]!
    const columns = this.#aggregate.columnsOf(inputs)
    this.keep(
      own,
      columns.map((column) => take(column, rows, rows.length)),
    )
  }

  /** Takes in rows as the aggregate keeps them. */
  keep(groups: Int32Array, columns: readonly Vector[]): void {
    const { length } = groups
    this.#sort.add({ schema: this.#schema, length, columns: [int32Vector(groups), ...columns] })
    for (const group of groups) {
      this.#counts = grownFloat64(this.#counts, group + 1)
      this.#counts[group]! += 1
    }
  }

  /** The result of each group; once. */
  async finish(groupCount: number): Promise<Vector> {
    this.#counts = grownFloat64(this.#counts, groupCount)
    const walk = this.#aggregate.walk(this.#counts)
    for await (const { columns, length } of this.#sort.sorted() as AsyncIterable<Batch>) {
      const [groups, ...others] = columns
      walk.take((groups as Int32Vector).values, others, length)
    }
    this.release()
    return walk.finish(groupCount)
  }

  release(): void {
    this.#memory.release()
  }
}
