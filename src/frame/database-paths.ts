import type { ObjectStore } from '../io/object-store.ts'

/**
 * Paths `namespace/database` of the databases in a store, ascending.
 *
 * @param known Paths of databases that are there for sure: an empty one may have no object yet.
 */
export async function databasePaths(
  store: ObjectStore,
  known: Iterable<string>,
): Promise<string[]> {
  const folders = new Set<string>()
  for await (const { key } of store.list('')) {
    const [namespace, database, rest] = key.split('/')
    if (rest !== undefined) folders.add(`${namespace}/${database}`)
  }
  const paths = new Set(known)
  for (const folder of folders) {
    if ((await store.readCell(`${folder}/_catalog.json`)) === null) continue
    paths.add(folder.split('/').map(nameOf).join('/'))
  }
  return [...paths].sort()
}

/** The name whose folder is `folder`; see `catalog/folder-name.ts`. */
function nameOf(folder: string): string {
  const bytes = folder.replace(/!([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
