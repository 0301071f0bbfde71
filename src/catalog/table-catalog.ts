import type { HistoryEntry } from './model/commit-record.ts'
import type { Moment } from './model/moment.ts'
import type { PartitionSet } from './model/partition-set.ts'
import type { TableSnapshot } from './model/table.ts'
import type { TableWriter, WriterOptions } from './table-writer.ts'

export interface TableCatalog {
  readonly snapshot: TableSnapshot
  refresh(): Promise<TableSnapshot>
  snapshotAt(moment: Moment): Promise<TableSnapshot>
  partitions(snapshot: TableSnapshot, columnIds: readonly number[]): Promise<PartitionSet>
  history(): Promise<HistoryEntry[]>
  stageWriter(options?: WriterOptions): TableWriter
  settled(): Promise<void>
}
