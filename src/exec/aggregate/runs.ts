import { type DataType, float64, int64, json } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { compareValues } from '../../kernel/compare-rows.ts'
import { type RowResult, vectorOfResults } from '../function/row-function.ts'
import { jsonOf } from '../function/value-json.ts'
import { newValueStore } from './new-value-store.ts'
import { presence } from './quantile.ts'
import { byValue, type SortedAggregate, type SortedWalk } from './sorted-aggregate.ts'

/** Equal values of a group: the vector and the row of the first, and how many there are. */
type OnRun = (group: number, vector: Vector, row: number, count: number) => void

/** Walks over runs of equal values. */
class RunWalk implements SortedWalk {
  readonly #onRun: OnRun
  readonly #result: (groupCount: number) => Vector
  #vector: Vector | null = null
  #row = 0
  #group = -1
  #count = 0

  constructor(onRun: OnRun, result: (groupCount: number) => Vector) {
    this.#onRun = onRun
    this.#result = result
  }

  take(groups: Int32Array, [values]: readonly Vector[], length: number): void {
    for (let row = 0; row < length; row++) {
      const goes =
        groups[row] === this.#group && compareValues(values!, row, this.#vector!, this.#row) === 0
      if (!goes) {
        this.#end()
        this.#vector = values!
        this.#row = row
        this.#group = groups[row]!
      }
      this.#count += 1
    }
  }

  finish(groupCount: number): Vector {
    this.#end()
    return this.#result(groupCount)
  }

  #end(): void {
    if (this.#vector !== null) this.#onRun(this.#group, this.#vector, this.#row, this.#count)
    this.#count = 0
  }
}

/** How many different values there are. */
export function distinctRuns(input: DataType): SortedAggregate {
  return byValue(input, (counts) => {
    const runs = new Float64Array(counts.length)
    const result = (groupCount: number): Vector => {
      const values = Float64Array.from({ length: groupCount }, (_, group) => runs[group] ?? 0)
      return { type: int64, layout: 'f64', length: groupCount, validity: null, values }
    }
    return new RunWalk((group) => {
      runs[group]! += 1
    }, result)
  })
}

/** The value that is there most often, the least of those. */
export function mode(input: DataType): SortedAggregate {
  return byValue(input, (counts) => {
    const most = new Float64Array(counts.length)
    const store = newValueStore(input)
    store.grow(counts.length)
    return new RunWalk(
      (group, vector, row, count) => {
        if (count <= most[group]!) return
        most[group] = count
        store.set(group, vector, row)
      },
      (groupCount) => store.finish(groupCount, presence(counts, groupCount)),
    )
  })
}

/** Shannon's, in bits. */
export function entropy(input: DataType): SortedAggregate {
  return byValue(input, (counts) => {
    const bits = new Float64Array(counts.length)
    return new RunWalk(
      (group, _vector, _row, count) => {
        const part = count / counts[group]!
        bits[group]! -= part * Math.log2(part)
      },
      (groupCount) => {
        const results = Array.from({ length: groupCount }, (_, group) =>
          counts[group] === 0 ? null : Math.abs(bits[group]!),
        )
        return vectorOfResults(float64, results)
      },
    )
  })
}

/** Every value with its count, in order, as a JSON list. */
export function histogram(input: DataType): SortedAggregate {
  return byValue(input, () => {
    const texts: string[][] = []
    return new RunWalk(
      (group, vector, row, count) => {
        const text = `{"value":${jsonOf(vector, row)},"count":${count}}`
        const known = texts[group]
        if (known === undefined) texts[group] = [text]
        else known.push(text)
      },
      (groupCount) => {
        const results = Array.from({ length: groupCount }, (_, group): RowResult => {
          const known = texts[group]
          return known === undefined ? null : `[${known.join(',')}]`
        })
        return vectorOfResults(json, results)
      },
    )
  })
}
