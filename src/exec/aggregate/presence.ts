import type { Vector } from '../../arrow/vector.ts'
import { grownUint8 } from '../../kernel/group-storage.ts'

/** Which groups have had a value that is not null. Costs nothing until a null turns up. */
export class Presence {
  /** One byte a group; null while every group has a value. */
  #marks: Uint8Array | null = null
  #groupCount = 0

  get bytes(): number {
    return this.#marks?.byteLength ?? 0
  }

  /** Takes in a batch; see `AggregateState`. */
  note(groups: Int32Array | null, input: Vector, length: number, groupCount: number): void {
    const { validity } = input
    if (length === 0) return
    if (this.#marks === null && validity === null) {
      this.#groupCount = groupCount
      return
    }
    this.#marks ??= new Uint8Array(groupCount).fill(1, 0, this.#groupCount)
    this.#marks = grownUint8(this.#marks, groupCount)
    const marks = this.#marks
    for (let row = 0; row < length; row++) {
      if (validity === null || validity[row] === 1) marks[groups === null ? 0 : groups[row]!] = 1
    }
  }

  /** Validity of results that are null for groups without a value. */
  validity(groupCount: number): Uint8Array | null {
    if (this.#marks !== null) {
      const marks = grownUint8(this.#marks, groupCount).slice(0, groupCount)
      return marks.includes(0) ? marks : null
    }
    if (this.#groupCount === groupCount) return null
    return new Uint8Array(groupCount).fill(1, 0, this.#groupCount)
  }
}
