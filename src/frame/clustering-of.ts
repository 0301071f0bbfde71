import {
  type ClusteringInformation,
  clusteringInformation,
} from '../catalog/clustering-information.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import { type ClusterKey, keyedSet } from './cluster-keys.ts'

/** How well the partitions of the table `table` are told apart by `keys`. */
export async function clusteringOf(
  table: string,
  catalog: TableCatalog,
  snapshot: TableSnapshot,
  keys: readonly ClusterKey[],
): Promise<ClusteringInformation> {
  if (keys.length === 0) {
    throw invalid(
      `clusteringInformation: table "${table}" is not clustered; name columns to be looked at`,
      { table },
    )
  }
  const ids = [...new Set(keys.map(({ column }) => column.id))]
  const { set, columns } = keyedSet(await catalog.partitions(snapshot, ids), keys)
  return clusteringInformation(set, columns)
}
