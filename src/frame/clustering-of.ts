import {
  type ClusteringInformation,
  clusteringInformation,
} from '../catalog/clustering-information.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import { keyColumns } from './optimize-table.ts'

/** How well a table is sorted by `columns`, or by those that it is clustered by. Throws INVALID for none. */
export async function clusteringOf(
  table: string,
  catalog: TableCatalog,
  of: { readonly snapshot: TableSnapshot; readonly columns: readonly string[] | undefined },
): Promise<ClusteringInformation> {
  const { snapshot, columns: names = snapshot.clusterBy } = of
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
