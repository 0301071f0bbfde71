import { type DataType, int64 } from '../../arrow/data-type.ts'
import { type Int32Vector, int32Vector, take, type Vector } from '../../arrow/vector.ts'
import type { GroupIndex } from '../../kernel/group-index.ts'
import { GroupPairs } from '../../kernel/group-pair.ts'
import { grownInt32 } from '../../kernel/group-storage.ts'
import { newGroupIndex } from '../../kernel/new-group-index.ts'
import type { GrowingState } from './aggregate-state.ts'
import { validRows } from './rows-state.ts'
import { distinctRuns } from './runs.ts'
import type { SortedAggregate } from './sorted-aggregate.ts'

/** How many distinct values that are not null each group has. */
export class CountDistinctState implements GrowingState {
  readonly sorted: SortedAggregate
  readonly #type: DataType
  #values: GroupIndex
  #pairs = new GroupPairs()
  #valueIds: Int32Array = new Int32Array(0)
  #sawNull = 0
  /** 1 once groups were given: a single group needs no pairs. */
  #grouped = 0

  constructor(type: DataType) {
    this.#type = type
    this.sorted = distinctRuns(type)
    this.#values = newGroupIndex(type)
  }

  get bytes(): number {
    return this.#values.bytes + this.#pairs.bytes
  }

  update(groups: Int32Array | null, input: Vector | null, length: number): void {
    const ids = grownInt32(this.#valueIds, length)
    this.#valueIds = ids
    this.#values.assign(input!, ids)
    const validity = input!.validity
    if (groups === null) {
      if (validity?.includes(0)) this.#sawNull = 1
      return
    }
    this.#grouped = 1
    if (validity !== null)
      for (let row = 0; row < length; row++) if (validity[row] === 0) ids[row] = -1
    this.#pairs.add(groups, ids, length)
  }

  /** The distinct values, and the pairs of a group and the position of a value; one group: none. */
  parts(): Vector[] {
    const values = this.#values.keys()
    if (this.#grouped === 0) return [values]
    const { left, right } = this.#pairs.sides
    return [values, int32Vector(left.slice()), int32Vector(right.slice())]
  }

  merge(groups: Int32Array, parts: readonly Vector[]): void {
    const [values, left, right] = parts
    const ids = new Int32Array(values!.length)
    this.#values.assign(values!, ids)
    const { validity } = values!
    if (left === undefined || right === undefined) {
      if (validity?.includes(0)) this.#sawNull = 1
      return
    }
    this.#grouped = 1
    const here = (left as Int32Vector).values.map((group) => groups[group]!)
    const valueIds = (right as Int32Vector).values.map((id) => ids[id]!)
    this.#pairs.add(here, valueIds, here.length)
  }

  finish(groupCount: number): Vector {
    const values = new Float64Array(groupCount)
    if (this.#grouped === 0) {
      if (groupCount > 0) values[0] = this.#values.count - this.#sawNull
    } else for (const group of this.#pairs.sides.left) values[group]! += 1
    return { type: int64, layout: 'f64', length: groupCount, validity: null, values }
  }

  release(): { groups: Int32Array; columns: readonly Vector[] } {
    const values = this.#values.keys()
    const { left, right } = this.#pairs.sides
    const isGrouped = this.#grouped === 1
    this.#values = newGroupIndex(this.#type)
    this.#pairs = new GroupPairs()
    if (isGrouped) {
      return { groups: left, columns: [take(values, Uint32Array.from(right), right.length)] }
    }
    const rows = validRows(values, values.length)
    return { groups: new Int32Array(rows.length), columns: [take(values, rows, rows.length)] }
  }
}
