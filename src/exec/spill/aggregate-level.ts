import { type Batch, batch, takeBatch } from '../../arrow/batch.ts'
import { float64 } from '../../arrow/data-type.ts'
import type { Schema } from '../../arrow/schema.ts'
import { take, type Vector } from '../../arrow/vector.ts'
import type { SpillFile } from '../../io/spill-folder.ts'
import { grownFloat64 } from '../../kernel/group-storage.ts'
import { type AggregateState, isGrowing } from '../aggregate/aggregate-state.ts'
import { feed } from '../aggregate/feed.ts'
import { AggregateGroups, type AggregateShape } from '../operator/aggregate-groups.ts'
import type { HeldMemory } from '../operator/held-memory.ts'
import { slicesOf } from '../operator/slices.ts'
import { RowPartitions } from './row-partitions.ts'
import { SortedValues } from './sorted-values.ts'
import type { SpillSpace } from './spill-space.ts'

/** What the files of an aggregate hold: rows to be aggregated, and results. */
export interface AggregateFiles {
  /** Keys, then inputs, then the number of the row, which is also the last of `results`. */
  readonly rows: Schema
  readonly results: Schema
}

/** Room for what is held to double, as hash tables do, and for the results. */
const GROWTH = 2

/**
 * Aggregates the rows of one file, or of the input. Once its groups fill the memory no others are
 * let in: their rows are dealt to files. What grows with the rows of a group goes to files too.
 */
export class AggregateLevel {
  readonly #shape: AggregateShape
  readonly #files: AggregateFiles
  readonly #space: SpillSpace
  readonly #memory: HeldMemory
  readonly #depth: number
  #groups: AggregateGroups
  /** The number of each group's first row. */
  #firsts: Float64Array = new Float64Array(16)
  /** Groups whose first row is known. */
  #known = 0
  #isBegun = false
  #isFull = false
  #partitions: RowPartitions | null = null
  /** By aggregate, once full: what took the place of states that grow. */
  #sorted: (SortedValues | null)[] = []

  constructor(
    shape: AggregateShape,
    files: AggregateFiles,
    space: SpillSpace,
    memory: HeldMemory,
    depth: number,
  ) {
    this.#shape = shape
    this.#files = files
    this.#space = space
    this.#memory = memory
    this.#depth = depth
    this.#groups = new AggregateGroups(shape, space.context.batchRowsMax)
  }

  add(rows: Batch): void {
    if (!this.#isFull && !this.#memory.fit(GROWTH * this.#bytes())) {
      // The first batch is always let in, so that every level gets on.
      if (this.#isBegun) this.#close()
      else this.#memory.hold(GROWTH * this.#bytes())
    }
    this.#isBegun = true
    if (this.#isFull) this.#addToKnown(rows)
    else {
      const ids = this.#groups.add(this.#keysOf(rows), this.#inputsOf(rows), rows.length)
      this.#noteFirsts(ids, rows)
    }
  }

  /** The groups that have been in memory, in the order of their first rows; once. */
  async *inMemory(rowsMax: number): AsyncGenerator<Batch, void, undefined> {
    const { count, states } = this.#groups
    const results: Vector[] = []
    for (const [position, state] of states.entries()) {
      const sorted = this.#sorted[position]
      results.push(sorted == null ? state.finish(count) : await sorted.finish(count))
    }
    const firsts = this.#firsts.slice(0, count)
    const number: Vector = {
      type: float64,
      layout: 'f64',
      length: count,
      validity: null,
      values: firsts,
    }
    const columns = [...this.#groups.keys(), ...results, number]
    yield* slicesOf(batch(this.#files.results, columns, count), rowsMax)
  }

  /** The files of rows that no group in memory took. */
  aside(): SpillFile[] {
    return this.#partitions?.finish().filter((file) => file !== null) ?? []
  }

  /** Lets go of the memory. */
  release(): void {
    for (const sorted of this.#sorted) sorted?.release()
    this.#sorted = []
    this.#partitions = null
    this.#groups = new AggregateGroups(this.#shape, 0)
    this.#firsts = new Float64Array(0)
    this.#memory.hold(0)
  }

  #bytes(): number {
    return this.#groups.bytes + this.#firsts.byteLength
  }

  #keysOf({ columns }: Batch): readonly Vector[] {
    return columns.slice(0, this.#shape.plan.keys.length)
  }

  #inputsOf({ columns }: Batch): readonly Vector[] {
    return columns.slice(this.#shape.plan.keys.length, -1)
  }

  #noteFirsts(ids: Int32Array | null, { columns, length }: Batch): void {
    const { count } = this.#groups
    this.#firsts = grownFloat64(this.#firsts, count)
    if (ids === null) return
    const { values } = columns.at(-1) as { readonly values: Float64Array }
    for (let row = 0; row < length; row++) {
      // Groups are numbered as they appear, so a number not seen yet is the next one.
      const id = ids[row]!
      if (id >= this.#known) {
        this.#firsts[id] = values[row]!
        this.#known = id + 1
      }
    }
  }

  /** Lets no more groups in, and puts what grows with the rows of a group into files. */
  #close(): void {
    this.#isFull = true
    const { states } = this.#groups
    const growing = states.filter(isGrowing).length
    const share = this.#space.context.memoryShare / 2 / Math.max(1, growing)
    this.#sorted = states.map((state) => this.#sortedOf(state, share))
    this.#memory.hold(this.#bytes())
  }

  #sortedOf(state: AggregateState, share: number): SortedValues | null {
    if (!isGrowing(state)) return null
    const sorted = new SortedValues(this.#space, state.sorted, share)
    const { groups, columns } = state.release()
    const rowsMax = this.#space.context.batchRowsMax
    for (let from = 0; from < groups.length; from += rowsMax) {
      const length = Math.min(rowsMax, groups.length - from)
      const rows = Uint32Array.from({ length }, (_, i) => from + i)
      sorted.keep(
        groups.subarray(from, from + length),
        columns.map((column) => take(column, rows, length)),
      )
    }
    return sorted
  }

  /** Feeds the rows whose groups are in memory, and deals the others to files. */
  #addToKnown(rows: Batch): void {
    const { length } = rows
    const ids = this.#groups.find(this.#keysOf(rows), length)
    if (ids === null) {
      this.#update(null, this.#inputsOf(rows), length)
      return
    }
    const known = new Uint32Array(length)
    const others = new Uint32Array(length)
    let knownCount = 0
    let otherCount = 0
    for (let row = 0; row < length; row++) {
      if (ids[row]! >= 0) known[knownCount++] = row
      else others[otherCount++] = row
    }
    if (knownCount > 0) {
      const own = takeBatch(rows, known, knownCount)
      for (let i = 0; i < knownCount; i++) ids[i] = ids[known[i]!]!
      this.#update(ids, this.#inputsOf(own), knownCount)
    }
    if (otherCount === 0) return
    this.#partitions ??= new RowPartitions(this.#space, this.#files.rows, this.#depth)
    const rest = takeBatch(rows, others, otherCount)
    this.#partitions.add(rest, this.#keysOf(rest))
  }

  #update(ids: Int32Array | null, inputs: readonly Vector[], length: number): void {
    const { count, states } = this.#groups
    for (const [position, state] of states.entries()) {
      const positions = this.#shape.positions[position]!
      const sorted = this.#sorted[position]
      if (sorted == null) feed(state, positions, inputs, { ids, length, count })
      else {
        const own = positions.map((at) => inputs[at]!)
        sorted.add(ids, own, length)
      }
    }
    this.#memory.hold(this.#bytes())
  }
}
