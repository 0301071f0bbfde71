import { constantVector, expand } from '../arrow/constant-vector.ts'
import type { ColumnPartition } from '../catalog/model/partition-set.ts'
import type { Column } from '../catalog/model/table.ts'
import type { ColumnReader } from '../io/csv/column-reader.ts'
import { VectorReader } from './cache/vector-reader.ts'

/** Reads the default of a column where a partition has no file of it; undefined where it has. */
export function constantReader(
  { constant, rows }: ColumnPartition,
  { type }: Column,
): ColumnReader | undefined {
  if (constant === undefined) return undefined
  return new VectorReader(expand(constantVector(constant, type), rows))
}
