import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { Vector } from '../../arrow/vector.ts'

export interface EncodedColumn {
  readonly bytes: Uint8Array
  readonly statistics: ColumnStatistics
}

export function encodeColumn(_name: string, _vector: Vector): EncodedColumn {
  throw new Error('not yet')
}
