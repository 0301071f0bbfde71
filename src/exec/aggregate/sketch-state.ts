import { binary, type DataType } from '../../arrow/data-type.ts'
import type { Utf8Vector, Vector } from '../../arrow/vector.ts'
import { type RowResult, vectorOfResults } from '../function/row-function.ts'
import type { AggregateState } from './aggregate-state.ts'

/** What stands for the values of a group, in a size that does not grow with their number. */
export interface Sketch {
  /** Bytes held. */
  readonly bytes: number
  /** As bytes that `absorb` takes. */
  written(): Uint8Array
  /** Takes in what another has written. */
  absorb(bytes: Uint8Array): void
  result(): RowResult
}

/** How sketches of one kind begin, and how one takes the value of a row that is not null. */
export interface SketchKind<S extends Sketch> {
  empty(): S
  feeder(vector: Vector): (sketch: S, row: number) => void
}

/** One sketch for each group. */
export class SketchState<S extends Sketch> implements AggregateState {
  readonly #kind: SketchKind<S>
  readonly #type: DataType
  readonly #sketches: S[] = []
  #bytes = 0

  constructor(kind: SketchKind<S>, type: DataType) {
    this.#kind = kind
    this.#type = type
  }

  get bytes(): number {
    return this.#bytes
  }

  update(groups: Int32Array | null, input: Vector | null, length: number, count: number): void {
    this.#grow(count)
    const { validity } = input!
    const feed = this.#kind.feeder(input!)
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const sketch = this.#sketches[groups === null ? 0 : groups[row]!]!
      const before = sketch.bytes
      feed(sketch, row)
      this.#bytes += sketch.bytes - before
    }
  }

  parts(groupCount: number): Vector[] {
    this.#grow(groupCount)
    const written = this.#sketches.slice(0, groupCount).map((sketch) => sketch.written())
    return [vectorOfResults(binary, written)]
  }

  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void {
    this.#grow(groupCount)
    const { bytes, starts, ends } = parts[0] as Utf8Vector
    for (let i = 0; i < groups.length; i++) {
      const sketch = this.#sketches[groups[i]!]!
      const before = sketch.bytes
      sketch.absorb(bytes.slice(starts[i], ends[i]))
      this.#bytes += sketch.bytes - before
    }
  }

  finish(groupCount: number): Vector {
    this.#grow(groupCount)
    const results = this.#sketches.slice(0, groupCount).map((sketch) => sketch.result())
    return vectorOfResults(this.#type, results)
  }

  #grow(groupCount: number): void {
    while (this.#sketches.length < groupCount) {
      const sketch = this.#kind.empty()
      this.#bytes += sketch.bytes
      this.#sketches.push(sketch)
    }
  }
}
