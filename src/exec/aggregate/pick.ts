import type { DataType } from '../../arrow/data-type.ts'
import { isNull, type Vector } from '../../arrow/vector.ts'
import { grownUint8 } from '../../kernel/group-storage.ts'
import type { AggregateState } from './aggregate-state.ts'
import { newValueStore } from './new-value-store.ts'
import type { ValueStore } from './value-store.ts'

const UNSEEN = 0
const VALUE = 1
const NULL = 2

/**
 * The value of one row of each group: `first` and `last` in row order, null or not; `any` the
 * first that is not null.
 */
export class PickState implements AggregateState {
  readonly #which: 'any' | 'first' | 'last'
  readonly #store: ValueStore
  /** Per group UNSEEN, VALUE or NULL. */
  #marks: Uint8Array = new Uint8Array(1)

  constructor(type: DataType, which: 'any' | 'first' | 'last') {
    this.#which = which
    this.#store = newValueStore(type)
  }

  get bytes(): number {
    return this.#store.bytes + this.#marks.byteLength
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
  ): void {
    this.#store.grow(groupCount)
    this.#marks = grownUint8(this.#marks, groupCount)
    if (this.#which === 'last') this.#pickLast(groups, input!, length, groupCount)
    else this.#pickFirst(groups, input!, length)
  }

  finish(groupCount: number): Vector {
    const validity = grownUint8(this.#marks, groupCount).slice(0, groupCount)
    for (let group = 0; group < groupCount; group++) {
      validity[group] = validity[group] === VALUE ? 1 : 0
    }
    return this.#store.finish(groupCount, validity)
  }

  parts(groupCount: number): Vector[] {
    return [this.finish(groupCount)]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.update(groups, parts[0]!, groups.length, groupCount)
  }

  #pickFirst(groups: Int32Array | null, vector: Vector, length: number): void {
    const settled = this.#which === 'first' ? UNSEEN : NULL
    const end = groups === null && this.#marks[0]! > UNSEEN && settled === UNSEEN ? 0 : length
    for (let row = 0; row < end; row++) {
      const group = groups === null ? 0 : groups[row]!
      const mark = this.#marks[group]!
      if (mark === UNSEEN || mark === settled) this.#set(group, vector, row)
      if (groups === null && this.#marks[0] === VALUE) return
    }
  }

  /** From the last row on, so that a group is set once a batch, not once a row. */
  #pickLast(groups: Int32Array | null, vector: Vector, length: number, groupCount: number): void {
    if (groups === null) {
      if (length > 0) this.#set(0, vector, length - 1)
      return
    }
    const done = new Uint8Array(groupCount)
    for (let row = length - 1; row >= 0; row--) {
      const group = groups[row]!
      if (done[group] === 1) continue
      done[group] = 1
      this.#set(group, vector, row)
    }
  }

  #set(group: number, vector: Vector, row: number): void {
    if (isNull(vector, row)) this.#marks[group] = NULL
    else {
      this.#marks[group] = VALUE
      this.#store.set(group, vector, row)
    }
  }
}
