/** What a change of a table's rows is made with: the way into `change/` for the floors above. */

export { KeyOwners } from './change/key-owners.ts'
export { keyRange } from './change/key-range.ts'
export { type KeyPair, MergeSource } from './change/merge-source.ts'
export { netChanges } from './change/net-changes.ts'
export { type ColumnSource, readColumns } from './change/read-columns.ts'
export {
  type Assignments,
  allRows,
  type Clause,
  type Hit,
  hitsOf,
  keptRows,
  newValues,
  type Rows,
  sideBySide,
} from './change/row-clauses.ts'
export { rowDifferences } from './change/row-differences.ts'
export { sortedPartitions } from './change/sorted-partitions.ts'
export { evaluate, selectRows } from './evaluate.ts'
export { emptyBatch } from './operator/join-output.ts'
