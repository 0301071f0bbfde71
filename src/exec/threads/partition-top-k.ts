import { type Batch, concatBatches, takeBatch } from '../../arrow/batch.ts'
import { compareScalars, type Scalar, scalarAt } from '../../arrow/scalar.ts'
import type { Schema } from '../../arrow/schema.ts'
import { floatVector } from '../../arrow/vector.ts'
import { sortRows } from '../../kernel/sort.ts'
import { boundsOf } from '../../plan/bounds.ts'
import type { SortKey } from '../../plan/expr.ts'
import { hasValue, type Interval } from '../../plan/interval.ts'
import { type TopK, topK } from '../../plan/logical-plan.ts'
import { keyOverScan } from '../../plan/pipeline-scan.ts'
import { keptPartitions, statisticsIn } from '../../plan/scan-statistics.ts'
import type { ExecContext } from '../context.ts'
import { compactBatch } from '../operator/compact-batch.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import { slicesOf } from '../operator/slices.ts'
import { sortColumns } from '../operator/sort-keys.ts'
import type { Operator } from '../operator.ts'
import { morselsOf, type Sharing } from './gather.ts'
import { MorselRun } from './morsels.ts'
import type { Slice } from './slices.ts'
import { newBar, raiseBar } from './top-k-bar.ts'

/** The first value that a partition can have of a sort key: `unknown` is before all others. */
type Bound = { readonly value: Scalar } | 'unknown' | 'no row'

/** A slice of a kept partition, its place in the table's order, and the ends of what its partition has of the sort key. */
interface Part {
  readonly slice: Slice
  readonly place: number
  readonly bound: Bound
  /** The last value; `no row`, which is behind all others, where it is not known. */
  readonly farBound: Bound
}

/** Rows that count so far, and their places among all rows. */
interface Candidates {
  readonly batch: Batch
  /** Ascending with the order of rows in the table. */
  readonly places: Float64Array
}

/**
 * Yields what a top-k over a table would, partition by partition: first those that can hold the
 * first rows. Once there are enough rows, partitions that can hold none before the last of them
 * are not read, and of the others only rows that can count.
 */
export class PartitionTopKOperator implements Operator {
  readonly name = 'top-k'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: TopK
  readonly #sharing: Sharing
  /** Nearest first. */
  readonly #parts: readonly Part[]

