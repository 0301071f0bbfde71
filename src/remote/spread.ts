import type { Partition } from '../catalog/model/table.ts'
import type { Join, LogicalPlan, Scan } from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import { columnsNeeded, partitionsRead } from './sql-of-scan.ts'

/**
 * The side of a join that every fragment reads whole: more than this and it is read once, and joined
 * where the statement was sent to.
 */
const BROADCAST_BYTES_MAX = 256 * 2 ** 20

/**
 * The scans of `plan` whose partitions can be dealt to fragments, so that the rows of all fragments
 * together are those of `plan`; null when there are none such.
 */
export function spreadScans(plan: LogicalPlan): readonly Scan[] | null {
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
 * fragment; null when there is none.
 */
export function dealtSide({ how, left, right }: Join): 'left' | 'right' | null {
  const bytes = { left: scanTotals(left).totalBytes, right: scanTotals(right).totalBytes }
  const canDeal = {
    left: how !== 'right' && how !== 'full' && bytes.right <= BROADCAST_BYTES_MAX,
    right:
      (how === 'right' || how === 'inner' || how === 'cross') && bytes.left <= BROADCAST_BYTES_MAX,
  }
  const order =
    bytes.left >= bytes.right ? (['left', 'right'] as const) : (['right', 'left'] as const)
  const sides = { left, right }
  return order.find((side) => canDeal[side] && spreadScans(sides[side]) !== null) ?? null
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

function partitionBytes(scan: Scan, { id }: Partition): number {
  const { statistics } = scan.partitions!.all
  return columnsNeeded(scan).reduce(
    (sum, column) => sum + (statistics.get(column.id)?.get(id)?.bytes ?? 0),
    0,
  )
}
