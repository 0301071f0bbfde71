import type { DataType } from '../../arrow/data-type.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { ObjectStore, StoreOptions } from '../object-store.ts'
import type { ColumnReader } from './column-reader.ts'

/** A column file and what is known of it. */
export interface ColumnFile {
  /** Key of the file in its store. */
  readonly key: string
  /** Name of the column, for messages. */
  readonly name: string
  readonly type: DataType
  readonly statistics: ColumnStatistics
}

export async function openColumn(
  _store: ObjectStore,
  _file: ColumnFile,
  _options: StoreOptions = {},
): Promise<ColumnReader> {
  throw new Error('not yet')
}
