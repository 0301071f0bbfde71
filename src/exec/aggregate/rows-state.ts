import { columnBytes } from '../../arrow/batch.ts'
import { ownVector } from '../../arrow/own-vector.ts'
import { concat, type Int32Vector, int32Vector, take, type Vector } from '../../arrow/vector.ts'
import { grownFloat64, grownInt32 } from '../../kernel/group-storage.ts'
import { sortRows } from '../../kernel/sort.ts'
import type { GrowingState } from './aggregate-state.ts'
import { ASCENDING, type SortedAggregate } from './sorted-aggregate.ts'

/** Keeps the rows of every group until all are there, and then has them walked in order. */
export class RowsState implements GrowingState {
  readonly sorted: SortedAggregate
  #groups: Int32Array = new Int32Array(0)
  #count = 0
  #parts: (readonly Vector[])[] = []
  #bytes = 0

  constructor(sorted: SortedAggregate) {
    this.sorted = sorted
  }

  get bytes(): number {
    return this.#bytes + this.#groups.byteLength
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    _groupCount: number,
    more: readonly Vector[] = [],
  ): void {
    const rows = validRows(input!, length)
    if (rows.length === 0) return
    this.#groups = grownInt32(this.#groups, this.#count + rows.length)
    for (let i = 0; i < rows.length; i++) {
      this.#groups[this.#count + i] = groups === null ? 0 : groups[rows[i]!]!
    }
    const columns = this.sorted.columnsOf([input!, ...more])
    this.#keep(
      columns.map((column) => ownVector(take(column, rows, rows.length))),
      rows.length,
    )
  }

  /** The group of each row, then what is kept of it. */
  parts(): Vector[] {
    return [int32Vector(this.#groups.slice(0, this.#count)), ...this.#columns()]
  }

  merge(groups: Int32Array, [from, ...columns]: readonly Vector[]): void {
    const { values, length } = from as Int32Vector
    this.#groups = grownInt32(this.#groups, this.#count + length)
    for (let i = 0; i < length; i++) this.#groups[this.#count + i] = groups[values[i]!]!
    this.#keep(columns, length)
  }

  finish(groupCount: number): Vector {
    const { groups, columns } = this.release()
    const { length } = groups
    const walk = this.sorted.walk(countsOf(groups, groupCount))
    if (length === 0) return walk.finish(groupCount)
    const order = sortRows(
      [
        { vector: int32Vector(groups), ...ASCENDING },
        ...this.sorted.order.map(({ column, ...of }) => ({ vector: columns[column]!, ...of })),
      ],
      length,
    )
    const sorted = new Int32Array(length)
    for (let i = 0; i < length; i++) sorted[i] = groups[order[i]!]!
    walk.take(
      sorted,
      columns.map((column) => take(column, order, length)),
      length,
    )
    return walk.finish(groupCount)
  }

  release(): { groups: Int32Array; columns: readonly Vector[] } {
    const groups = this.#groups.subarray(0, this.#count)
    const columns = this.#columns()
    this.#groups = new Int32Array(0)
    this.#count = 0
    this.#parts = []
    this.#bytes = 0
    return { groups, columns }
  }

  #keep(columns: readonly Vector[], length: number): void {
    if (length === 0) return
    this.#parts.push(columns)
    this.#count += length
    this.#bytes += columns.reduce((sum, column) => sum + columnBytes(column), 0)
  }

  #columns(): Vector[] {
    if (this.#parts.length === 0) return []
    return this.sorted.types.map((type, position) =>
      concat(
        type,
        this.#parts.map((columns) => columns[position]!),
      ),
    )
  }
}

/** The rows of `input` that are not null. */
export function validRows({ validity }: Vector, length: number): Uint32Array {
  const rows = new Uint32Array(length)
  let count = 0
  for (let row = 0; row < length; row++) {
    if (validity === null || validity[row] === 1) rows[count++] = row
  }
  return rows.subarray(0, count)
}

/** How many rows each group has. */
function countsOf(groups: Int32Array, groupCount: number): Float64Array {
  const counts = grownFloat64(new Float64Array(0), groupCount)
  for (const group of groups) counts[group]! += 1
  return counts
}
