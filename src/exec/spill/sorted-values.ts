import type { Batch } from '../../arrow/batch.ts'
import { type DataType, float64, int32, int64 } from '../../arrow/data-type.ts'
import { field, type Schema, schema } from '../../arrow/schema.ts'
import { take, type Vector } from '../../arrow/vector.ts'
import { compareValues } from '../../kernel/compare-rows.ts'
import { floatsOf } from '../aggregate/floats-of.ts'
import { unitOf } from '../aggregate/mean.ts'
import { between } from '../aggregate/median.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import { ExternalSort } from './external-sort.ts'
import type { SpillSpace } from './spill-space.ts'

/**
 * A median or a count of distinct values whose values do not fit: they are sorted by group and
 * value, in files, and looked at in one pass.
 */
export class SortedValues {
  readonly #which: 'median' | 'countDistinct'
  readonly #input: DataType
  readonly #schema: Schema
  readonly #sort: ExternalSort
  readonly #memory: HeldMemory
  /** Values of each group, for medians. */
  #counts: Float64Array = new Float64Array(0)

  /** @param share Bytes that it may hold. */
  constructor(
    space: SpillSpace,
    which: 'median' | 'countDistinct',
    input: DataType,
    share: number,
  ) {
    this.#which = which
    this.#input = input
    const type = which === 'median' ? float64 : input
    this.#schema = schema([field('group', int32), field('value', type)])
    this.#memory = new HeldMemory(space.context, 'aggregate', share)
    this.#sort = new ExternalSort(space, this.#memory, this.#schema, (of) =>
      of.columns.map((vector) => ({ vector, descending: false, nulls: 'last' })),
    )
  }

  /** Takes in the values that are not null of rows with their groups; null stands for group 0. */
  add(groups: Int32Array | null, input: Vector, length: number): void {
    const values = this.#which === 'median' ? floatVector(input) : input
    const rows = new Uint32Array(length)
    const { validity } = input
    let count = 0
    for (let row = 0; row < length; row++) {
      if (validity === null || validity[row] === 1) rows[count++] = row
    }
    if (count === 0) return
    const own = new Int32Array(count)
    if (groups !== null) for (let i = 0; i < count; i++) own[i] = groups[rows[i]!]!
    const head = { type: int32, length: count, validity: null }
    this.#sort.add({
      schema: this.#schema,
      length: count,
      columns: [{ ...head, layout: 'i32', values: own }, take(values, rows, count)],
    })
    if (this.#which === 'median') this.#count(own)
  }

  /** The result of each group; once. */
  async finish(groupCount: number): Promise<Vector> {
    const isMedian = this.#which === 'median'
    const results = new Float64Array(groupCount)
    const walk = isMedian ? new MedianWalk(this.#counts, results) : new DistinctWalk(results)
    for await (const batch of this.#sort.sorted()) walk.take(batch)
    this.release()
    const head = { length: groupCount, layout: 'f64', values: results } as const
    if (!isMedian) return { ...head, type: int64, validity: null }
    const unit = unitOf(this.#input)
    const validity = new Uint8Array(groupCount)
    for (let group = 0; group < groupCount; group++) {
      results[group]! /= unit
      validity[group] = (this.#counts[group] ?? 0) > 0 ? 1 : 0
    }
    return { ...head, type: float64, validity }
  }

  release(): void {
    this.#memory.release()
  }

  #count(groups: Int32Array): void {
    for (const group of groups) {
      if (group >= this.#counts.length) {
        const grown = new Float64Array(Math.max(group + 1, this.#counts.length * 2))
        grown.set(this.#counts)
        this.#counts = grown
      }
      this.#counts[group]! += 1
    }
  }
}

function floatVector(input: Vector): Vector {
  const { length } = input
  const values = floatsOf(input) as Float64Array
  return { type: float64, layout: 'f64', length, validity: null, values: Float64Array.from(values) }
}

/** Counts where a value differs from the one before. */
class DistinctWalk {
  readonly #results: Float64Array
  #last: Vector | null = null
  #lastRow = 0
  #lastGroup = -1

  constructor(results: Float64Array) {
    this.#results = results
  }

  take({ columns, length }: Batch): void {
    const groups = (columns[0] as { readonly values: Int32Array }).values
    const values = columns[1]!
    for (let row = 0; row < length; row++) {
      const group = groups[row]!
      const isNew =
        group !== this.#lastGroup || compareValues(values, row, this.#last!, this.#lastRow) !== 0
      if (isNew) this.#results[group]! += 1
      this.#last = values
      this.#lastRow = row
      this.#lastGroup = group
    }
  }
}

/** Finds the values in the middle of each group, whose sizes are known. */
class MedianWalk {
  readonly #counts: Float64Array
  readonly #results: Float64Array
  #group = -1
  #passed = 0
  #lower = 0

  constructor(counts: Float64Array, results: Float64Array) {
    this.#counts = counts
    this.#results = results
  }

  take({ columns, length }: Batch): void {
    const groups = (columns[0] as { readonly values: Int32Array }).values
    const { values } = columns[1] as { readonly values: Float64Array }
    for (let row = 0; row < length; row++) {
      const group = groups[row]!
      if (group !== this.#group) {
        this.#group = group
        this.#passed = 0
      }
      const count = this.#counts[group]!
      const half = Math.floor(count / 2)
      if (this.#passed === half - 1) this.#lower = values[row]!
      if (this.#passed === half) {
        this.#results[group] = count % 2 === 1 ? values[row]! : between(this.#lower, values[row]!)
      }
      this.#passed += 1
    }
  }
}
