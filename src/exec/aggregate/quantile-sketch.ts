import type { Vector } from '../../arrow/vector.ts'
import { plainFloats } from './moment-folds.ts'
import type { Sketch, SketchKind } from './sketch-state.ts'

const COMPRESSION = 200
const BUFFER_MAX = 1000

/**
 * A quantile by a t-digest: clusters of values, small ones towards both ends. Source: T. Dunning,
 * O. Ertl, "Computing Extremely Accurate Quantiles Using t-Digests", 2019 (the merging variant with
 * the scale function k1).
 */
export class QuantileSketch implements Sketch {
  readonly #at: number
  #means: number[] = []
  #weights: number[] = []
  /** Values, or clusters of another sketch, that are not merged yet. */
  #waiting: { readonly mean: number; readonly weight: number }[] = []
  #least = Number.POSITIVE_INFINITY
  #most = Number.NEGATIVE_INFINITY
  /** Values that have no distance to others: at the lower end, at the upper, and NaN above all. */
  #apart = [0, 0, 0]

  constructor(at: number) {
    this.#at = at
  }

  get bytes(): number {
    return 64 + 16 * this.#means.length + 32 * this.#waiting.length
  }

  add(value: number): void {
    if (Number.isFinite(value)) this.#wait(value, 1)
    else this.#apart[Number.isNaN(value) ? 2 : value < 0 ? 0 : 1]! += 1
  }

  written(): Uint8Array {
    this.#merge()
    const body = this.#means.flatMap((mean, i) => [mean, this.#weights[i]!])
    const all = Float64Array.from([this.#least, this.#most, ...this.#apart, ...body])
    return new Uint8Array(all.buffer)
  }

  absorb(bytes: Uint8Array): void {
    const [least, most, lower, upper, nans, ...body] = new Float64Array(bytes.buffer)
    for (const [i, more] of [lower!, upper!, nans!].entries()) this.#apart[i]! += more
    for (let i = 0; i < body.length; i += 2) this.#wait(body[i]!, body[i + 1]!)
    this.#least = Math.min(this.#least, least!)
    this.#most = Math.max(this.#most, most!)
  }

  result(): number | null {
    this.#merge()
    const inner = this.#weights.reduce((sum, weight) => sum + weight, 0)
    const [lower, upper, nans] = this.#apart as [number, number, number]
    const count = inner + lower + upper + nans
    if (count === 0) return null
    const place = this.#at * (count - 1)
    if (place < lower - 0.5) return Number.NEGATIVE_INFINITY
    if (place > count - nans - 0.5) return Number.NaN
    if (place > lower + inner - 0.5) return upper > 0 ? Number.POSITIVE_INFINITY : Number.NaN
    return this.#valueAt(place - lower)
  }

  /** The value at a place from 0 on, between the middles of two clusters. */
  #valueAt(place: number): number {
    let passed = 0
    let lastPlace = 0
    let lastValue = this.#least
    for (const [i, mean] of this.#means.entries()) {
      const middle = passed + (this.#weights[i]! - 1) / 2
      if (place <= middle) return between(lastPlace, lastValue, middle, mean, place)
      lastPlace = middle
      lastValue = mean
      passed += this.#weights[i]!
    }
    return between(lastPlace, lastValue, passed - 1, this.#most, place)
  }

  #wait(mean: number, weight: number): void {
    if (mean < this.#least) this.#least = mean
    if (mean > this.#most) this.#most = mean
    this.#waiting.push({ mean, weight })
    if (this.#waiting.length >= BUFFER_MAX) this.#merge()
  }

  #merge(): void {
    if (this.#waiting.length === 0) return
    for (const [i, mean] of this.#means.entries()) {
      this.#waiting.push({ mean, weight: this.#weights[i]! })
    }
    this.#waiting.sort((a, b) => a.mean - b.mean)
    const total = this.#waiting.reduce((sum, { weight }) => sum + weight, 0)
    this.#means = []
    this.#weights = []
    let passed = 0
    let limit = 0
    for (const { mean, weight } of this.#waiting) {
      const last = this.#means.length - 1
      if (last >= 0 && passed + weight <= limit) {
        this.#weights[last]! += weight
        this.#means[last]! += ((mean - this.#means[last]!) * weight) / this.#weights[last]!
      } else {
        this.#means.push(mean)
        this.#weights.push(weight)
        limit = total * nextQuantile(passed / total)
      }
      passed += weight
    }
    this.#waiting = []
  }
}

/** How far a cluster that begins at the quantile `q` may reach. */
function nextQuantile(q: number): number {
  const k = (COMPRESSION / (2 * Math.PI)) * Math.asin(2 * q - 1) + 1
  return k >= COMPRESSION / 4 ? 1 : (Math.sin((k * 2 * Math.PI) / COMPRESSION) + 1) / 2
}

function between(x0: number, y0: number, x1: number, y1: number, x: number): number {
  return x1 <= x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

export function quantileSketch(at: number): SketchKind<QuantileSketch> {
  return {
    empty: () => new QuantileSketch(at),
    feeder(vector: Vector) {
      const values = plainFloats(vector)
      return (sketch, row) => sketch.add(values[row]!)
    },
  }
}
