import type { PartitionSet } from '../catalog/model/partition-set.ts'
import type { Column, TableSnapshot } from '../catalog/model/table.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import { stateOf } from '../frame/frame-state.ts'

/** What is known of a table without reading a row. */
export interface TableFacts {
  readonly snapshot: TableSnapshot
  readonly set: PartitionSet
}

/** The statistics of all columns in all partitions of a table. */
export async function tableFacts(table: AnyFrame): Promise<TableFacts> {
  const { plan, origins } = stateOf(table, 'ui')
  if (plan.kind !== 'scan') throw new Error('a table is no scan')
  const ids = plan.table.columns.map(({ id }) => id)
  const set = await origins.get(plan.table)!.catalog.partitions(plan.table, ids)
  return { snapshot: plan.table, set }
}

/** Bytes of a column in all partitions. */
export function columnBytes({ set }: TableFacts, { id }: Column): number {
  let bytes = 0
  for (const statistics of set.statistics.get(id)?.values() ?? []) bytes += statistics.bytes
  return bytes
}

/** Bytes of a partition in all columns. */
export function partitionBytes({ set }: TableFacts, partition: number): number {
  let bytes = 0
  for (const column of set.statistics.values()) bytes += column.get(partition)?.bytes ?? 0
  return bytes
}
