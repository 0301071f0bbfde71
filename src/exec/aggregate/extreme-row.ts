import type { DataType } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { grownUint8 } from '../../kernel/group-storage.ts'
import type { AggregateState } from './aggregate-state.ts'
import { newValueStore } from './new-value-store.ts'
import type { ValueStore } from './value-store.ts'

/**
 * The value in the row where another column is greatest or least, the first of those. Rows where
 * the other is null do not count; where the value is null, so is the result.
 */
export class ExtremeRowState implements AggregateState {
  readonly #sign: number
  readonly #values: ValueStore
  readonly #keys: ValueStore
  #seen: Uint8Array = new Uint8Array(1)
  #valid: Uint8Array = new Uint8Array(1)

  constructor(type: DataType, by: DataType, which: 'minBy' | 'maxBy') {
    this.#sign = which === 'minBy' ? 1 : -1
    this.#values = newValueStore(type)
    this.#keys = newValueStore(by)
  }

  get bytes(): number {
    return this.#values.bytes + this.#keys.bytes + 2 * this.#seen.byteLength
  }

  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
    [by]: readonly Vector[] = [],
  ): void {
    this.#grow(groupCount)
    for (let row = 0; row < length; row++) {
      if (by!.validity !== null && by!.validity[row] === 0) continue
      const group = groups === null ? 0 : groups[row]!
      if (this.#seen[group] === 1 && this.#keys.compare(group, by!, row) * this.#sign <= 0) continue
      this.#seen[group] = 1
      this.#keys.set(group, by!, row)
      this.#valid[group] = input!.validity === null ? 1 : input!.validity[row]!
      if (this.#valid[group] === 1) this.#values.set(group, input!, row)
    }
  }

  parts(groupCount: number): Vector[] {
    const seen = grownUint8(this.#seen, groupCount).slice(0, groupCount)
    return [this.finish(groupCount), this.#keys.finish(groupCount, seen)]
  }

  merge(groups: Int32Array, [values, by]: readonly Vector[], groupCount: number): void {
    this.update(groups, values!, groups.length, groupCount, [by!])
  }

  finish(groupCount: number): Vector {
    this.#grow(groupCount)
    return this.#values.finish(groupCount, this.#valid.slice(0, groupCount))
  }

  #grow(groupCount: number): void {
    this.#values.grow(groupCount)
    this.#keys.grow(groupCount)
    this.#seen = grownUint8(this.#seen, groupCount)
    this.#valid = grownUint8(this.#valid, groupCount)
  }
}
