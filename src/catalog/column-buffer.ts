import { type DataType, layoutOf } from '../arrow/data-type.ts'
import { PACK_SLACK, packTexts } from '../arrow/pack-texts.ts'
import { bigAt, textLength, type Utf8Vector, type Vector } from '../arrow/vector.ts'

const ROWS_AT_FIRST = 1024
/** Less than that is not worth another thread's while. */
const SHARED_BYTES_MIN = 1 << 14

/** Whether other threads can see the values, once they are many. */
export type BufferMemory = 'own' | 'shared'

/**
 * The values of one column while a partition fills. Its arrays are kept from partition to
 * partition: a long load makes no garbage of that size, so that its memory stays level.
 */
export class ColumnBuffer {
  readonly #type: DataType
  readonly #memory: BufferMemory
  #rows = 0
  #validity: Uint8Array | null = null
  #hasNull = false
  #flags = new Uint8Array(0)
  #ints = new Int32Array(0)
  #floats = new Float64Array(0)
  /** All values, once one of them is beyond 2^53. */
  #wide: bigint[] | null = null
  #starts = new Int32Array(0)
  #ends = new Int32Array(0)
  #bytes = new Uint8Array(0)
  #textBytes = 0

  constructor(type: DataType, memory: BufferMemory = 'own') {
    this.#type = type
    this.#memory = memory
  }

  /** Takes the rows `from` to `to` of `vector`, which has the buffer's type. */
  append(vector: Vector, from: number, to: number): void {
    const rows = this.#rows + to - from
    this.#appendValidity(vector, from, to)
    if (vector.layout === 'utf8') this.#appendText(vector, from, to)
    else if (vector.layout === 'bool') {
      this.#flags = grown(this.#flags, this.#rows, rows, this.#memory)
      this.#flags.set(vector.values.subarray(from, to), this.#rows)
    } else if (vector.layout === 'i32') {
      this.#ints = grown(this.#ints, this.#rows, rows, this.#memory)
      this.#ints.set(vector.values.subarray(from, to), this.#rows)
    } else if (vector.layout === 'f64' && this.#wide === null) {
      this.#floats = grown(this.#floats, this.#rows, rows, this.#memory)
      this.#floats.set(vector.values.subarray(from, to), this.#rows)
    } else {
      this.#wide ??= Array.from(this.#floats.subarray(0, this.#rows), BigInt)
      for (let row = from; row < to; row++) this.#wide.push(bigAt(vector, row))
    }
    this.#rows = rows
  }

  /** The rows taken so far, for as long as the buffer does not change. */
  vector(): Vector {
    const length = this.#rows
    const validity = this.#hasNull ? this.#validity!.subarray(0, length) : null
    const head = { type: this.#type, length, validity }
    if (this.#wide !== null) return { ...head, layout: 'big', values: this.#wide }
    switch (layoutOf(this.#type)) {
      case 'bool':
        return { ...head, layout: 'bool', values: this.#flags.subarray(0, length) }
      case 'i32':
        return { ...head, layout: 'i32', values: this.#ints.subarray(0, length) }
      case 'f64':
        return { ...head, layout: 'f64', values: this.#floats.subarray(0, length) }
      case 'utf8': {
        const starts = this.#starts.subarray(0, length)
        const ends = this.#ends.subarray(0, length)
        return { ...head, layout: 'utf8', bytes: this.#bytes, starts, ends }
      }
    }
  }

  clear(): void {
    this.#rows = 0
    this.#textBytes = 0
    this.#hasNull = false
    this.#wide = null
  }

  #appendValidity({ validity }: Vector, from: number, to: number): void {
    const rows = this.#rows + to - from
    if (validity === null && !this.#hasNull) return
    this.#validity = grown(this.#validity ?? new Uint8Array(0), this.#rows, rows, this.#memory)
    if (!this.#hasNull) this.#validity.fill(1, 0, this.#rows)
    this.#hasNull = true
    if (validity === null) this.#validity.fill(1, this.#rows, rows)
    else this.#validity.set(validity.subarray(from, to), this.#rows)
  }

  #appendText(vector: Utf8Vector, from: number, to: number): void {
    const rows = this.#rows + to - from
    const size = this.#textBytes + textLength(vector, from, to)
    this.#starts = grown(this.#starts, this.#rows, rows, this.#memory)
    this.#ends = grown(this.#ends, this.#rows, rows, this.#memory)
    this.#bytes = grown(this.#bytes, this.#textBytes, size + PACK_SLACK, this.#memory)
    const own = { bytes: this.#bytes, starts: this.#starts, ends: this.#ends }
    this.#textBytes = packTexts(vector, from, to, own, this.#rows, this.#textBytes)
  }
}

/** `array`, or a copy of its first `used` entries in a longer one that holds at least `needed`. */
function grown<A extends Uint8Array | Int32Array | Float64Array>(
  array: A,
  used: number,
  needed: number,
  memory: BufferMemory,
): A {
  if (needed <= array.length) return array
  const make = array.constructor as new (of: number | SharedArrayBuffer) => A
  const length = Math.max(needed, array.length * 2, ROWS_AT_FIRST)
  const bytes = length * array.BYTES_PER_ELEMENT
  const isShared = memory === 'shared' && bytes >= SHARED_BYTES_MIN
  const longer = new make(isShared ? new SharedArrayBuffer(bytes) : length)
  longer.set(array.subarray(0, used))
  return longer
}
