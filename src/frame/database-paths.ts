import type { ObjectStore } from '../io/object-store.ts'

/** Paths `namespace/database` of the databases in a store, ascending. */
export async function databasePaths(store: ObjectStore): Promise<string[]> {
  const paths = new Set<string>()
  for await (const { key } of store.list('')) {
    const [namespace, database, marker] = key.split('/')
    if (marker === undefined || !marker.startsWith('_catalog')) continue
    paths.add(`${nameOf(namespace!)}/${nameOf(database!)}`)
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
