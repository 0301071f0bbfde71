import type { DataType } from '../../arrow/data-type.ts'
import { copyText, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { grownInt32 } from '../../kernel/group-storage.ts'
import { compareBytes } from '../../kernel/hash.ts'
import type { ValueStore } from './value-store.ts'

const ARENA_BYTES_MAX = 2 ** 31 - 1

/** One text per group, its bytes copied to an arena that is cleaned up when it is full. */
export class TextStore implements ValueStore {
  readonly #type: DataType
  #arena: Uint8Array = new Uint8Array(1024)
  #used = 0
  #starts: Int32Array = new Int32Array(1)
  #ends: Int32Array = new Int32Array(1)

  constructor(type: DataType) {
    this.#type = type
  }

  get bytes(): number {
    return this.#arena.byteLength + this.#starts.byteLength * 2
  }

  grow(groupCount: number): void {
    this.#starts = grownInt32(this.#starts, groupCount)
    this.#ends = grownInt32(this.#ends, groupCount)
  }

  set(group: number, vector: Vector, row: number): void {
    const { bytes, starts, ends } = vector as Utf8Vector
    const start = starts[row]!
    const size = ends[row]! - start
    const fits = size <= this.#ends[group]! - this.#starts[group]!
    if (!fits) {
      this.#ends[group] = this.#starts[group]!
      if (this.#used + size > this.#arena.length) this.#rebuild(size)
      this.#starts[group] = this.#used
      this.#used += size
    }
    copyText(bytes, start, this.#arena, this.#starts[group]!, size)
    this.#ends[group] = this.#starts[group]! + size
  }

  compare(group: number, vector: Vector, row: number): number {
    const { bytes, starts, ends } = vector as Utf8Vector
    const start = this.#starts[group]!
    const end = this.#ends[group]!
    return compareBytes(this.#arena, start, end, bytes, starts[row]!, ends[row]!)
  }

  finish(groupCount: number, validity: Uint8Array | null): Vector {
    this.grow(groupCount)
    return {
      type: this.#type,
      layout: 'utf8',
      length: groupCount,
      validity,
      bytes: this.#arena.subarray(0, this.#used),
      starts: this.#starts.slice(0, groupCount),
      ends: this.#ends.slice(0, groupCount),
    }
  }

  /** A new arena of the texts that still count, with room for as much again and `size` more. */
  #rebuild(size: number): void {
    let live = 0
    for (let group = 0; group < this.#starts.length; group++) {
      live += this.#ends[group]! - this.#starts[group]!
    }
    if (live + size > ARENA_BYTES_MAX) {
      const message = 'the texts of one aggregate take more than 2 GiB; ask for fewer groups'
      throw new GraupelError('LIMIT', message, { bytes: live + size, limit: ARENA_BYTES_MAX })
    }
    const arena = new Uint8Array(Math.min(ARENA_BYTES_MAX, 2 * (live + size) + 1024))
    let at = 0
    for (let group = 0; group < this.#starts.length; group++) {
      const start = this.#starts[group]!
      const length = this.#ends[group]! - start
      copyText(this.#arena, start, arena, at, length)
      this.#starts[group] = at
      at += length
      this.#ends[group] = at
    }
    this.#arena = arena
    this.#used = at
  }
}
