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
import type { MorselControl } from './morsel-control.ts'
import { MorselRun } from './morsels.ts'
import type { Slice } from './slices.ts'
import { newBar, raiseBar } from './top-k-bar.ts'

/** The first value that a partition can have of a sort key: `unknown` is before all others. */
type Bound = { readonly value: Scalar } | 'unknown' | 'no row'

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
  /** Slices of kept partitions with their places in the table's order and their bounds, nearest first. */
  readonly #parts: readonly {
    readonly slice: Slice
    readonly place: number
    readonly bound: Bound
  }[]

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
    const slices = this.#parts.map(({ slice }) => slice)
    const run = new MorselRun(
      {
        ...morselsOf({ ...this.#sharing, slices }),
        fragment: { plan: topK(input, keys, { count: wanted, offset: 0 }), gives: 'rows' },
        order: 'as they come',
        bar,
      },
      context,
    )
    const memory = new HeldMemory(context, 'top-k')
    try {
      let best: Candidates | null = null
      for await (const { position, batches } of run.results()) {
        if (batches.length === 0) continue
        best = this.#better(best, batches, this.#parts[position]!.place, wanted)
        memory.set(best.batch.length * 16 * this.schema.fields.length)
        if (best.batch.length === wanted) this.#narrow(best.batch, run.control, bar)
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

  /** Leaves out what cannot come before the last row of `best`. */
  #narrow(best: Batch, control: MorselControl, bar: BigInt64Array): void {
    const key = this.#plan.keys[0]!
    const { vector } = sortColumns([key], best)[0]!
    const last: Bound = { value: scalarAt(vector, best.length - 1) }
    const end = this.#parts.findIndex(({ bound }) => compareBounds(bound, last, key) > 0)
    if (end >= 0) control.endAt(end)
    raiseBar(bar, last.value)
  }
}

function boundsBySlice({ keys, input }: TopK, { scan, slices }: Sharing) {
  const { all, kept } = scan.partitions!
  const statisticsOf = statisticsIn(scan.table, all)
  const key = keyOverScan(keys[0], input)
  const bounds = new Map<number, Bound>(
    keptPartitions(all, kept).map((partition) => [
      partition.id,
      key === null ? 'unknown' : boundOf(boundsOf(key.expr, statisticsOf(partition)), key),
    ]),
  )
  return slices.map((slice, place) => ({ slice, place, bound: bounds.get(slice.id)! }))
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
