import type { Partition } from '../catalog/model/table.ts'
import type { Join, LogicalPlan, Scan } from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import { columnsNeeded, partitionsRead } from './sql-of-scan.ts'

/** So much every fragment may read of what is not dealt, whatever the size of what is. */
const SMALL_BYTES = 64 * 2 ** 20

/** What is dealt: the partitions of a scan, or the buckets of a join whose sides were shuffled. */
export type Source = Scan | Join

/** How a plan is dealt to fragments, of which the joins `shuffled` find both sides in buckets. */
export class Spread {
  readonly #shuffled: Pick<ReadonlySet<Join>, 'has'>
  /** Each join asks twice, and so would each below it. */
  readonly #known = new WeakMap<LogicalPlan, readonly Source[] | null>()

  constructor(shuffled: Pick<ReadonlySet<Join>, 'has'> = new Set()) {
    this.#shuffled = shuffled
  }

  /**
   * What can be dealt to fragments of `plan`, so that the rows of all fragments together are those of
   * `plan`; null when there is none such.
   */
  sources(plan: LogicalPlan): readonly Source[] | null {
    const known = this.#known.get(plan)
    if (known !== undefined) return known
    const found = this.#found(plan)
    this.#known.set(plan, found)
    return found
  }

  #found(plan: LogicalPlan): readonly Source[] | null {
    switch (plan.kind) {
      case 'scan':
        return partitionsRead(plan).length > 0 ? [plan] : null
      case 'filter':
      case 'project':
        return this.sources(plan.input)
      case 'union': {
        const inputs = plan.inputs.map((input) => this.sources(input))
        if (inputs.includes(null)) return null
        return [...new Set(inputs.flatMap((sources) => sources!))]
      }
      case 'join': {
        if (this.#shuffled.has(plan)) return [plan]
        const side = this.dealtSide(plan)
        return side === null ? null : this.sources(plan[side])
      }
      default:
        return null
    }
  }

  /**
   * The side of a join whose rows can be dealt, since each meets all rows of the other in its own
   * fragment: that one is the smaller, or small. Null when there is none; both are then read once, and joined
   * where the statement was sent to.
   */
  dealtSide({ how, left, right }: Join): 'left' | 'right' | null {
    const [ofLeft, ofRight] = [scanTotals(left).totalBytes, scanTotals(right).totalBytes]
    const isEither = how === 'inner' || how === 'cross'
    const byLeft = isEither || how === 'left' || how === 'semi' || how === 'anti'
    const byRight = isEither || how === 'right'
    const sides = [
      { side: 'left', can: byLeft, input: left, own: ofLeft, other: ofRight },
      { side: 'right', can: byRight, input: right, own: ofRight, other: ofLeft },
    ] as const
    const [larger, smaller] = ofLeft >= ofRight ? sides : [sides[1], sides[0]]
    const found = [larger, smaller].find(
      ({ can, input, own, other }) =>
        can && (other <= own || other <= SMALL_BYTES) && this.sources(input) !== null,
    )
    return found?.side ?? null
  }
}

/** What a fragment reads of the sources that are dealt; of others it reads all. */
export interface Hand {
  readonly partitions: ReadonlyMap<Scan, readonly Partition[]>
  readonly buckets: ReadonlyMap<Join, readonly number[]>
}

interface Card {
  readonly bytes: number
  give(hand: GrowingHand): void
}

interface GrowingHand {
  bytes: number
  readonly partitions: Map<Scan, Partition[]>
  readonly buckets: Map<Join, number[]>
}

/**
 * What `sources` have in at most `count` hands of about as many bytes each: the largest first, to whom has
 * least. No hand is empty. `bucketBytes` tells the bytes of each bucket of a join.
 */
export function dealt(
  sources: readonly Source[],
  count: number,
  bucketBytes: (join: Join) => readonly number[] = () => [],
): Hand[] {
  const cards = sources
    .flatMap((of) => (of.kind === 'scan' ? partitionCards(of) : bucketCards(of, bucketBytes(of))))
    .sort((a, b) => b.bytes - a.bytes)
  const hands = Array.from({ length: Math.min(count, cards.length) }, (): GrowingHand => {
    const [partitions, buckets] = [new Map<Scan, Partition[]>(), new Map<Join, number[]>()]
    for (const of of sources) of.kind === 'scan' ? partitions.set(of, []) : buckets.set(of, [])
    return { bytes: 0, partitions, buckets }
  })
  for (const { give, bytes } of cards) {
    const least = hands.reduce((a, b) => (b.bytes < a.bytes ? b : a))
    give(least)
    // A partition without bytes, of constants alone, is work as well.
    least.bytes += bytes + 1
  }
  return hands
}

const partitionCards = (scan: Scan): Card[] =>
  partitionsRead(scan).map((partition) => ({
    bytes: partitionBytes(scan, partition),
    give: ({ partitions }) => partitions.get(scan)!.push(partition),
  }))

const bucketCards = (join: Join, bytes: readonly number[]): Card[] =>
  bytes.map((bytes, bucket) => ({
    bytes,
    give: ({ buckets }) => buckets.get(join)!.push(bucket),
  }))

/** Bytes of the files that `scan` reads of a partition. */
function partitionBytes(scan: Scan, { id }: Partition): number {
  const { statistics } = scan.partitions!.all
  return columnsNeeded(scan).reduce(
    (sum, column) => sum + (statistics.get(column.id)?.get(id)?.bytes ?? 0),
    0,
  )
}

/** How many partitions and buckets are in `hand`, and the bytes of the partitions' files. */
export function handTotals({ partitions, buckets }: Hand): HandTotals {
  const cards = [...partitions].flatMap(([scan, of]) =>
    of.map((partition) => partitionBytes(scan, partition)),
  )
  return {
    partitions: cards.length,
    bytes: cards.reduce((sum, bytes) => sum + bytes, 0),
    buckets: [...buckets.values()].reduce((sum, { length }) => sum + length, 0),
  }
}

export interface HandTotals {
  readonly partitions: number
  readonly bytes: number
  readonly buckets: number
}
