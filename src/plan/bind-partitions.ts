import type { PartitionSet } from '../catalog/model/partition-set.ts'
import { inputsOf, type LogicalPlan, mapInputs, type Scan, withScan } from './logical-plan.ts'

/** Every scan of `plan`, left to right; a scan that stands in it twice comes twice. */
export function scansOf(plan: LogicalPlan): Scan[] {
  return plan.kind === 'scan' ? [plan] : inputsOf(plan).flatMap(scansOf)
}

/** `plan` with the partitions of every scan filled in: all of them are to be read. */
export function bindPartitions(
  plan: LogicalPlan,
  setOf: (scan: Scan) => PartitionSet,
): LogicalPlan {
  if (plan.kind !== 'scan') return mapInputs(plan, (input) => bindPartitions(input, setOf))
  const all = setOf(plan)
  const kept = Object.freeze(all.partitions.map(({ id }) => id))
  return withScan(plan, { partitions: Object.freeze({ all, kept, pruned: new Map() }) })
}
