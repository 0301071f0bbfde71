import type { Partition } from '../catalog/model/table.ts'
import type { Join, LogicalPlan, Scan } from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import { columnsNeeded, partitionsRead } from './sql-of-scan.ts'

/** So much every fragment may read of what is not dealt, whatever the size of what is. */
const SMALL_BYTES = 64 * 2 ** 20

/**
 * The scans of `plan` whose partitions can be dealt to fragments, so that the rows of all fragments
 * together are those of `plan`; null when there are none such.
 */
export function spreadScans(plan: LogicalPlan): readonly Scan[] | null {
  const known = KNOWN.get(plan)
  if (known !== undefined) return known
  const found = foundScans(plan)
  KNOWN.set(plan, found)
  return found
}

/** Each join asks twice, and so would each below it. */
const KNOWN = new WeakMap<LogicalPlan, readonly Scan[] | null>()

function foundScans(plan: LogicalPlan): readonly Scan[] | null {
  switch (plan.kind) {
    case 'scan':
      return partitionsRead(plan).length > 0 ? [plan] : null
    case 'filter':
    case 'project':
      return spreadScans(plan.input)
    case 'union': {
      const inputs = plan.inputs.map(spreadScans)
      return inputs.includes(null) ? null : inputs.flatMap((scans) => scans!)
    }
    case 'join': {
      const side = dealtSide(plan)
      return side === null ? null : spreadScans(plan[side])
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
export function dealtSide({ how, left, right }: Join): 'left' | 'right' | null {
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
      can && (other <= own || other <= SMALL_BYTES) && spreadScans(input) !== null,
  )
  return found?.side ?? null
}

/** The partitions that a fragment reads of the scans that are dealt; of others it reads all. */
export type Hand = ReadonlyMap<Scan, readonly Partition[]>

/**
 * The partitions of `scans` in at most `count` hands of about as many bytes each: the largest first,
 * to whom has least. No hand is empty.
 */
export function dealt(scans: readonly Scan[], count: number): Hand[] {
  const cards = scans
    .flatMap((scan) =>
      partitionsRead(scan).map((partition) => ({
        scan,
        partition,
        bytes: partitionBytes(scan, partition),
      })),
    )
    .sort((a, b) => b.bytes - a.bytes)
  const hands = Array.from({ length: Math.min(count, cards.length) }, () => ({
    bytes: 0,
    of: new Map(scans.map((scan) => [scan, [] as Partition[]])),
  }))
  for (const { scan, partition, bytes } of cards) {
    const least = hands.reduce((a, b) => (b.bytes < a.bytes ? b : a))
    least.of.get(scan)!.push(partition)
    // A partition without bytes, of constants alone, is work as well.
    least.bytes += bytes + 1
  }
  return hands.map(({ of }) => of)
}

/** Bytes of the files that `scan` reads of a partition. */
function partitionBytes(scan: Scan, { id }: Partition): number {
  const { statistics } = scan.partitions!.all
  return columnsNeeded(scan).reduce(
    (sum, column) => sum + (statistics.get(column.id)?.get(id)?.bytes ?? 0),
    0,
  )
}

/** How many partitions are in `hand`, and the bytes of their files. */
export function handTotals(hand: Hand): { readonly partitions: number; readonly bytes: number } {
  const cards = [...hand].flatMap(([scan, of]) =>
    of.map((partition) => partitionBytes(scan, partition)),
  )
  return { partitions: cards.length, bytes: cards.reduce((sum, bytes) => sum + bytes, 0) }
}
