import { type Batch, batch } from '../../arrow/batch.ts'
import { float64 } from '../../arrow/data-type.ts'
import { type Field, field, schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { SpillFile } from '../../io/spill-folder.ts'
import type { ExecContext } from '../context.ts'
import type { AggregateShape } from '../operator/aggregate-groups.ts'
import type { HeldMemory } from '../operator/held-memory.ts'
import { Pacer } from '../operator/pacer.ts'
import { type AggregateFiles, AggregateLevel } from './aggregate-level.ts'
import { mergeRuns } from './merge-runs.ts'
import { mergedBatches } from './row-partitions.ts'
import { SpillSpace } from './spill-space.ts'

/**
 * An aggregate within a memory limit. Groups that have a place in memory keep it; the rows of all
 * others are dealt to files by their keys, and each file is aggregated in the same way. Every
 * group remembers its first row, by which the results are merged: the order is as without a limit.
 */
export class SpillAggregate {
  readonly #shape: AggregateShape
  readonly #context: ExecContext
  readonly #memory: HeldMemory
  readonly #space: SpillSpace
  readonly #files: AggregateFiles
  readonly #first: AggregateLevel
  readonly #pacer: Pacer
  #rows = 0

  constructor(shape: AggregateShape, context: ExecContext, memory: HeldMemory) {
    this.#shape = shape
    this.#context = context
    this.#memory = memory
    this.#space = new SpillSpace(context)
    this.#files = filesOf(shape)
    this.#pacer = new Pacer(context)
    this.#first = this.#level(0)
  }

  /** Takes in `length` rows. */
  add(keys: readonly Vector[], inputs: readonly Vector[], length: number): void {
    const values = new Float64Array(length)
    for (let row = 0; row < length; row++) values[row] = this.#rows + row
    this.#rows += length
    const number: Vector = { type: float64, layout: 'f64', length, validity: null, values }
    this.#first.add(batch(this.#files.rows, [...keys, ...inputs, number], length))
  }

  /** The rows of the aggregate, in the order of the groups' first rows; once. */
  async *results(): AsyncGenerator<Batch, void, undefined> {
    const { schema: of } = this.#shape.plan
    for await (const { columns, length } of this.#resultsOf(this.#first, 0)) {
      yield batch(of, columns.slice(0, -1), length)
    }
  }

  remove(): void {
    this.#first.release()
    this.#space.remove()
  }

  #level(depth: number): AggregateLevel {
    return new AggregateLevel(this.#shape, this.#files, this.#space, this.#memory, depth)
  }

  async *#resultsOf(level: AggregateLevel, depth: number): AsyncGenerator<Batch, void, undefined> {
    // All groups in memory were there before the first row that was put aside.
    yield* level.inMemory(this.#context.batchRowsMax)
    const aside = level.aside()
    level.release()
    const runs: SpillFile[] = []
    for (const file of aside) runs.push(await this.#run(file, depth + 1))
    yield* mergeRuns(this.#space, this.#files.results, runs, ({ columns }) => [
      { vector: columns.at(-1)!, descending: false, nulls: 'last' },
    ])
  }

  /** The results of the rows of `file`, in a file. */
  async #run(file: SpillFile, depth: number): Promise<SpillFile> {
    const level = this.#level(depth)
    try {
      for (const rows of mergedBatches(file, this.#context.batchRowsMax)) {
        const pause = this.#pacer.step(rows.length * rows.columns.length)
        if (pause !== undefined) await pause
        level.add(rows)
      }
      file.remove()
      return await this.#space.write(this.#files.results, this.#resultsOf(level, depth))
    } finally {
      level.release()
    }
  }
}

function filesOf({ plan, inputs }: AggregateShape): AggregateFiles {
  const number = field('row', float64, false)
  const rows: Field[] = [
    ...plan.keys.map(({ expr }, i) => field(`key ${i}`, expr.type)),
    ...inputs.map(({ type }, i) => field(`input ${i}`, type)),
    number,
  ]
  const results = plan.schema.fields.map(({ type }, i) => field(`result ${i}`, type))
  return { rows: schema(rows), results: schema([...results, number]) }
}