  constructor(plan: TopK, sharing: Sharing) {
    this.schema = plan.schema
    this.#plan = plan
    this.#sharing = sharing
    const parts = boundsBySlice(plan, sharing)
    const key = plan.keys[0]!
    this.#parts = parts.sort((a, b) => compareBounds(a.bound, b.bound, key) || a.place - b.place)
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { count, offset, keys, input } = this.#plan
    const wanted = count + offset
    if (count === 0) return
    const bar = newBar()
    const fragment = {
      plan: topK(input, keys, { count: wanted, offset: 0 }),
      gives: 'rows',
    } as const
    const memory = new HeldMemory(context, 'top-k')
    try {
      let best: Candidates | null = null
      for (const all of this.#turns()) {
        const full: Batch | null = best?.batch.length === wanted ? best.batch : null
        const parts = full === null ? all : all.slice(0, this.#near(all, full))
        const slices = parts.map(({ slice }) => slice)
        const helpers = Math.min(this.#sharing.helpers, slices.length - 1)
        const shared = morselsOf({ ...this.#sharing, slices, helpers })
        const run = new MorselRun({ ...shared, fragment, order: 'as they come', bar }, context)
        for await (const { position, batches } of slices.length === 0 ? [] : run.results()) {
          if (batches.length === 0) continue
          best = this.#better(best, batches, parts[position]!.place, wanted)
          memory.set(best.batch.length * 16 * this.schema.fields.length)
          if (best.batch.length < wanted) continue
          run.control.endAt(this.#near(parts, best.batch))
          raiseBar(bar, this.#lastOf(best.batch))
        }
      }
      if (best === null || best.batch.length <= offset) return
      const { batch } = best
      const window = Uint32Array.from({ length: batch.length - offset }, (_, row) => row + offset)
      yield* slicesOf(takeBatch(batch, window, window.length), context.batchRowsMax)
    } finally {
      memory.release()
    }
  }

  /** The first `wanted` of the candidates and the rows of the slice at `place`, in order. */
  #better(
    best: Candidates | null,
    batches: readonly Batch[],
    place: number,
    wanted: number,
  ): Candidates {
    const all = concatBatches(this.schema, best === null ? batches : [best.batch, ...batches])
    const before = best?.places ?? new Float64Array(0)
    const places = new Float64Array(all.length)
    places.set(before)
    for (let row = before.length; row < all.length; row++) places[row] = place * 2 ** 31 + row
    const order = sortRows(
      [
        ...sortColumns(this.#plan.keys, all),
        { vector: floatVector(places), descending: false, nulls: 'last' },
      ],
      all.length,
    )
    const rows = order.subarray(0, wanted)
    return {
      batch: compactBatch(takeBatch(all, rows, rows.length)),
      places: Float64Array.from(rows, (row) => places[row]!),
    }
  }

  /** Parts that are shared out one after another: the first alone where the others are likely to be of no use. */
  #turns(): (readonly Part[])[] {
    const [first, second] = this.#parts
    if (first === undefined || second === undefined) return [this.#parts]
    const isApart = compareBounds(first.farBound, second.bound, this.#plan.keys[0]!) <= 0
    return isApart ? [[first], this.#parts.slice(1)] : [this.#parts]
  }

  /** How many of `parts` can have rows before the last one of `best`. */
  #near(parts: readonly Part[], best: Batch): number {
    const key = this.#plan.keys[0]!
    const last: Bound = { value: this.#lastOf(best) }
    const end = parts.findIndex(({ bound }) => compareBounds(bound, last, key) > 0)
    return end < 0 ? parts.length : end
  }

  /** What the last row of `best` has of the first sort key. */
  #lastOf(best: Batch): Scalar {
    const { vector } = sortColumns([this.#plan.keys[0]!], best)[0]!
    return scalarAt(vector, best.length - 1)
  }
}

function boundsBySlice({ keys, input }: TopK, { scan, slices }: Sharing): Part[] {
  const { all, kept } = scan.partitions!
  const statisticsOf = statisticsIn(scan.table, all)
  const key = keyOverScan(keys[0], input)
  const bounds = new Map(
    keptPartitions(all, kept).map((partition): [number, Pick<Part, 'bound' | 'farBound'>] => {
      if (key === null) return [partition.id, { bound: 'unknown', farBound: 'no row' }]
      const of = boundsOf(key.expr, statisticsOf(partition))
      const far = boundOf(of, turned(key))
      const farBound = far === 'unknown' ? 'no row' : far
      return [partition.id, { bound: boundOf(of, key), farBound }]
    }),
  )
  return slices.map((slice, place): Part => ({ slice, place, ...bounds.get(slice.id)! }))
}

const turned = ({ expr, descending, nulls }: SortKey): SortKey => {
  return { expr, descending: !descending, nulls: nulls === 'first' ? 'last' : 'first' }
}

function boundOf(of: Interval, { descending, nulls }: SortKey): Bound {
  if (of.canBeNull && nulls === 'first') return { value: null }
  if (!hasValue(of)) return of.canBeNull ? { value: null } : 'no row'
  if (descending && of.canBeNan) return { value: Number.NaN }
  const end = descending ? of.greatest : of.least
  if (end !== null) return { value: end }
  return !of.some && of.canBeNan ? { value: Number.NaN } : 'unknown'
}

function compareBounds(a: Bound, b: Bound, { descending, nulls }: SortKey): number {
  if (a === 'no row' || b === 'no row') return Number(a === 'no row') - Number(b === 'no row')
  if (a === 'unknown' || b === 'unknown') return Number(b === 'unknown') - Number(a === 'unknown')
  if (a.value === null || b.value === null) {
    const order = Number(a.value === null) - Number(b.value === null)
    return nulls === 'first' ? -order : order
  }
  const order = compareScalars(a.value, b.value)
  return descending ? -order : order
}
