import {
  type ClusteringInformation,
  clusteringInformation,
} from '../catalog/clustering-information.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import { keyColumns } from './optimize-table.ts'

/** How well the partitions of the table `table` are told apart by the columns `names`. */
export async function clusteringOf(
  table: string,
  catalog: TableCatalog,
  snapshot: TableSnapshot,
  names: readonly string[],
): Promise<ClusteringInformation> {
  if (names.length === 0) {
    throw invalid(
      `clusteringInformation: table "${table}" is not clustered; name columns to be looked at`,
      { table },
    )
  }
  const keys = keyColumns(snapshot, names)
  const ids = [...new Set(keys.map(({ id }) => id))]
  return clusteringInformation(await catalog.partitions(snapshot, ids), keys)
}
