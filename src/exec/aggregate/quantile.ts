import { type DataType, float64 } from '../../arrow/data-type.ts'
import { type Float64Vector, floatVector, type Vector } from '../../arrow/vector.ts'
import { floatsOf } from './floats-of.ts'
import { unitOf } from './mean.ts'
import { newValueStore } from './new-value-store.ts'
import { byValue, type SortedAggregate, type SortedWalk } from './sorted-aggregate.ts'

/** The places, from 0, of the values between which the quantile `at` of `count` ones lies. */
export function placesAround(at: number, count: number): readonly [lower: number, upper: number] {
  const place = at * (count - 1)
  return [Math.floor(place), Math.ceil(place)]
}

/** The value at the part `at` of the way between its neighbours among `count` values. */
export function interpolated(at: number, count: number, lower: number, upper: number): number {
  if (lower === upper) return lower
  const part = at * (count - 1) - Math.floor(at * (count - 1))
  const distance = upper - lower
  if (Number.isFinite(distance)) return lower + distance * part
  return lower * (1 - part) + upper * part
}

/** The place, from 0, of the first of `count` values up to which the part `at` of them lies. */
export function placeUpTo(at: number, count: number): number {
  return Math.max(1, count - Math.floor(count - at * count)) - 1
}

/** A quantile of numbers, between two of them where it has to be. */
export function quantile(input: DataType, at: number): SortedAggregate {
  return {
    ...byValue(float64, (counts) => new QuantileWalk(unitOf(input), at, counts)),
    columnsOf: ([values]) => [floatColumn(values!)],
  }
}

function floatColumn(input: Vector): Vector {
  const values = Float64Array.from(floatsOf(input) as Float64Array)
  return { ...floatVector(values), length: input.length }
}

class QuantileWalk implements SortedWalk {
  readonly #unit: number
  readonly #at: number
  readonly #counts: Float64Array
  readonly #results: Float64Array
  #group = -1
  #passed = 0
  #around: readonly [number, number] = [0, 0]

  constructor(unit: number, at: number, counts: Float64Array) {
    this.#unit = unit
    this.#at = at
    this.#counts = counts
    this.#results = new Float64Array(counts.length)
  }

  take(groups: Int32Array, columns: readonly Vector[], length: number): void {
    const { values } = columns[0] as Float64Vector
    for (let row = 0; row < length; row++) {
      const group = groups[row]!
      if (group !== this.#group) {
        this.#group = group
        this.#passed = 0
        this.#around = placesAround(this.#at, this.#counts[group]!)
      }
      const [lower, upper] = this.#around
      if (this.#passed === lower) this.#results[group] = values[row]!
      if (this.#passed === upper) {
        const before = this.#results[group]!
        this.#results[group] = interpolated(this.#at, this.#counts[group]!, before, values[row]!)
      }
      this.#passed += 1
    }
  }

  finish(groupCount: number): Vector {
    const values = new Float64Array(groupCount)
    const validity = new Uint8Array(groupCount)
    for (let group = 0; group < groupCount; group++) {
      if ((this.#counts[group] ?? 0) === 0) continue
      validity[group] = 1
      values[group] = this.#results[group]! / this.#unit
    }
    return { type: float64, layout: 'f64', length: groupCount, validity, values }
  }
}

/** The first value up to which the part `at` of them lies: one of them, whatever their type. */
export function quantileDisc(input: DataType, at: number): SortedAggregate {
  return byValue(input, (counts) => {
    const store = newValueStore(input)
    let group = -1
    let passed = 0
    store.grow(counts.length)
    return {
      take(groups, [values], length) {
        for (let row = 0; row < length; row++) {
          if (groups[row] !== group) {
            group = groups[row]!
            passed = 0
          }
          if (passed === placeUpTo(at, counts[group]!)) store.set(group, values!, row)
          passed += 1
        }
      },
      finish: (groupCount) => store.finish(groupCount, presence(counts, groupCount)),
    }
  })
}

/** Valid where a group has a row. */
export function presence(counts: Float64Array, groupCount: number): Uint8Array {
  return Uint8Array.from({ length: groupCount }, (_, group) => ((counts[group] ?? 0) > 0 ? 1 : 0))
}
