import type { Vector } from '../../arrow/vector.ts'
import { jsonOf } from '../function/value-json.ts'
import type { Sketch, SketchKind } from './sketch-state.ts'

/** Counters for each value that is asked for. */
const COUNTERS = 100
const COUNTERS_MIN = 1000

/**
 * The values that are there most often. Exact while there are no more different ones than counters;
 * else a count is too small by at most rows / counters. Sources: J. Misra, D. Gries, "Finding
 * Repeated Elements", 1982; P. Agarwal et al., "Mergeable Summaries", 2012.
 */
export class FrequentSketch implements Sketch {
  readonly #wanted: number
  readonly #counters: number
  #counts = new Map<string, number>()
  #characters = 0

  constructor(wanted: number) {
    this.#wanted = wanted
    this.#counters = Math.max(COUNTERS_MIN, wanted * COUNTERS)
  }

  get bytes(): number {
    return 2 * this.#characters + 48 * this.#counts.size
  }

  /** @param value As JSON. */
  add(value: string, count: number): void {
    const known = this.#counts.get(value)
    this.#counts.set(value, (known ?? 0) + count)
    if (known !== undefined) return
    this.#characters += value.length
    if (this.#counts.size > 2 * this.#counters) this.#shrink()
  }

  written(): Uint8Array {
    return Buffer.from(JSON.stringify([...this.#counts]))
  }

  absorb(bytes: Uint8Array): void {
    const counts = JSON.parse(Buffer.from(bytes).toString()) as [string, number][]
    for (const [value, count] of counts) this.add(value, count)
  }

  result(): string | null {
    if (this.#counts.size === 0) return null
    const items = this.#inOrder().slice(0, this.#wanted)
    return `[${items.map(([value, count]) => `{"value":${value},"count":${count}}`).join(',')}]`
  }

  /** The most frequent first, and equal ones by their text, so that no order of rows matters. */
  #inOrder(): [string, number][] {
    return [...this.#counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  }

  /** Takes from each count that of the first value for which there is no counter. */
  #shrink(): void {
    const items = this.#inOrder()
    const less = items[this.#counters]![1]
    this.#counts = new Map()
    this.#characters = 0
    for (const [value, count] of items) {
      if (count <= less) break
      this.#counts.set(value, count - less)
      this.#characters += value.length
    }
  }
}

export function frequentSketch(count: number): SketchKind<FrequentSketch> {
  return {
    empty: () => new FrequentSketch(count),
    feeder: (vector: Vector) => (sketch, row) => sketch.add(jsonOf(vector, row), 1),
  }
}
